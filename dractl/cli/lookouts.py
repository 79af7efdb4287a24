"""Machines that are looked at again and again: what has changed on them."""

import time
from collections.abc import Sequence
from typing import Final

from dractl.cli.discovering import View, shown
from dractl.cli.looks import Look
from dractl.cli.options import usage
from dractl.cli.output import as_line
from dractl.cli.source import ending, seconds
from dractl.cli.terminal import Terminal
from dractl.cli.text import NARROW, indented, visible
from dractl.discovery.changes import Change, How, changes
from dractl.discovery.document import document
from dractl.discovery.inventory import Inventory
from dractl.errors import DractlError, ExitStatus
from dractl.model.hosts import HostFacts

_EVERY: Final = "5s"
_LEAST: Final = 0.1  # seconds between two looks
_SIGNS: Final = {How.GONE: "-", How.NEW: "+", How.CHANGED: "~"}


def watched(
    look: Look, view: View, every: str | None, timeout: str | None, screen: Terminal
) -> ExitStatus:
    """Print what the machine has, and then each change, until the time is over.

    In JSON it is the whole answer each time, in one line.
    """
    if view.compares or view.has_topology or view.pods:
        raise usage("--watch shows the devices of this machine, and nothing else")
    if view.output_format not in {"table", "json"}:
        raise usage("--watch prints a table or JSON")
    pause = max(seconds("--every", every or _EVERY), _LEAST)
    length = ending(timeout)
    end = None if length is None else time.monotonic() + length
    facts = look.facts()
    seen = look.narrowed(look.inventory(facts))
    if view.output_format == "json":
        screen.write(_line(seen, facts, view))
    else:
        shown([seen], look, view, screen)
        screen.note("watching; Ctrl-C ends it")
    has_changed = is_away = False
    while end is None or time.monotonic() < end:
        left = pause if end is None else min(pause, max(end - time.monotonic(), 0))
        time.sleep(left)
        try:
            facts = look.facts()
        except DractlError as error:
            # A mount may come back; only what is wrong from the beginning stays so.
            if not is_away:
                screen.warn(f"{error}; still watching")
            is_away = True
            continue
        is_away = False
        latest = look.narrowed(look.inventory(facts))
        if found := list(changes(seen, latest)):
            has_changed = True
            if view.output_format == "json":
                screen.write(_line(latest, facts, view))
            else:
                _tell(found, screen)
        seen = latest
    return ExitStatus.NO if has_changed else ExitStatus.YES


def _line(seen: Inventory, facts: HostFacts, view: View) -> str:
    return as_line(document([seen], {}, {seen.node: facts} if view.has_facts else {}))


def _tell(found: Sequence[Change], screen: Terminal) -> None:
    limit = screen.columns or NARROW
    for each in found:
        device = each.device
        name = device.device["name"] if device.device is not None else ""
        parts = (device.kind, name, device.model, device.address or "")
        words = " ".join(filter(None, parts))
        screen.write(f"{_SIGNS[each.how]} {visible(words)} {each.how.value}\n")
        for text in each.texts:
            for line in indented(text, limit, "    ", "      "):
                screen.write(f"{line}\n")

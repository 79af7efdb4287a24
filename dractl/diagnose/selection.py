"""Causes in selectors: devices are there, and none passes."""

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from dractl.catalogue.funnel import Stage, funnel
from dractl.catalogue.nearmiss import NearMiss, near_miss
from dractl.catalogue.repair import renamed, replacements
from dractl.cel.selector import Selector
from dractl.diagnose.blaming import about, options_of, place, subject_of
from dractl.diagnose.case import Case
from dractl.diagnose.changes import Change, with_option
from dractl.diagnose.survey import Found
from dractl.diagnose.table import told_of_nodes
from dractl.diagnose.told import Told
from dractl.diagnose.words import counted, on_nodes
from dractl.model.claims import DeviceClass, Option
from dractl.model.devices import Device

_MOST_TEXTS: Final = 3  # rewritten clauses that are tried
_MOST_CLASSES: Final = 4


@dataclass(frozen=True, slots=True)
class _Selection:
    """What selectors make of the devices of some nodes."""

    stages: tuple[Stage, ...]
    fatal: Stage | None = None
    miss: NearMiss | None = None
    rewritten: tuple[str, ...] = ()
    renamed: str = ""

    @staticmethod
    def of(case: Case, found: Found, option: Option) -> "_Selection":
        parts = case.world.parts(option, found.blame.request)
        stages = funnel(parts, _devices(case, found))
        fatal = next((stage for stage in stages if stage.is_fatal), None)
        if fatal is None:
            return _Selection(stages)
        miss = near_miss(fatal.node, fatal.removed, case.world.catalogue)
        rewritten = () if miss is None else replacements(fatal, miss)[:_MOST_TEXTS]
        return _Selection(
            stages, fatal, miss, rewritten, rightly_named(fatal.source, miss)
        )


def rightly_named(selector: Selector, miss: NearMiss | None) -> str:
    """Return an expression with the right name for a value that no device has.

    "" where no name is wrong, or none comes near.
    """
    if miss is None or not miss.is_unknown or miss.meant is None:
        return ""
    if miss.meant.map != miss.subject.map:
        return ""
    return renamed(selector.text, selector.root, miss.subject, miss.meant)


@told_of_nodes("selector-no-match")
def no_match(case: Case, found: Found) -> Told:
    """Devices exist, but none passes the selectors of the class and the request."""
    option = options_of(case, found)[0]
    key = ("selection", case.attempt.signature, found.blame)
    selection = case.world.once(key, lambda: _Selection.of(case, found, option))
    fatal = selection.fatal
    if fatal is None:
        cause = about(
            case, found, f"{subject_of(case, found)}: no device passes the selectors"
        )
        return Told(cause)
    near = selection.miss.sentence() if selection.miss is not None else ""
    what = f"{counted(fatal.before, 'device')} {on_nodes(found.names)}"
    message = (
        f"{subject_of(case, found)}: none of {what} passes `{fatal.text}` of "
        f"{fatal.owner}"
    )
    cause = about(
        case,
        found,
        f"{message}; {near}" if near else message,
        clause=fatal.text,
        owner=fatal.owner,
        near=near or None,
        funnel=[described(stage) for stage in selection.stages],
        arrow=arrow(selection.stages),
    )
    changes = (
        *_rewritten(case, found, selection),
        *_other_classes(case, found, option),
    )
    return Told(cause, changes, f"a device that passes `{fatal.text}`")


def _devices(case: Case, found: Found) -> list[Device]:
    """Return the devices of the nodes, each once."""
    seen: dict[int, Device] = {}
    for node in found.nodes:
        for device in case.world.allocator.view(node).devices:
            seen.setdefault(id(device), device)
    return list(seen.values())


def described(stage: Stage) -> dict[str, object]:
    """Return one clause of a funnel as evidence."""
    return {
        "owner": stage.owner,
        "clause": stage.text,
        "before": stage.before,
        "after": stage.after,
        "failing": len(stage.failing),
    }


def arrow(stages: Sequence[Stage]) -> str:
    """Return the funnel on one line: `16 devices -> 8 clause -> 0 clause`."""
    if not stages:
        return ""
    steps = []
    for stage in stages:
        steps.append(f"{stage.after} `{stage.text}`")
        if not stage.after:
            break
    return " -> ".join([counted(stages[0].before, "device"), *steps])


def _rewritten(case: Case, found: Found, selection: _Selection) -> Iterator[Change]:
    """Yield other texts for the fatal clause, and at last leaving it out."""
    fatal = selection.fatal
    assert fatal is not None, "the caller has looked"
    whole = fatal.source.text
    if selection.renamed:
        told = f"write `{selection.renamed}` instead of `{whole}`"
        yield from _replacing(case, found, whole, selection.renamed, told)
    for text in selection.rewritten:
        told = f"write `{text}` instead of `{fatal.text}`"
        after = whole.replace(fatal.text, text, 1)
        yield from _replacing(case, found, whole, after, told)
    others = [
        each.text
        for number, each in enumerate(fatal.source.clauses)
        if number != fatal.clause
    ]
    dropped = f"drop `{fatal.text}`"
    yield from _replacing(case, found, whole, " && ".join(others) or "true", dropped)


def _replacing(
    case: Case, found: Found, before: str, after: str, text: str
) -> Iterator[Change]:
    """Yield the change of a selector, wherever it stands: request or class."""
    claim = case.claim(found)
    options = options_of(case, found)
    if claim is None or not options:
        return
    where = place(case, found)
    if before in options[0].selectors:
        yield Change(
            f"{text}{where}",
            with_option(
                claim.meta.name,
                found.blame.request,
                partial(with_selector, before=before, after=after),
            ),
        )
        return
    device_class = case.world.snapshot.class_by_name.get(options[0].device_class)
    if device_class is not None and before in device_class.selectors:
        changed = class_with(device_class, before, after)
        yield Change(
            f"{text} (in the class)",
            moves=partial(case.world.with_classes, changed),
        )


def with_selector(option: Option, before: str, after: str) -> Option:
    """Return a request with another text for one of its selectors."""
    return dataclasses.replace(
        option,
        selectors=tuple(after if each == before else each for each in option.selectors),
    )


def class_with(device_class: DeviceClass, before: str, after: str) -> DeviceClass:
    """Return a class with another text for one of its selectors."""
    return dataclasses.replace(
        device_class,
        selectors=tuple(
            after if each == before else each for each in device_class.selectors
        ),
    )


def _other_classes(case: Case, found: Found, option: Option) -> Iterator[Change]:
    """Yield using another class, where the request itself selects nothing."""
    claim = case.claim(found)
    if claim is None or option.selectors:
        return
    for device_class in case.world.snapshot.classes[:_MOST_CLASSES]:
        if device_class.name != option.device_class:
            yield Change(
                f"use class {device_class.name}{place(case, found)}",
                with_option(
                    claim.meta.name,
                    found.blame.request,
                    partial(dataclasses.replace, device_class=device_class.name),
                ),
            )

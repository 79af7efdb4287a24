"""What `dractl discover --compare` finds, and how that looks."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from dractl.cli import output
from dractl.cli.looks import Look
from dractl.cli.reading import Wish, read_cluster, warn_of
from dractl.cli.source import Source
from dractl.cli.terminal import Terminal
from dractl.cli.text import NARROW, counted, indented, visible
from dractl.discovery.comparison import Comparison, Ways, comparison
from dractl.discovery.differences import Difference
from dractl.discovery.document import API
from dractl.errors import ExitStatus

if TYPE_CHECKING:
    from dractl.cli.surveys import Survey

_FEW: Final = 3  # devices that are named in a line
_KIND: Final = "CompareResult"


def compared(
    survey: "Survey | None",
    look: Look,
    output_format: str,
    source: Source,
    screen: Terminal,
) -> ExitStatus:
    """Print what machines and their cluster do not agree on; None: this machine."""
    # Slices of other nodes tell which drivers the cluster uses at all.
    wish = Wish("discover", all_namespaces=source.is_live)
    cluster = read_cluster(source, wish, screen).snapshot
    warn_of(cluster, screen, "discover")
    machines = _machines(survey, look.judged_as(cluster.profile))
    answers = [_wanted(comparison(each, cluster), look) for each in machines]
    screen.write(_text(answers, output_format, screen))
    for each in answers:
        for note in each.notes:
            screen.note(f"{each.node}: {note}" if len(answers) > 1 else note)
    count = sum(len(each.differences) for each in answers)
    said = counted(count, "difference") if count else "no differences"
    screen.note(f"{said} on {counted(len(answers), 'node')}")
    if count:
        return ExitStatus.NO
    return ExitStatus.ENVIRONMENT if cluster.problems else ExitStatus.YES


def _machines(survey: "Survey | None", look: Look) -> Iterator[Ways]:
    """Yield each machine as drivers may publish it, if it is known what it has."""
    if survey is None:
        yield look.ways(look.facts())
        return
    for each in survey.inventories:
        facts = survey.facts.get(each.node)
        yield {"": each} if facts is None else look.ways(facts, each.node)


def _wanted(answer: Comparison, look: Look) -> Comparison:
    kept = tuple(each for each in answer.differences if look.wants(each.driver))
    return replace(answer, differences=kept)


def _text(answers: Sequence[Comparison], output_format: str, screen: Terminal) -> str:
    if output_format in {"json", "yaml"}:
        return output.as_data(_document(answers), output_format)
    if output_format == "name":
        return "".join(
            f"{visible(name)}\n" for each in answers for name in _names(each)
        )
    limit = screen.columns or NARROW
    blocks = [list(_block(each, screen, limit)) for each in answers if each.differences]
    return "\n".join("".join(f"{line}\n" for line in block) for block in blocks)


def _names(answer: Comparison) -> Iterator[str]:
    """Yield the devices that something is wrong with, each once."""
    yield from dict.fromkeys(
        f"{each.driver}/{answer.node}/{device}"
        for each in answer.differences
        for device in each.devices
    )


def _block(answer: Comparison, screen: Terminal, limit: int) -> Iterator[str]:
    yield screen.heading(visible(f"node {answer.node or '(no name)'}"))
    by_driver: dict[str | None, list[Difference]] = {}
    for each in answer.differences:
        by_driver.setdefault(each.driver, []).append(each)
    for driver, found in by_driver.items():
        indent = "  "
        if driver is not None:
            yield f"  {visible(driver)}"
            indent = "    "
        for each in found:
            text = f"{each.code}: {_said(each)}"
            yield from indented(text, limit, indent, f"{indent}  ")
            if each.fix:
                yield from indented(f"-> {each.fix}", limit, f"{indent}  ", indent * 2)


def _said(difference: Difference) -> str:
    names = difference.devices
    if not names:
        return difference.message
    rest = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
    return f"{', '.join(names[:_FEW])}{rest}: {difference.message}"


def _document(answers: Sequence[Comparison]) -> dict[str, Any]:
    return {
        "apiVersion": API,
        "kind": _KIND,
        "nodes": [
            {
                "name": each.node,
                "differences": list(map(_difference, each.differences)),
                "notes": list(each.notes),
            }
            for each in answers
        ],
    }


def _difference(each: Difference) -> dict[str, Any]:
    return {
        "code": each.code,
        "driver": each.driver,
        "devices": list(each.devices),
        "subject": each.subject,
        "here": each.here,
        "there": each.there,
        "values": [
            {"device": device, "here": here, "there": there}
            for device, here, there in each.values
        ],
        "message": each.message,
        "fix": each.fix or None,
    }

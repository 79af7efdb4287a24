"""How the answer of `dractl doctor` looks: verdict, findings, and what was passed."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple
from xml.sax.saxutils import escape, quoteattr

from dractl.cli import output
from dractl.cli.terminal import Terminal
from dractl.cli.text import NARROW, counted, filled, indented, visible
from dractl.doctor.answer import Answer, Examination, Finding, rank
from dractl.doctor.upgrade.run import title_of
from dractl.rules.registry import Severity

_SHOWN: Final = 5  # findings of one check in a table


def text(answer: Examination, screen: Terminal, *, whole: bool, least: Severity) -> str:
    """Return the verdict, the findings, what was not checked, and what passed.

    `whole` leaves nothing out. Of findings that are less severe than `least`, only the
    codes are told.
    """
    limit = screen.columns or NARROW
    first, *rest = indented(_verdict(answer), limit, "", "  ")
    blocks = [[screen.heading(first), *rest]]
    told = [each for each in answer.findings if rank(each.severity) <= rank(least)]
    blocks += found_blocks(told, screen, whole=whole)
    if untold := Counter(each.code for each in answer.findings[len(told) :]):
        blocks.append([screen.heading("TO KNOW"), *_hints(untold, limit)])
    if answer.skipped:
        lines = [
            line
            for why, codes in _unmade(answer).items()
            for line in indented(f"{', '.join(codes)}: {why}", limit, "  ", "    ")
        ]
        blocks.append([screen.heading("NOT CHECKED"), *lines])
    if answer.passed:  # of a few checks, each may have something to say
        blocks.append([*_passed(answer, screen, whole=whole or screen.verbose)])
    return "\n".join("".join(f"{line}\n" for line in lines) for lines in blocks)


def found_blocks(
    findings: Sequence[Finding], screen: Terminal, *, whole: bool
) -> list[list[str]]:
    """Return the lines of each check's findings, with what to do about them."""
    return [
        [*_same(found, screen, None if whole else _SHOWN)]
        for found in _by_check(findings)
    ]


def shown(
    answer: Answer,
    output_format: str,
    data: Callable[[], Mapping[str, object]],
    text: Callable[[], str],
    suite: "Suite",
) -> str:
    """Return an answer in a format; `text` is for people, `data` for programs."""
    match output_format:
        case "json" | "yaml":
            return output.as_data(data(), output_format)
        case "name":
            return names(answer)
        case "junit":
            return junit(answer, suite)
    return text()


class Suite(NamedTuple):
    """An answer as a suite of tests: its name, and what fails one; None: nothing."""

    limit: Severity | None
    name: str = "dractl doctor"


def names(answer: Answer) -> str:
    """Return the code and the subject of each finding."""
    return "".join(
        visible(f"{each.code} {each.subject}".rstrip()) + "\n"
        for each in answer.findings
    )


def junit(answer: Answer, suite: Suite) -> str:
    """Return one test case per check; what is below the limit does not fail it."""
    cases = [*_cases(answer, suite.limit)]
    failures = sum("<failure" in each for each in cases)
    skipped = sum("<skipped" in each for each in cases)
    body = "\n".join(cases)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n'
        f'<testsuite name="{suite.name}" tests="{len(cases)}" '
        f'failures="{failures}" errors="0" skipped="{skipped}">\n'
        f"{body}\n</testsuite>\n</testsuites>\n"
    )


def _verdict(answer: Examination) -> str:
    ready = "not ready" if answer.reaches(Severity.ERROR) else "ready"
    counts = {each: answer.count(each) for each in Severity}
    parts = [
        counted(counts[each], each.value)
        for each in (Severity.ERROR, Severity.WARNING)
        if counts[each]
    ]
    if counts[Severity.INFO]:
        parts.append(f"{counts[Severity.INFO]} to know")
    if answer.skipped:
        kept = len({each.code for each in answer.skipped})
        parts.append(f"{counted(kept, 'check')} not made in full")
    said = ", ".join(parts) or "nothing found"
    if answer.is_of_files:
        ready = f"as far as files tell, {ready}"
    elif answer.is_partial and not answer.reaches(Severity.ERROR):
        ready = f"as far as it could be read, {ready}"
    return f"{ready} for DRA on Kubernetes {answer.profile.version}: {said}"


def _hints(counts: Mapping[str, int], limit: int) -> Iterator[str]:
    """Yield which checks found more, and how to see it."""
    said = ", ".join(
        f"{code} ({number})" if number > 1 else code for code, number in counts.items()
    )
    yield from indented(f"{said}: -v tells what", limit, "  ", "    ")


def _unmade(answer: Examination) -> dict[str, list[str]]:
    """Return the checks that were not made in full, by why."""
    found: dict[str, list[str]] = {}
    for each in answer.skipped:
        found.setdefault(each.why, []).append(each.code)
    return found


def _by_check(findings: Sequence[Finding]) -> list[list[Finding]]:
    groups: dict[tuple[Severity, str], list[Finding]] = {}
    for each in findings:
        groups.setdefault((each.severity, each.code), []).append(each)
    return list(groups.values())


def _same(
    found: Sequence[Finding], screen: Terminal, most: int | None
) -> Iterator[str]:
    """Yield the findings of one check and one severity, and what to do."""
    limit = screen.columns or NARROW
    first = found[0]
    title = title_of(first.code)
    head = f"{first.severity.upper()} {first.code}: {title}"
    first_line, *lines = indented(head, limit, "", "  ")
    yield screen.heading(first_line)
    yield from lines
    shown = found[:most]
    fixes = {each.fix for each in shown}
    for each in shown:
        said = f"{each.message} [{each.where}]" if each.where else each.message
        about = f"{each.subject}: " if each.subject else ""
        yield from indented(f"{about}{said}", limit, "  - ", "    ")
        if len(fixes) > 1:
            yield from _remedy([each], limit, "    ")
    if len(found) > len(shown):
        yield f"  and {len(found) - len(shown)} more: -o wide lists them"
    if len(fixes) == 1:
        yield from _remedy(shown, limit, "  ")


def _remedy(found: Sequence[Finding], limit: int, margin: str) -> Iterator[str]:
    """Yield what to do about findings of which all have the same fix."""
    if fix := found[0].fix:
        yield from indented(f"fix: {fix}", limit, margin, f"{margin}     ")
    for line in dict.fromkeys(line for each in found for line in each.commands):
        # A command stays in one line, so that it can be copied.
        yield f"{margin}  $ {visible(line)}"


def _passed(answer: Examination, screen: Terminal, *, whole: bool) -> Iterator[str]:
    yield screen.heading("PASSED")
    if not whole:
        yield f"  {counted(len(answer.passed), 'check')}: -o wide lists them"
        return
    limit = (screen.columns or NARROW) - 2
    yield from (f"  {line}" for line in filled(answer.passed, limit, ", "))


def _cases(answer: Answer, limit: Severity | None) -> Iterator[str]:
    skipped: dict[str, list[str]] = {}
    for each in answer.skipped:
        skipped.setdefault(each.code, []).append(each.why)
    found: dict[str, list[Finding]] = {}
    for finding in answer.findings:
        found.setdefault(finding.code, []).append(finding)
    for code in dict.fromkeys((*found, *skipped, *answer.passed)):
        parts = [*_parts(found.get(code, []), skipped.get(code, []), limit)]
        head = f'<testcase classname="dractl.doctor" name={quoteattr(code)}'
        yield f"{head}>{''.join(parts)}</testcase>" if parts else f"{head}/>"


def _parts(
    found: Sequence[Finding], skipped: Sequence[str], limit: Severity | None
) -> Iterator[str]:
    failing = [
        each
        for each in found
        if limit is not None and rank(each.severity) <= rank(limit)
    ]
    others = [each for each in found if each not in failing]
    if failing:
        title = quoteattr(visible(failing[0].message))
        yield f"<failure message={title}>{_texts(failing)}</failure>"
    elif skipped and not others:
        yield f"<skipped message={quoteattr(visible('; '.join(skipped)))}/>"
    if others:
        yield f"<system-out>{_texts(others)}</system-out>"


def _texts(found: Sequence[Finding]) -> str:
    lines = (
        f"{each.severity} {each.subject}: {each.message}"
        + (f" (fix: {each.fix})" if each.fix else "")
        for each in found
    )
    return escape("\n".join(map(visible, lines)))

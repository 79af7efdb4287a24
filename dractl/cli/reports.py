"""How findings look: for people, and for programs that read JSON or YAML."""

from collections import Counter
from collections.abc import Iterator

from dractl.cli.findings import Finding, Report
from dractl.cli.text import counted, visible, width
from dractl.model.cluster import Profile


def text(report: Report) -> str:
    """Return the findings line by line, those of a file together."""
    lines: list[str] = []
    file = None
    for each in report.findings:
        if file not in {None, each.file}:
            lines.append("")
        file = each.file
        lines += _lines(each)
    return "".join(f"{line}\n" for line in lines)


def _lines(finding: Finding) -> Iterator[str]:
    place = f"{finding.file}:{finding.line}:{finding.column}"
    what = visible(f"{finding.severity} {finding.code}: {finding.message}")
    yield f"{visible(place)}: {what}"
    excerpt = finding.excerpt
    if excerpt is not None:
        shown = visible(excerpt.line.replace("\t", " "))
        indent = len(excerpt.line) - len(excerpt.line.lstrip())
        before = visible(excerpt.line[: excerpt.start].replace("\t", " "))[indent:]
        meant = visible(excerpt.line[excerpt.start : excerpt.end])
        yield f"    {shown[indent:]}"
        yield f"    {' ' * width(before)}{'^' * max(width(meant), 1)}"
    if finding.fix:
        first, *rest = finding.fix.split("\n")
        yield f"  fix: {visible(first)}"
        yield from (f"       {visible(each)}" for each in rest)


def summary(report: Report, files: int, profile: Profile) -> str:
    """Return what was looked at, and how much was found."""
    counts = Counter(str(each.severity) for each in report.findings)
    found = [
        counted(counts[severity], severity)
        for severity in ("error", "warning")
        if counts[severity]
    ]
    if counts["info"]:
        found.append(f"{counts['info']} to know")
    looked = f"{counted(report.documents, 'document')} in {counted(files, 'file')}"
    skipped = f", {report.skipped} of other kinds" if report.skipped else ""
    ignored = f", {report.ignored} ignored" if report.ignored else ""
    return (
        f"{looked}{skipped}: {', '.join(found) or 'nothing found'}{ignored} "
        f"(judged as Kubernetes {profile.version})"
    )


def document(report: Report, files: int, profile: Profile) -> dict[str, object]:
    """Return the answer as data; see schemas/output/validate.v1.json."""
    counts = Counter(str(each.severity) for each in report.findings)
    return {
        "apiVersion": "dractl/v1",
        "kind": "ValidateResult",
        "kubernetes": str(profile.version),
        "files": files,
        "documents": report.documents,
        "skipped": report.skipped,
        "ignored": report.ignored,
        "unreadable": report.unreadable,
        "counts": {each: counts[each] for each in ("error", "warning", "info")},
        "findings": [each.as_data() for each in report.findings],
    }

"""What the codes of findings mean: `--explain CODE`, and options that name codes."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from dractl.catalogue.nearest import guess
from dractl.cli.options import usage
from dractl.cli.text import NARROW, filled, indented

if TYPE_CHECKING:
    from dractl.rules.registry import Entry

EXPLAIN: Final = "--explain"
_ALL: Final = "all"


def explained(
    code: str,
    rows: "Mapping[str, Entry]",
    noun: str,
    listed: "Mapping[str, Entry] | None" = None,
    *,
    columns: int | None = None,
) -> str:
    """Return the manual of a code, or the list of all; raise DractlError.

    `noun` is what a row is called, `listed` those that the list has, None: all. Lines
    are of at most so many `columns`; None: each code of the list has one line, and
    manuals are for a terminal that everybody has.
    """
    if code == _ALL:
        return _listing(rows if listed is None else listed, columns)
    found = rows[known(EXPLAIN, code, rows, noun)]
    return f"{code} ({found.severity})\n\n{_set(plain(found.manual), columns)}\n"


def codes(
    option: str, texts: Iterable[str], rows: "Mapping[str, Entry]", noun: str
) -> list[str]:
    """Return the codes that are listed, each text with one or several."""
    named = [each.strip() for text in texts for each in text.split(",")]
    return [known(option, each, rows, noun) for each in named if each]


def known(option: str, code: str, rows: "Mapping[str, Entry]", noun: str) -> str:
    """Return a code that an option names; raise DractlError if there is none."""
    if code in rows:
        return code
    raise usage(
        f"{option}: there is no {noun} {code[:60]!r}",
        hint=guess(code, rows, f"{EXPLAIN} {_ALL} lists them"),
    )


def plain(manual: str) -> str:
    """Return a docstring without its indentation."""
    first, _, rest = manual.partition("\n")
    lines = [line.removeprefix("    ").rstrip() for line in rest.split("\n")]
    return "\n".join([first, *lines]).rstrip()


def _set(manual: str, columns: int | None) -> str:
    """Return a manual in lines of so many cells; None: as everybody has them."""
    paragraphs = (each.split() for each in manual.split("\n\n"))
    limit = columns or NARROW
    return "\n\n".join("\n".join(filled(each, limit)) for each in paragraphs)


def _listing(rows: "Mapping[str, Entry]", columns: int | None) -> str:
    size = max(map(len, rows))
    heads = {code: f"{code:<{size}}  {rows[code].severity:<7}  " for code in rows}
    lines = (
        [head + rows[code].title]
        if columns is None
        else indented(rows[code].title, columns, head, " " * len(head))
        for code, head in sorted(heads.items())
    )
    return "".join(f"{line}\n" for each in lines for line in each)

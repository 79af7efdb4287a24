"""Rules of derived attributes, which are new in 1.37."""

from collections.abc import Iterator
from typing import Final

from dractl.model.cluster import Profile
from dractl.rules.drivers import check_fully_qualified
from dractl.rules.path import Path
from dractl.rules.reasons import duplicate, required, too_many
from dractl.rules.registry import Violation, rule
from dractl.rules.selectors import check_expression
from dractl.rules.wire import Wire

MOST_DERIVED: Final = 32


def check_derived(
    derived: list[Wire], path: Path, profile: Profile
) -> Iterator[Violation]:
    """Walk through the derived attributes of a request."""
    if len(derived) > MOST_DERIVED:
        yield from derived_max(len(derived), path)
        return
    seen: set[str] = set()
    for index, each in enumerate(derived):
        where = path.index(index)
        name, text = each.get("name", ""), each.get("expression", "")
        yield from derived_name(name, where.field("name"), profile)
        if text:
            yield from check_expression(text, where.field("expression"), profile)
        else:
            yield from derived_expression(where.field("expression"))
        if name in seen:
            yield from derived_unique(name, where)
        seen.add(name)


@rule("derived-max")
def derived_max(count: int, path: Path) -> Iterator[Violation]:
    """A request derives at most 32 attributes."""
    yield from too_many("derived-max", path, count, MOST_DERIVED)


@rule("derived-name")
def derived_name(name: str, path: Path, profile: Profile) -> Iterator[Violation]:
    """A derived attribute has a name with a domain, such as example.com/pair."""
    if name:
        yield from check_fully_qualified("derived-name", name, path, profile)
    else:
        yield from required("derived-name", path, "the derived attribute has no name")


@rule("derived-unique")
def derived_unique(name: str, path: Path) -> Iterator[Violation]:
    """Each derived attribute of a request has its own name."""
    yield from duplicate("derived-unique", path, name)


@rule("derived-expression")
def derived_expression(path: Path) -> Iterator[Violation]:
    """A derived attribute has an expression that says what it is."""
    message = "the derived attribute is derived from nothing"
    yield from required("derived-expression", path, message)

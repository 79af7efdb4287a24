"""Rules of binding conditions."""

from collections.abc import Iterator
from typing import Final

from dractl.model.names import label_key
from dractl.rules.path import Path
from dractl.rules.reasons import duplicate, invalid, invalid_each, shown, too_many
from dractl.rules.registry import Violation, rule
from dractl.rules.repeats import placed
from dractl.rules.wire import Wire

MOST_CONDITIONS: Final = 4
_WANTED: Final = "bindingConditions"
_FAILED: Final = "bindingFailureConditions"


def check_binding(holder: Wire, path: Path) -> Iterator[Violation]:
    """Walk through the binding conditions of a device."""
    wanted, failed = holder.get(_WANTED, ()), holder.get(_FAILED, ())
    if not wanted and not failed:
        return
    for names, where, over in (
        (wanted, path.field(_WANTED), binding_max),
        (failed, path.field(_FAILED), binding_failure_max),
    ):
        if len(names) > MOST_CONDITIONS:
            yield from over(len(names), where)
        else:
            for index, name in enumerate(names):
                yield from binding_format(name, where.index(index))
        for name, place, again in placed(names, where):
            if again:
                yield from binding_unique(name, place)
    for index, name in enumerate(failed):
        if name in wanted:
            yield from binding_disjoint(name, path.field(_FAILED).index(index))
    if not wanted or not failed:
        yield from binding_both(path.field(_FAILED if wanted else _WANTED))


@rule("binding-max")
def binding_max(count: int, path: Path) -> Iterator[Violation]:
    """A device has at most 4 binding conditions."""
    yield from too_many("binding-max", path, count, MOST_CONDITIONS)


@rule("binding-failure-max")
def binding_failure_max(count: int, path: Path) -> Iterator[Violation]:
    """A device has at most 4 binding failure conditions."""
    yield from too_many("binding-failure-max", path, count, MOST_CONDITIONS)


@rule("binding-format")
def binding_format(name: str, path: Path) -> Iterator[Violation]:
    """A binding condition has a name like the key of a label."""
    yield from invalid_each("binding-format", path, name, label_key(name))


@rule("binding-unique")
def binding_unique(name: str, path: Path) -> Iterator[Violation]:
    """A binding condition is named once in its list."""
    yield from duplicate("binding-unique", path, name)


@rule("binding-disjoint")
def binding_disjoint(name: str, path: Path) -> Iterator[Violation]:
    """A condition means success or failure of binding, not both."""
    message = f"{shown(name)} is among the bindingConditions, too"
    yield from invalid("binding-disjoint", path, message)


@rule("binding-both")
def binding_both(path: Path) -> Iterator[Violation]:
    """A device with binding conditions has some for failure, too, and vice versa."""
    message = "one kind of binding conditions is of no use without the other"
    yield from invalid("binding-both", path, message)

"""Rules of what slices can say since 1.37: types of partitions, skipped operations."""

from collections.abc import Iterator
from typing import Final

from dractl.model.cluster import Profile
from dractl.rules.attributes import key_path
from dractl.rules.drivers import check_fully_qualified
from dractl.rules.path import Path
from dractl.rules.reasons import (
    duplicate,
    forbidden,
    invalid,
    not_supported,
    required,
)
from dractl.rules.registry import Violation, rule
from dractl.rules.repeats import placed
from dractl.rules.wire import Wire

_PREPARE: Final = "NodePrepareResources"
_UNPREPARE: Final = "NodeUnprepareResources"
_ALL: Final = "*"
_OPERATIONS: Final = (_PREPARE, _UNPREPARE, _ALL)


def check_slice_of_137(spec: Wire, path: Path, profile: Profile) -> Iterator[Violation]:
    """Walk through what no slice had before 1.37."""
    if "partitionTypeAttribute" in spec:
        yield from _check_partition(spec, path, profile)
    operations = spec.get("skipNodeOperations", ())
    if operations:
        yield from _check_operations(
            operations, path.field("skipNodeOperations"), profile
        )


def _check_partition(spec: Wire, path: Path, profile: Profile) -> Iterator[Violation]:
    name, where = spec["partitionTypeAttribute"], path.field("partitionTypeAttribute")
    if not profile.enabled("DRAPartitionableDevicesType"):
        yield from partition_attr_gate(where)
        return
    yield from partition_attr_format(name, where, profile)
    consuming = [
        (index, device)
        for index, device in enumerate(spec.get("devices", ()))
        if device.get("consumesCounters")
    ]
    if not consuming:
        yield from partition_attr_use(where)
    bare = name.removeprefix(f"{spec.get('driver', '')}/")
    for index, device in consuming:
        attributes = device.get("attributes", {})
        attribute = attributes.get(name, attributes.get(bare))
        at = path.field("devices").index(index).field("attributes")
        if attribute is None:
            yield from partition_attr_required(name, key_path(at, name))
        elif "string" not in attribute:
            yield from partition_attr_type(key_path(at, name))


def _check_operations(
    operations: list[str], path: Path, profile: Profile
) -> Iterator[Violation]:
    if not profile.enabled("DRAOptionalNodeOperations"):
        yield from skip_ops_gate(path)
        return
    for operation, where, again in placed(operations, path):
        yield from skip_ops_enum(operation, where)
        if again:
            yield from skip_ops_unique(operation, where)
    if _PREPARE in operations and not {_UNPREPARE, _ALL} & set(operations):
        yield from skip_ops_prepare(path)


@rule("partition-attr-gate")
def partition_attr_gate(path: Path) -> Iterator[Violation]:
    """A slice names the attribute for partitions only where its gate is on.

    That is DRAPartitionableDevicesType, alpha since 1.37; the field is refused without
    it, not dropped.
    """
    message = "the feature gate DRAPartitionableDevicesType is off"
    yield from forbidden("partition-attr-gate", path, message, "remove the field")


@rule("partition-attr-format")
def partition_attr_format(
    name: str, path: Path, profile: Profile
) -> Iterator[Violation]:
    """The attribute for partitions is named with its domain. Since 1.37."""
    yield from check_fully_qualified("partition-attr-format", name, path, profile)


@rule("partition-attr-use")
def partition_attr_use(path: Path) -> Iterator[Violation]:
    """A slice with an attribute for partitions has a partition. Since 1.37."""
    message = "no device of the slice consumes counters"
    yield from invalid("partition-attr-use", path, message, "remove the field")


@rule("partition-attr-required")
def partition_attr_required(name: str, path: Path) -> Iterator[Violation]:
    """Every partition has the attribute that the slice names. Since 1.37."""
    message = f"the device consumes counters and lacks {name[:96]}"
    yield from required("partition-attr-required", path, message)


@rule("partition-attr-type")
def partition_attr_type(path: Path) -> Iterator[Violation]:
    """The attribute for partitions is a string. Since 1.37."""
    yield from invalid("partition-attr-type", path, "it must be a single string")


@rule("skip-ops-gate")
def skip_ops_gate(path: Path) -> Iterator[Violation]:
    """A slice skips operations only where its gate is on.

    That is DRAOptionalNodeOperations, alpha since 1.37.
    """
    message = "the feature gate DRAOptionalNodeOperations is off"
    yield from forbidden("skip-ops-gate", path, message, "remove the field")


@rule("skip-ops-enum")
def skip_ops_enum(operation: str, path: Path) -> Iterator[Violation]:
    """An operation that is skipped exists.

    NodePrepareResources, NodeUnprepareResources or '*'. Since 1.37.
    """
    if operation not in _OPERATIONS:
        yield from not_supported("skip-ops-enum", path, operation, _OPERATIONS)


@rule("skip-ops-unique")
def skip_ops_unique(operation: str, path: Path) -> Iterator[Violation]:
    """An operation that is skipped is named once. Since 1.37."""
    yield from duplicate("skip-ops-unique", path, operation)


@rule("skip-ops-prepare")
def skip_ops_prepare(path: Path) -> Iterator[Violation]:
    """Where preparing is skipped, unpreparing is, too. Since 1.37."""
    message = f"{_PREPARE} is skipped, {_UNPREPARE} is not"
    yield from invalid("skip-ops-prepare", path, message, f"add {_UNPREPARE}")

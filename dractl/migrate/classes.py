"""The DeviceClasses that a migration needs and that are not there yet."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from dractl.api.snapshot import Snapshot
from dractl.api.versions import GROUP
from dractl.migrate.answer import Target, UserPlan
from dractl.migrate.inputs import Input, Route, Wire
from dractl.migrate.memory import MIGRATED
from dractl.rules.subject import mapping, text

NAME: Final = "extendedResourceName"


def classes(
    users: Iterable[UserPlan], snapshot: Snapshot, inputs: Sequence[Input]
) -> tuple[Wire, ...]:
    """Return the classes to make, in v1 form and by the users' order.

    A pod that stays as it is needs one with the name of its resource; claims need the
    one that they name, without that, lest it serves pods that are not meant.
    """
    stated = {
        each.name: mapping(each.document, "spec")
        for each in inputs
        if each.group == GROUP and each.kind == "DeviceClass" and each.is_file
    }
    found: dict[str, Wire] = {}
    for user in users:
        for target in user.targets.values():
            made = _made(target, user.route)
            if made is None:
                continue
            name = made["metadata"]["name"]
            has_name = text(made["spec"], NAME)
            there = text(stated.get(name), NAME) if name in stated else None
            known = snapshot.class_by_name.get(name)
            if known is not None:
                there = known.extended_resource_name or ""
            if has_name == there or (not has_name and there is not None):
                continue
            if name not in found or has_name:
                found[name] = made
    return tuple(found.values())


def _made(target: Target, route: Route | None) -> dict[str, Any] | None:
    """Return the class that a user needs; None if the driver brings it along."""
    document = target.class_document
    if document is None or route is None:
        return None
    metadata, spec = mapping(document, "metadata"), mapping(document, "spec")
    if route is Route.CLAIMS:
        if metadata.get("name") != target.device_class:
            return None
        spec = {key: value for key, value in spec.items() if key != NAME}
    notes = {**mapping(metadata, "annotations"), MIGRATED: target.resource}
    return {**document, "metadata": {**metadata, "annotations": notes}, "spec": spec}

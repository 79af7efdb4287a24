"""DeviceClasses and ResourceSlices."""

from collections.abc import Sequence
from typing import Any

from dractl.api.versions import HUB
from dractl.catalogue.values import converted
from dractl.cel.quoting import quoted
from dractl.errors import unclear
from dractl.manifests.claims import Config, configs
from dractl.manifests.conditions import Condition, expression, place_of
from dractl.manifests.presets import preset_of
from dractl.manifests.wishes import Option
from dractl.vendors.base import Class, Driver

Document = dict[str, Any]


def device_class(  # noqa: PLR0913 - what a class says, one by one
    *,
    name: str | None,
    driver: str | None,
    preset: Driver | None,
    conditions: Sequence[Condition] = (),
    extended_resource: str | None = None,
    settings: Sequence[Config] = (),
) -> Document:
    """Return a DeviceClass: the devices of a driver that meet the conditions."""
    preset = preset or (preset_of(driver) if driver else None)
    driver = driver or (preset.name if preset else None)
    if driver is None:
        raise unclear("no driver is named", hint="use --driver or --vendor")
    shipped = _shipped(name, preset)
    texts = [f"device.driver == {quoted(driver)}"]
    if shipped is not None and preset is not None and shipped.type_value:
        kind = Condition(preset.type_attribute, "=", (shipped.type_value,))
        texts.append(expression(kind, preset, driver))
    if shipped is not None and shipped.selector:
        texts.append(shipped.selector)
    texts += [expression(each, preset, driver) for each in conditions]
    spec: Document = {"selectors": [{"cel": {"expression": each}} for each in texts]}
    if settings:
        spec["config"] = configs(settings)
    if extended_resource:
        spec["extendedResourceName"] = extended_resource
    title = name or (shipped.name if shipped else driver)
    return {
        "apiVersion": HUB,
        "kind": "DeviceClass",
        "metadata": {"name": title},
        "spec": spec,
    }


def _shipped(name: str | None, preset: Driver | None) -> Class | None:
    """Return the class of the driver's own that is meant."""
    if preset is None:
        return None
    found = [each for each in preset.classes if each.name == name]
    # A class of another name is still one of whole devices, as the first is.
    return found[0] if found else preset.default


def resource_slice(  # noqa: PLR0913 - what a slice says, one by one
    *,
    name: str | None,
    driver: str | None,
    preset: Driver | None,
    option: Option,
    node: str | None = None,
    pool: str | None = None,
    taints: Sequence[Document] = (),
) -> Document:
    """Return a complete pool of one slice with so many equal devices."""
    preset = preset or (preset_of(driver) if driver else None)
    driver = driver or (preset.name if preset else None) or option.class_name
    if driver is None:
        raise unclear("no driver is named", hint="use --driver or --vendor")
    preset = preset or preset_of(driver)
    if option.count is None:
        raise unclear("a slice has a number of devices, not all")
    attributes, capacity = facts(option.conditions, preset, driver)
    stem = driver.partition(".")[0].lower()
    stated: Document = {
        **({"attributes": attributes} if attributes else {}),
        **({"capacity": capacity} if capacity else {}),
        **({"taints": list(taints)} if taints else {}),
    }
    where: Document = {"nodeName": node} if node else {"allNodes": True}
    return {
        "apiVersion": HUB,
        "kind": "ResourceSlice",
        "metadata": {"name": name or "-".join(filter(None, (node, driver.lower())))},
        "spec": {
            "driver": driver,
            "pool": {
                "name": pool or node or stem,
                "generation": 1,
                "resourceSliceCount": 1,
            },
            **where,
            "devices": [
                {"name": f"{stem}-{number}", **stated} for number in range(option.count)
            ],
        },
    }


def facts(
    conditions: Sequence[Condition], preset: Driver | None, driver: str
) -> tuple[Document, Document]:
    """Return the attributes and capacities that conditions with '=' state."""
    attributes: Document = {}
    capacity: Document = {}
    for each in conditions:
        if each.operator != "=":
            raise unclear(f"{each}: a device has a value, so write NAME=VALUE")
        place = place_of(each, preset, driver)
        _, domain, bare = place.path
        key = bare if domain == driver else f"{domain}/{bare}"
        if place.kind == "capacity":
            capacity[key] = {"value": each.values[0]}
        elif place.kind.endswith("s"):
            one = place.kind[:-1]
            attributes[key] = {place.kind: [_wire(each, one, v) for v in each.values]}
        else:
            attributes[key] = {place.kind: _wire(each, place.kind, each.values[0])}
    return attributes, capacity


def _wire(where: Condition, kind: str, text: str) -> object:
    value = converted(text, kind)
    if value is None:
        raise unclear(f"{where}: {text[:60]!r} is not a {kind} value")
    return str(value) if kind == "version" else value

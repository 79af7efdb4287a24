"""What stands for an extended resource in DRA, and the way back.

The rows of the vendors' device plugins say it (`dractl.vendors.plugins`); those that a
file teaches come before them.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from dractl.cel.quoting import quoted
from dractl.errors import DractlError
from dractl.manifests.presets import preset_of
from dractl.migrate.answer import Meaning, Target
from dractl.migrate.filling import needs_part, read
from dractl.migrate.inputs import Order
from dractl.migrate.making import SHARED, Making
from dractl.vendors import VENDORS
from dractl.vendors.plugins import NO_DRIVER, Extended, Plugin, Unit

Row = tuple[Plugin, Extended]

_OWN: Final = tuple(plugin for vendor in VENDORS for plugin in vendor.plugins)
MODES: Final[Mapping[str, frozenset[str]]] = {
    driver.vendor: frozenset(
        row.mode
        for plugin in vendor.plugins
        for row in plugin.extended
        if row.driver == driver.name and row.mode
    )
    for vendor in VENDORS
    for driver in vendor.drivers
}
"""Versions and modes of drivers, by vendor, for which resources mean something else."""

_NET: Final = "dra.net"
_SRIOV: Final = "sriovnetwork.k8snetworkplumbingwg.io"
_UNSAID: Final[Mapping[str, str]] = {}
_NOWHERE: Final[Mapping[str, tuple[str, ...]]] = {}


def plugins(order: Order) -> tuple[Plugin, ...]:
    """Return the plugins that are known, those that a file teaches first."""
    return (*order.plugins, *_OWN)


def known(resource: str, order: Order) -> bool:
    """Tell whether a row names the resource, whatever it means."""
    return any(row.part(resource) is not None for _, row in _rows(plugins(order)))


def row_of(
    resource: str,
    unit: Unit,
    among: Sequence[Plugin],
    schemas: Mapping[str, str] = _UNSAID,
    profile: str = "",
) -> Row | None:
    """Return the first row of a resource in a meaning; None if there is none.

    One for just the version or mode that `schemas` wishes of its driver comes before,
    and one that takes the profile of partitions, if that is known.
    """
    found: list[Row] = []
    for plugin in among:
        rows = [
            row
            for row in plugin.extended
            if row.unit == unit and row.part(resource) is not None
        ]
        # Shares of partitions and of whole devices can have the same name.
        rows.sort(key=lambda row: _misses(row, resource, profile))
        found += ((plugin, row) for row in rows)
    wished = [each for each in found if _is_wished(each[1], schemas)]
    return next(iter([*wished, *(each for each in found if not each[1].mode)]), None)


def target(
    resource: str,
    meaning: Meaning,
    order: Order,
    spots: Mapping[str, tuple[str, ...]] = _NOWHERE,
) -> Target | None:
    """Return what stands for a resource in a meaning.

    `spots` are CEL conditions by resource that a configuration of a plugin states; they
    count instead of those that the name speaks for. Of shares, the target has capacity
    to ask for, or none: then pods can share a device through one claim only. None where
    nothing stands for it, for which `why_none` has the reason: also where a taught row
    makes no sense for the name.
    """
    made = _outcome(resource, meaning, order, spots.get(resource, ()))
    return made if isinstance(made, Target) else None


def why_none(resource: str, meaning: Meaning, order: Order) -> str:
    """Return why nothing stands for a resource in a meaning; "" if something does."""
    made = _outcome(resource, meaning, order, ())
    return "" if isinstance(made, Target) else made


def resource_of(
    class_name: str, expressions: Sequence[str], order: Order
) -> str | None:
    """Return the resource that a request for a class stands for.

    The expressions of its target are among those of the request; what is left of them
    came from node labels, or from its author. None where several resources are meant as
    well as any other.
    """
    best: dict[str, None] = {}
    most = (False, -1)
    for _, row in _rows(plugins(order)):
        for resource, meaning in read(row, expressions) if _is_origin(row) else ():
            made = target(resource, meaning, order)
            if (
                made is None
                or made.row is not row
                or made.device_class != class_name
                or not set(made.expressions) <= set(expressions)
            ):
                continue
            # A name that tells the profile is better than one that several have.
            rank = bool(row.part(resource)), len(made.expressions)
            if rank[::-1] > most[::-1]:
                best, most = {}, rank
            if rank == most:
                best[resource] = None
    return next(iter(best)) if len(best) == 1 else None


def _outcome(
    resource: str, meaning: Meaning, order: Order, said: tuple[str, ...]
) -> Target | str:
    """Return the target, or why there is none."""
    among, profile = plugins(order), meaning.profile
    found = row_of(resource, meaning.unit, among, order.schemas, profile)
    if said and (found is None or quoted(found[1].driver) not in " ".join(said)):
        found = _of_evidence(meaning.unit, said)
    if found is None and known(resource, order):
        return f"nothing that stands for it as a {meaning.unit} is known"
    if found is None:
        return "no device plugin is known that offers it"
    if not found[1].driver:
        return found[1].decision or NO_DRIVER
    if not said and _lacks_profile(found[1], resource, profile):
        return "the profile of the partitions is not known, and its name does not tell"
    try:
        return Making(resource, meaning, order, *found, said).target()
    except DractlError as error:  # one name must not lose the others
        return f"its name does not suit what is asked for: {error.message}"


def _rows(among: Sequence[Plugin]) -> Iterator[Row]:
    for plugin in among:
        for row in plugin.extended:
            yield plugin, row


def _is_wished(row: Extended, schemas: Mapping[str, str]) -> bool:
    """Tell whether the row is for just the wished version or mode of its driver."""
    preset = preset_of(row.driver) if row.mode else None
    return preset is not None and schemas.get(preset.vendor) == row.mode


def _of_evidence(unit: Unit, said: Sequence[str]) -> Row | None:
    """Return a row for a name that a configuration made, by whose values it states."""
    texts = " ".join(said)
    for driver in (_SRIOV, _NET):
        for plugin, row in _rows(_OWN):
            if row.driver == driver and row.unit == unit and quoted(driver) in texts:
                return plugin, row
    return None


def _misses(row: Extended, resource: str, profile: str) -> bool:
    """Tell whether the row wants a profile that is not known, or no known one."""
    is_ignored = bool(profile) and not needs_part(row)
    return is_ignored or _lacks_profile(row, resource, profile)


def _lacks_profile(row: Extended, resource: str, profile: str) -> bool:
    return needs_part(row) and not (row.part(resource) or profile)


def _is_origin(row: Extended) -> bool:
    """Tell whether requests can be led back to the row.

    A share without its capacity looks like a whole device.
    """
    is_clear = not (row.decision or row.is_former or row.config)
    return bool(row.driver) and is_clear and row.unit not in SHARED

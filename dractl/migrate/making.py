"""Targets in the making: the class of a row, its capacity, and classes to be made."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from dractl.cel.environment import STORED
from dractl.cel.errors import SelectorCompileError
from dractl.cel.guard import guarded
from dractl.cel.parser import parse
from dractl.cel.selector import compile_cached
from dractl.errors import unclear
from dractl.manifests.claims import Config
from dractl.manifests.classes import device_class
from dractl.manifests.presets import PRESETS, preset_of
from dractl.migrate.answer import Meaning, Target
from dractl.migrate.filling import filled
from dractl.migrate.inputs import Order, Shares
from dractl.migrate.naming import digest
from dractl.model.names import LABEL_BYTES, SUBDOMAIN_BYTES
from dractl.vendors.base import Class, Driver
from dractl.vendors.plugins import Extended, Plugin

SHARED: Final = frozenset({"time-slice", "mps-share"})
_TAKEN: Final = frozenset(
    each.name for driver in PRESETS for each in (*driver.classes, *driver.partitioned)
)


@dataclass(frozen=True, slots=True)
class Making:
    """What a target is made from; `said` are expressions that count for the row's."""

    resource: str
    meaning: Meaning
    order: Order
    plugin: Plugin
    row: Extended
    said: tuple[str, ...] = ()

    def target(self) -> Target:
        """Return the target; raise DractlError for conditions of no sense."""
        row, name = self.row, self._class_name()
        part = row.part(self.resource) or self.meaning.profile
        expressions = self.said or filled(row, self.resource, part)
        for each in expressions:
            _check(each)
        known = _class_of(self._preset, name)
        own = self._own_name()
        # A class that no row has is there already: an admin or the driver made it.
        is_made = known is None or known.is_shipped
        is_own = row.config is not None or not name or not is_made
        capacity = self._capacity()
        keeper = None
        if row.keeps_pods and not self._lacks_shares(capacity):
            has_name = known is not None and known.extended_resource == self.resource
            keeper = name if has_name and not expressions and not is_own else own
        document = None
        if is_own or keeper == own:
            document = self._document(name, own, expressions, keeper)
        return Target(
            self.resource,
            self.plugin,
            row,
            row.driver,
            own if is_own else name,
            () if is_own else expressions,
            capacity,
            is_admin=row.is_monitoring,
            keeper=keeper,
            class_document=document,
        )

    @property
    def _preset(self) -> Driver | None:
        return preset_of(self.row.driver)

    def _class_name(self) -> str:
        """Return the class of the row, "" where a driver has none that is known."""
        if self.row.device_class:
            part = self.row.part(self.resource) or self.meaning.profile
            word = re.sub(r"[^a-z0-9.]+", "-", part.lower()).strip("-.")
            return self.row.device_class.replace("{}", word)
        return self._preset.default.name if self._preset is not None else ""

    def _capacity(self) -> Mapping[str, str]:
        row, order = self.row, self.order
        if row.unit in SHARED and order.shares is not Shares.CAPACITY:
            return {}
        if not order.profile.enabled("DRAConsumableCapacity"):
            return {}
        if not _has_capacity(row, self._preset, order):
            return {}
        return {name: each.replace("{}", "1") for name, each in row.capacity.items()}

    def _lacks_shares(self, capacity: Mapping[str, str]) -> bool:
        return self.row.unit in SHARED and not capacity

    def _own_name(self) -> str:
        """Return a name for a class of the resource's own: the same every time.

        Where it cannot have all of the words as they are, it ends in a hash of them:
        names of resources can differ in case, or in what no class's name can have.
        """
        row, meaning = self.row, self.meaning
        domain, _, name = self.resource.rpartition("/")
        words = [name]
        if meaning.profile and not row.part(self.resource):
            words.append(meaning.profile)
        if row.config is not None:
            words.append(row.unit.partition("-")[0])
            words += [str(meaning.replicas)] if meaning.replicas else []
        exact = "-".join(words)
        stem = re.sub(r"[^a-z0-9.]+", "-", exact.lower())
        stem = re.sub(r"[-.]*\.[-.]*", ".", stem).strip("-.")
        if stem != exact:
            stem = f"{stem}-{digest(exact)}"
        elif f"{stem}.{domain}" in _TAKEN:
            stem = f"{stem}-extended"
        found = f"{stem}.{domain}"
        if len(found) <= SUBDOMAIN_BYTES:
            return found
        return f"{stem[:LABEL_BYTES].rstrip('-.')}-{digest(f'{exact}.{domain}')}"

    def _document(
        self, name: str, own: str, expressions: tuple[str, ...], keeper: str | None
    ) -> Mapping[str, Any]:
        """Return a class as the named one is, with what the row asks for beside it."""
        row = self.row
        settings: tuple[Config, ...] = ()
        if row.config is not None:
            settings = (Config(row.driver, row.config(self.meaning.replicas)),)
        document = device_class(
            name=name or None,
            driver=row.driver,
            preset=self._preset,
            extended_resource=self.resource if keeper else None,
            settings=settings,
        )
        document["metadata"] = {"name": own}
        listed = [each["cel"]["expression"] for each in document["spec"]["selectors"]]
        # That of a chart may fail on devices without the value; ours does not.
        document["spec"]["selectors"] = [
            {"cel": {"expression": guarded(each, parse(each)) or each}}
            for each in (*listed, *expressions)
        ]
        return document


def _check(expression: str) -> None:
    """Raise DractlError where the words of a name make no sense in an expression."""
    try:
        compile_cached(expression, STORED)
    except SelectorCompileError as error:
        raise unclear(f"{expression[:60]!r} does not compile: {error}") from None


def _class_of(preset: Driver | None, name: str) -> Class | None:
    classes = () if preset is None else (*preset.classes, *preset.partitioned)
    return next((each for each in classes if each.name == name), None)


def _has_capacity(row: Extended, preset: Driver | None, order: Order) -> bool:
    """Tell whether the driver's version has the capacity of the row."""
    if not row.capacity_since or preset is None or not preset.schemas:
        return True
    schema = order.schemas.get(preset.vendor, preset.schemas[-1])
    versions = [each.partition("-")[0] for each in preset.schemas]
    if schema not in preset.schemas or row.capacity_since not in versions:
        return True
    return preset.schemas.index(schema) >= versions.index(row.capacity_since)

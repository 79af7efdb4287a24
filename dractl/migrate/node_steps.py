"""The steps by which a node changes from device plugins to DRA drivers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from dractl.migrate.projected import Offer
from dractl.migrate.steps import Step, Verb
from dractl.model.devices import ResourceSlice
from dractl.vendors.plugins import Plugin


def on_node(
    node: str,
    resources: Sequence[str],
    offers: Sequence[Offer],
    slices: Iterable[ResourceSlice],
) -> Iterator[Step]:
    """Yield a node's steps; `resources` go, and `offers` say what comes for them.

    Pods that use its devices leave before the plugin does: of a plugin, or of a driver,
    that goes first, they would hang.
    """
    plugins = _plugins(offers)
    where: dict[str, Any] = {"kind": "Node", "api_version": "v1", "name": node}
    amounts = tuple(resources)
    names = ", ".join(amounts)
    yield Step(Verb.CORDON, f"keep new pods from {node}", **where)
    text = f"evict the pods on {node} that use {names}"
    yield Step(Verb.EVICT, text, **where, amounts=amounts)
    for plugin in plugins:
        if plugin.switch.off:
            text = f"take the {plugin.name} from {node}"
            yield Step(Verb.LABEL, text, **where, labels=dict(plugin.switch.off))
        else:
            yield _by_hand(f"take the {plugin.name} from {node}", plugin, where)
    text = f"wait until {node} has no {names} any more"
    yield Step(Verb.WAIT, text, **where, amounts=amounts)
    for plugin in plugins:
        if plugin.switch.on:
            text = f"let the driver for {plugin.name} come to {node}"
            yield Step(Verb.LABEL, text, **where, labels=dict(plugin.switch.on))
        elif plugin.switch.off or not plugin.switch.note:
            yield _by_hand(f"start the DRA driver on {node}", plugin, where)
    devices = _expected(node, offers, slices)
    listed = ", ".join(
        f"{count} device{'s' * (count > 1)} of {name}"
        for name, count in devices.items()
    )
    text = f"wait until {node} has {listed}"
    yield Step(Verb.WAIT, text, **where, devices=devices)
    yield Step(Verb.UNCORDON, f"let pods come to {node} again", **where)


def _plugins(offers: Iterable[Offer]) -> list[Plugin]:
    """Return the plugins behind what is offered, each once."""
    found = {each.case.target.plugin.name: each.case.target.plugin for each in offers}
    return list(found.values())


def _by_hand(what: str, plugin: Plugin, where: Mapping[str, Any]) -> Step:
    note = f": {plugin.switch.note}" if plugin.switch.note else ""
    return Step(Verb.BY_HAND, f"{what}{note}", **where)


def _expected(
    node: str, offers: Iterable[Offer], slices: Iterable[ResourceSlice]
) -> dict[str, int]:
    """Return how many devices of which drivers there have to be; one if unknown."""
    found: dict[str, int] = {}
    for each in offers:
        driver = each.case.target.driver
        found[driver] = found.get(driver, 0) + len(each.devices)
    published = dict.fromkeys(found, 0)
    for part in slices:
        if part.driver in found and part.scope.node_name == node:
            published[part.driver] += len(part.devices)
    return {name: published[name] or count or 1 for name, count in found.items()}

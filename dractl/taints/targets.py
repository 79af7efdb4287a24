"""From what users name to the selectors that rules need: the API has no others."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from dractl.catalogue.nearest import choice, guess, nearest
from dractl.errors import unclear
from dractl.model.taintrules import DeviceSelector
from dractl.taints.fleet import Fleet
from dractl.taints.narrowing import narrowed
from dractl.taints.nodes import of_node
from dractl.taints.notices import Notice, each_once
from dractl.taints.words import selector_of


@dataclass(frozen=True, slots=True)
class Targets:
    """The devices that are meant, as the user says it.

    All that is named counts; a class and a CEL expression narrow it down, and stand for
    the devices of the whole cluster where nothing is named.
    """

    words: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    device_class: str | None = None
    expression: str | None = None
    everything: bool = False

    @property
    def is_narrowed(self) -> bool:
        """Whether single devices are picked."""
        return self.device_class is not None or self.expression is not None


@dataclass(frozen=True, slots=True)
class Resolved:
    """The selectors that mean exactly what was named, none of them twice."""

    selectors: tuple[DeviceSelector, ...]
    notices: tuple[Notice, ...] = ()


def resolved(fleet: Fleet, targets: Targets) -> Resolved:
    """Return what the targets come to; raise DractlError for what cannot be resolved.

    Drivers, pools and devices need not exist: rules may come before them.
    """
    selectors: list[DeviceSelector] = []
    notices: list[Notice] = []
    for word in targets.words:
        selector = _of_word(fleet, word)
        selectors.append(selector)
        notices += _unpublished(fleet, word, selector)
    for node in targets.nodes:
        found, told = of_node(fleet, node)
        selectors += found
        notices += told
    for claim in targets.claims:
        selectors += _of_claim(fleet, claim)
    if targets.everything or (targets.is_narrowed and not selectors):
        selectors = [DeviceSelector()]
    if not selectors:
        raise unclear(
            "no devices are named",
            hint="name DRIVER[/POOL[/DEVICE]], or use --node, --class, --selector, "
            "--claim or --all",
        )
    if targets.is_narrowed:
        selectors, told = narrowed(
            fleet, selectors, targets.device_class, targets.expression
        )
        notices += told
    return Resolved(widest(selectors), each_once(notices))


def widest(selectors: Iterable[DeviceSelector]) -> tuple[DeviceSelector, ...]:
    """Return the selectors without those that others cover, in their order."""
    found = dict.fromkeys(selectors)
    return tuple(
        each for each in found if not any(wider in found for wider in wider_than(each))
    )


def wider_than(selector: DeviceSelector) -> Iterator[DeviceSelector]:
    """Yield the selectors that cover this one, itself excepted."""
    for parts in product(*({part, None} for part in selector)):
        wider = DeviceSelector(*parts)
        if wider != selector:
            yield wider


# -- words


def _of_word(fleet: Fleet, word: str) -> DeviceSelector:
    selector = selector_of(word)
    driver, _, rest = word.partition("/")
    if selector.device is None or (driver, rest) not in fleet.pools:
        return selector
    if fleet.selected(selector):
        raise unclear(
            f"{word!r} is a pool, and also a device of the pool {selector.pool!r}",
            hint=f"write {word}/ for the pool; name the device with --selector",
        )
    return DeviceSelector(driver, rest)


def _unpublished(fleet: Fleet, word: str, selector: DeviceSelector) -> Iterator[Notice]:
    """Yield that nobody publishes what a word names, and what may have been meant."""
    if fleet.selected(selector):
        return
    driver, pool, device = (part or "" for part in selector)
    pools = fleet.pools_of.get(driver)
    entries = fleet.pools.get((driver, pool))
    known: Iterable[str]
    if pools is None:
        what, name, inside, known = "driver", driver, "", fleet.pools_of
    elif entries is None:
        what, name, inside, known = "pool", pool, driver, pools
    else:
        what, name, inside = "device", device, f"{driver}/{pool}"
        known = [entry.device.name for entry in entries]
    near = nearest(name, known)
    hint = f"did you mean {'/'.join(filter(None, (inside, *near)))}?" if near else ""
    if not near:
        hint = _other_way(fleet, selector) or choice(name, known)
    where = f" in {inside}" if inside else ""
    yield Notice(
        "not-published",
        f"no {what} {name!r} is published{where}; a rule for {word} waits for it",
        hint,
    )


def _other_way(fleet: Fleet, selector: DeviceSelector) -> str:
    """Return how to write what was probably meant: a node, or a device of some pool."""
    driver, pool, device = selector
    if pool is None and driver in fleet.snapshot.node_by_name:
        return f"--node {driver} means the devices of that node"
    if device is None:
        anywhere = fleet.selected(DeviceSelector(driver, None, pool))
        if pool is not None and anywhere:
            return f"did you mean {anywhere[0].id}?"
    return ""


# -- claims


def _of_claim(fleet: Fleet, name: str) -> Iterator[DeviceSelector]:
    namespace, slash, own = name.partition("/")
    key = (namespace, own) if slash else ("default", name)
    claim = fleet.snapshot.claim_by_key.get(key)
    if claim is None:
        known = ["/".join(each) for each in fleet.snapshot.claim_by_key]
        raise unclear(
            f"there is no ResourceClaim {'/'.join(key)!r}",
            hint=guess("/".join(key), known, "write NAMESPACE/NAME"),
            code="unknown-claim",
        )
    results = claim.allocation.results if claim.allocation else ()
    if not results:
        raise unclear(
            f"claim {'/'.join(key)} has no devices",
            hint="only devices that a claim is allocated can be named by it",
            code="not-allocated",
        )
    for result in results:
        yield DeviceSelector(*result.device)

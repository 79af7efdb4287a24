"""What holds for every vendor on every host that is kept."""

from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import Final

import pytest

from dractl.cel.errors import SelectorEvalError
from dractl.cel.quoting import quoted
from dractl.cel.selector import compile_selector
from dractl.discovery.inventory import inventory
from dractl.discovery.slices import slices
from dractl.model.cluster import Profile
from dractl.model.names import dns_label
from dractl.rules.check import RULES, check
from dractl.rules.registry import Severity
from dractl.rules.world import World
from dractl.vendors import VENDORS
from dractl.vendors.base import Class, Driver, Found, Vendor, Wire, Wishes
from dractl.vendors.pools import Document
from tests.hosts.reading import host_facts
from tests.hosts.trees import HOSTS

_ALL: Final = tuple(sorted(path.stem for path in HOSTS.glob("*.tree")))
_RELEASES: Final = ("1.34", "1.35", "1.36", "1.37")
_WISHES: Final = {
    "nothing": Wishes(),
    "partitions": Wishes(partitionable=True),
    **{
        f"{driver.vendor}={schema}": Wishes(schemas={driver.vendor: schema})
        for vendor in VENDORS
        for driver in vendor.drivers
        for schema in driver.schemas[:-1]
    },
}
_DRIVERS: Final = {
    driver.name: driver for vendor in VENDORS for driver in vendor.drivers
}
_MADE_UP: Final = frozenset({"example"})  # devices of no machine
_SHARED: Final = ("resource.kubernetes.io", "dra.net", "k8s.cni.cncf.io", "dra.cpu")

every_host = pytest.mark.parametrize("host", _ALL)


@cache
def _found(host: str) -> tuple[Found, ...]:
    wishes = Wishes()
    return tuple(
        each for vendor in VENDORS for each in vendor.find(host_facts(host), wishes)
    )


def _published(found: tuple[Found, ...]) -> Iterator[tuple[str, Wire]]:
    """Yield drivers and devices."""
    for each in found:
        if each.driver is not None and each.device is not None:
            yield each.driver, each.device


def _regrets(document: Document, profile: Profile) -> list[str]:
    violations = check(document, profile, World()).violations
    return [
        f"{each.code}: {each.path} {each.message}"
        for each in violations
        if RULES[each.code].severity != Severity.INFO
    ]


@every_host
@pytest.mark.parametrize("release", _RELEASES)
def test_slices_pass_our_rules_in_every_release(host: str, release: str) -> None:
    profile = Profile.of(release)
    whole = inventory(host_facts(host), Wishes(profile), node="node-0")
    found = [_regrets(each, profile) for each in slices(whole, profile)]
    assert not any(found), found


@every_host
def test_whatever_is_wished_a_host_is_described_well(
    host: str, subtests: pytest.Subtests
) -> None:
    for wish, wishes in _WISHES.items():
        whole = inventory(host_facts(host), wishes, node="node-0")
        with subtests.test(f"slices pass our rules: {wish}"):
            made = slices(whole, wishes.profile)
            regrets = [_regrets(each, wishes.profile) for each in made]
            assert not any(regrets), regrets
        with subtests.test(f"devices of a driver have names of their own: {wish}"):
            _check_names(whole.found)
        with subtests.test(f"a function is of one vendor: {wish}"):
            _check_owners(whole.found)


def _check_names(found: tuple[Found, ...]) -> None:
    names = [(driver, device["name"]) for driver, device in _published(found)]
    assert len(set(names)) == len(names)
    assert [name for _, name in names if dns_label(name)] == []


def _check_owners(found: tuple[Found, ...]) -> None:
    owners: dict[str, set[str]] = {}
    for each in found:
        if each.address is not None:
            owners.setdefault(each.address, set()).add(each.vendor)
    assert {who: owns for who, owns in owners.items() if len(owns) > 1} == {}


@every_host
def test_the_same_host_has_the_same_devices(host: str) -> None:
    assert inventory(host_facts(host)) == inventory(host_facts(host))


@every_host
def test_a_device_is_published_or_there_is_a_reason(host: str) -> None:
    odd = [each for each in _found(host) if (each.device is None) != bool(each.why_not)]
    assert odd == []


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.name)
def test_a_host_is_kept_for_every_vendor(vendor: Vendor) -> None:
    ways = product(map(host_facts, _ALL), _WISHES.values())
    is_found = any(any(vendor.find(facts, wishes)) for facts, wishes in ways)
    assert is_found != (vendor.name in _MADE_UP)


# -- what drivers are said to publish


@every_host
def test_attributes_are_those_that_the_driver_is_said_to_have(host: str) -> None:
    odd = [
        f"{driver}: {name}"
        for driver, device in _published(_found(host))
        for name, value in device["attributes"].items()
        if not _is_stated(_DRIVERS[driver], name, value)
    ]
    assert odd == []


def _is_stated(driver: Driver, name: str, value: Wire) -> bool:
    domain, _, plain = name.rpartition("/")
    stated = driver.attributes.get(plain)
    if domain in {"", driver.name}:
        return stated is not None and next(iter(value)) == stated
    return domain in _SHARED


@every_host
def test_capacities_are_those_that_the_driver_is_said_to_have(host: str) -> None:
    odd = [
        f"{driver}: {name}"
        for driver, device in _published(_found(host))
        for name in device.get("capacity", {})
        if name.removeprefix(f"{driver}/") not in _DRIVERS[driver].capacity
    ]
    assert odd == []


# -- classes


@every_host
def test_classes_select_the_devices_of_their_driver_and_no_others(host: str) -> None:
    published = list(_published(_found(host)))
    for own in dict.fromkeys(driver for driver, _ in published):
        texts = [_expression(_DRIVERS[own], each) for each in _DRIVERS[own].classes]
        selected = [
            (driver, device["name"])
            for driver, device in published
            if any(_matches(text, driver, device) for text in texts)
        ]
        assert selected == [
            (driver, device["name"]) for driver, device in published if driver == own
        ]


def _expression(driver: Driver, which: Class) -> str:
    texts = [f"device.driver == {quoted(driver.name)}"]
    if which.type_value is not None:
        place = f"device.attributes[{quoted(driver.name)}].{driver.type_attribute}"
        texts.append(f"{place} == {quoted(which.type_value)}")
    if which.selector:
        texts.append(which.selector)
    return " && ".join(texts)


def _matches(text: str, driver: str, device: Wire) -> bool:
    view = {
        "driver": driver,
        "attributes": device["attributes"],
        "capacity": device.get("capacity", {}),
        "allowMultipleAllocations": device.get("allowMultipleAllocations"),
    }
    try:
        return compile_selector(text).matches(view)
    except SelectorEvalError:  # it lacks what the class asks for
        return False

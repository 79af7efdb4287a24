import pytest

from tests.rules.advice_cases import (
    DRIVER,
    OF_DRIVER,
    Wire,
    beside,
    claim,
    cluster,
    codes,
    device,
    obj,
    only,
    option,
    slice_of,
)

TAINT = {"key": "example.com/broken", "effect": "NoExecute"}


def capacity(**requests: str) -> Wire:
    return {"capacity": {"requests": requests}}


def test_more_than_32_devices_in_all() -> None:
    found = only("too-many-devices", claim(option(count=20), option(count=13)))
    assert str(found.path) == "spec.devices.requests[0].exactly.count"
    assert codes(claim(option(count=20), option(count=12))) == []


def test_of_alternatives_the_least_counts() -> None:
    ways = [
        {"name": "many", "deviceClassName": DRIVER, "count": 33},
        {"name": "few", "deviceClassName": DRIVER},
    ]
    document = claim()
    document["spec"]["devices"]["requests"] = [{"name": "r", "firstAvailable": ways}]
    assert codes(document) == []


def test_fewer_devices_than_wanted() -> None:
    world = cluster(OF_DRIVER, slice_of(device()))
    found = only("no-device-matches", claim(option(count=2)), world)
    assert found.message == (
        "wants 2, and 1 device of the snapshot passes the selectors of class "
        "gpu.example.com and of the request"
    )
    assert codes(claim(option()), world) == []


def test_a_device_for_several_claims_may_be_enough() -> None:
    shared = device(allowMultipleAllocations=True)
    world = cluster(OF_DRIVER, slice_of(shared))
    assert codes(claim(option(count=2)), world) == []


def test_every_device_is_tainted() -> None:
    world = cluster(OF_DRIVER, slice_of(device(taints=[TAINT])))
    found = only("devices-tainted", claim(option()), world)
    assert found.fix == "tolerations: [{key: example.com/broken, operator: Exists}]"
    tolerations = [{"key": "example.com/broken", "operator": "Exists"}]
    assert codes(claim(option(tolerations=tolerations)), world) == []


def test_one_device_is_left() -> None:
    world = cluster(OF_DRIVER, slice_of(device(taints=[TAINT]), device("gpu-1")))
    assert codes(claim(option()), world) == []


def test_a_rule_taints_every_device() -> None:
    rule = obj(
        "DeviceTaintRule", {"deviceSelector": {"driver": DRIVER}, "taint": TAINT}
    )
    world = cluster(OF_DRIVER, slice_of(device()), rule)
    assert codes(claim(option()), world) == ["devices-tainted"]


@pytest.mark.parametrize("amount", ["-1", "0", "-40Gi"])
def test_no_amount_at_all(amount: str) -> None:
    document = claim(option(**capacity(memory=amount)))
    assert codes(document) == ["capacity-not-positive"]


def test_a_capacity_that_no_device_has() -> None:
    memory = {"memory": {"value": "80Gi"}}
    shared = device(allowMultipleAllocations=True, capacity=memory)
    world = cluster(OF_DRIVER, slice_of(shared))
    found = only("capacity-unknown", claim(option(**capacity(memroy="1Gi"))), world)
    assert found.fix == "memory"
    qualified = claim(option(capacity={"requests": {f"{DRIVER}/memory": "1Gi"}}))
    assert codes(qualified, world) == ["capacity-unknown"]
    assert codes(qualified, world, "1.37") == []


@pytest.mark.parametrize(
    ("policy", "most"),
    [
        (None, "80Gi"),
        ({"default": "1Gi", "validValues": ["1Gi", "40Gi"]}, "40Gi"),
        ({"default": "1Gi", "validRange": {"min": "1Gi", "max": "20Gi"}}, "20Gi"),
    ],
)
def test_more_than_any_device_gives(policy: Wire | None, most: str) -> None:
    memory: Wire = {"value": "80Gi"} | ({"requestPolicy": policy} if policy else {})
    shared = device(allowMultipleAllocations=True, capacity={"memory": memory})
    world = cluster(OF_DRIVER, slice_of(shared))
    found = only("capacity-too-large", claim(option(**capacity(memory="81Gi"))), world)
    assert found.message.endswith(f"gives {most} at most")
    assert codes(claim(option(**capacity(memory=most))), world) == []


def test_a_constraint_over_one_device() -> None:
    constraint = {"requests": ["r0"], "matchAttribute": "example.com/root"}
    one = claim(option(), constraints=[constraint])
    assert codes(one) == ["constraint-without-effect"]
    assert codes(claim(option(count=2), constraints=[constraint])) == []
    everything = {"matchAttribute": "example.com/root"}
    assert codes(claim(option(), option(), constraints=[everything])) == []


def test_half_of_a_constraint_is_ignored() -> None:
    both = {"matchAttribute": "a.io/x", "distinctAttribute": "a.io/y"}
    document = claim(option(count=2), constraints=[both])
    assert codes(document) == ["constraint-half-ignored"]


def test_a_constraint_on_what_no_device_has() -> None:
    world = cluster(OF_DRIVER, slice_of(device(), device("gpu-1")))
    document = claim(
        option(count=2), constraints=[{"matchAttribute": f"{DRIVER}/modle"}]
    )
    assert only("constraint-unknown-attribute", document, world).fix == (
        f"{DRIVER}/model"
    )


def test_configuration_for_another_driver() -> None:
    opaque = {"driver": "nic.example.com", "parameters": {}}
    document = claim(option(), config=[{"opaque": opaque}])
    found = only("config-without-effect", document, beside(OF_DRIVER))
    assert found.fix == DRIVER
    assert codes(document) == []


def test_a_claim_for_nothing() -> None:
    assert codes(claim()) == ["claim-without-requests"]


@pytest.mark.parametrize(
    "broken",
    [
        {"requests": 1},
        {"requests": [1, None, {"exactly": 1}, {"firstAvailable": {}}]},
        {"requests": [], "constraints": [1, {"requests": [[]]}], "config": "x"},
        {
            "requests": [
                {"name": 1, "exactly": {"count": "2", "selectors": [{"cel": 1}]}}
            ]
        },
    ],
)
def test_what_the_server_cannot_decode_is_no_crash(broken: Wire) -> None:
    document = obj("ResourceClaim", {"devices": broken})
    world = cluster(OF_DRIVER, slice_of(device()))
    assert codes(document, world)


def test_one_alternative_that_can_be_had_is_enough() -> None:
    ways = [
        {"name": "many", "deviceClassName": DRIVER, "count": 3},
        {"name": "one", "deviceClassName": DRIVER},
    ]
    world = cluster(OF_DRIVER, slice_of(device()))
    document = claim()
    request = {"name": "r", "firstAvailable": ways}
    document["spec"]["devices"]["requests"] = [request]
    assert codes(document, world) == []
    del ways[1]
    assert codes(document, world) == ["no-device-matches"]

import pytest

from tests.rules.advice_cases import (
    DRIVER,
    Wire,
    claim,
    cluster,
    codes,
    device,
    device_class,
    obj,
    only,
    option,
    slice_of,
)

TAINT = {"key": "example.com/broken", "effect": "NoExecute"}


def rule(**spec: object) -> Wire:
    version = "resource.k8s.io/v1beta2"
    return obj("DeviceTaintRule", {"taint": TAINT, **spec}, version=version)


def test_an_empty_selector_taints_everything() -> None:
    found = only("taint-rule-hits-all", rule(deviceSelector={}))
    assert "every device" in found.message
    assert codes(rule(deviceSelector={"driver": DRIVER})) == ["version-off-by-default"]


def test_no_selector_taints_nothing() -> None:
    assert only("taint-rule-hits-none", rule()).fix


def test_a_rule_for_devices_that_do_not_exist() -> None:
    world = cluster(slice_of(device()))
    document = rule(deviceSelector={"driver": "gpus.example.com"})
    found = only("taint-rule-matches-nothing", document, world)
    assert found.fix == f"driver: {DRIVER}"
    fine = rule(deviceSelector={"driver": DRIVER, "device": "gpu-0"})
    assert codes(fine, world) == ["version-off-by-default"]


def shared(policy: Wire) -> Wire:
    memory = {"value": "80Gi", "requestPolicy": policy}
    return slice_of(device(allowMultipleAllocations=True, capacity={"memory": memory}))


def test_a_step_of_zero_makes_old_servers_fail() -> None:
    limits = {"min": "1Gi", "step": "0"}
    document = shared({"default": "1Gi", "validRange": limits})
    assert "policy-step-zero" in codes(document, release="1.36")
    assert "policy-step-zero" not in codes(document, release="1.37")


def test_less_than_nothing() -> None:
    document = slice_of(device(capacity={"memory": {"value": "-1"}}))
    found = only("amount-negative", document)
    assert str(found.path) == "spec.devices[0].capacity[memory].value"
    counters = [{"name": "set", "counters": {"slots": {"value": "-7"}}}]
    document = slice_of(sharedCounters=counters)
    del document["spec"]["devices"]
    assert codes(document) == ["amount-negative"]


def test_one_attribute_under_two_names() -> None:
    both = {"model": {"string": "A"}, f"{DRIVER}/model": {"string": "B"}}
    found = only("attribute-twice", slice_of({"name": "d", "attributes": both}))
    assert str(found.path) == "spec.devices[0].attributes[model]"


def test_a_slice_of_nothing() -> None:
    assert codes(slice_of()) == ["slice-without-devices"]


def test_a_counter_set_that_the_pool_lacks() -> None:
    uses = [{"counterSet": "set", "counters": {"slots": {"value": "1"}}}]
    document = slice_of(device(consumesCounters=uses))
    assert codes(document) == ["pool-counter-unknown"]
    document["spec"]["pool"]["resourceSliceCount"] = 2
    assert codes(document) == []


def opaque(driver: str = "gpu.nvidia.com", **parameters: object) -> list[Wire]:
    version = "resource.nvidia.com/v1beta1"
    given = {"apiVersion": version, **parameters}
    return [{"opaque": {"driver": driver, "parameters": given}}]


def test_a_misspelt_field_of_known_parameters() -> None:
    config = opaque(kind="GpuConfig", sharing={"stategy": "MPS"})
    found = only("parameters-field-unknown", claim(option(), config=config))
    assert (found.fix, str(found.path)) == (
        "strategy",
        "spec.devices.config[0].opaque.parameters.sharing.stategy",
    )
    document = device_class('device.driver == "gpu.nvidia.com"', config=config)
    assert codes(document) == ["parameters-field-unknown"]


def test_a_value_that_known_parameters_cannot_have() -> None:
    config = opaque(kind="GpuConfig", sharing={"strategy": "Timeslicing"})
    document = claim(option(), config=config)
    assert only("parameters-value-unknown", document).fix == "TimeSlicing"


def test_a_kind_that_a_known_driver_lacks() -> None:
    document = claim(option(), config=opaque(kind="GPUConfig"))
    assert only("parameters-kind-unknown", document).fix == "GpuConfig"


@pytest.mark.parametrize(
    "config",
    [
        opaque("gpu.example.com", kind="Anything", x=1),
        opaque(kind="GpuConfig", apiVersion="resource.nvidia.com/v9", x=1),
        opaque(
            kind="GpuConfig",
            sharing={
                "strategy": "MPS",
                "mpsConfig": {"defaultPerDevicePinnedMemoryLimit": {"0": "1Gi"}},
            },
        ),
    ],
)
def test_other_parameters_are_left_alone(config: list[Wire]) -> None:
    assert codes(claim(option(), config=config)) == []


@pytest.mark.parametrize(
    ("version", "release", "expected"),
    [
        ("v1", "1.34", []),
        ("v1", "1.33", ["version-not-served"]),
        ("v1beta2", "1.35", ["version-off-by-default"]),
        ("v1beta2", "1.36", ["version-deprecated", "version-off-by-default"]),
    ],
)
def test_versions_come_and_go(version: str, release: str, expected: list[str]) -> None:
    document = claim(option()) | {"apiVersion": f"resource.k8s.io/{version}"}
    assert codes(document, release=release) == expected


def test_the_best_version_is_proposed() -> None:
    document = claim(option()) | {"apiVersion": "resource.k8s.io/v1beta2"}
    found = only("version-deprecated", document)
    assert found.fix == "convert it to resource.k8s.io/v1"
    assert found.message == (
        "v1beta2 of ResourceClaim is deprecated since 1.36 and gone in 1.39"
    )


def test_a_dropped_field_names_its_gate_and_the_release_that_keeps_it() -> None:
    document = claim(option(tolerations=[{"key": "a", "operator": "Exists"}]))
    found = only("field-dropped", document, release="1.35")
    assert found.message == (
        "Kubernetes 1.35 drops tolerations: the feature gate DRADeviceTaints is off; "
        "it is on by default since 1.36"
    )


def test_an_annotation_takes_rules_out() -> None:
    document = rule(deviceSelector={})
    listed = "taint-rule-hits-all, version-off-by-default"
    document["metadata"]["annotations"] = {"dractl.dev/ignore": listed}
    assert codes(document) == []


@pytest.mark.parametrize(
    ("text", "better"),
    [("6 GiB", "6Gi"), ("40GB", "40G"), ("4K", "4k"), ("10gi", "10Gi"), ("much", None)],
)
def test_an_amount_that_was_meant(text: str, better: str | None) -> None:
    document = claim(option(capacity={"requests": {"memory": text}}))
    assert only("wrong-type", document).fix == better


def test_all_is_told_at_once_where_the_server_stops_early() -> None:
    document = claim(option("device.driver", count=-1, cuont=2))
    assert codes(document) == ["count-exact", "unknown-field", "cel-compile"]


@pytest.mark.parametrize("value", [False, 7])
def test_text_that_yaml_takes_for_something_else(value: object) -> None:
    found = only("wrong-type", slice_of(device(), nodeName=value))
    assert found.fix is not None
    assert found.fix.startswith("put it in quotes")

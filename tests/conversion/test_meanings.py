"""What is said of taint rules that do something else in another release."""

import pytest

from dractl.conversion.plan import Degree, converted
from dractl.conversion.target import Target

EMPTY = (
    "spec.deviceSelector",
    (
        "names no driver, pool or device, so it matches every device; 1.33 and 1.34 "
        "could select by class and by CEL as well"
    ),
)
NO_EFFECT = (
    "spec.taint.effect",
    "None came with Kubernetes 1.35; 1.33 and 1.34 refuse it",
)
DRIVER = {"driver": "gpu.example.com"}


def rule(version: str, selector: object, effect: str = "NoSchedule") -> object:
    spec = {"taint": {"key": "example.com/broken", "effect": effect}}
    if selector is not None:
        spec["deviceSelector"] = selector  # type: ignore[assignment]
    return {
        "apiVersion": f"resource.k8s.io/{version}",
        "kind": "DeviceTaintRule",
        "metadata": {"name": "broken"},
        "spec": spec,
    }


def notes(document: object, to: str) -> list[tuple[str, str]]:
    """The notes but for that on a version that goes away."""
    (made,) = converted([document], Target.parse(to))
    assert all(each.degree is Degree.NOTE for each in made.remarks)
    return [
        (each.path, each.message)
        for each in made.remarks
        if "is deprecated" not in each.message
    ]


@pytest.mark.parametrize("selector", [{}, {"selectors": []}, {"driver": ""}])
def test_a_selector_that_once_could_say_more(selector: object) -> None:
    assert notes(rule("v1alpha3", selector), "v1beta2") == [EMPTY]
    assert notes(rule("v1alpha3", selector), "1.36") == [EMPTY]
    assert EMPTY in notes(rule("v1alpha3", selector), "v1")
    assert notes(rule("v1alpha3", selector), "v1alpha3") == []


@pytest.mark.parametrize("selector", [DRIVER, {"pool": "a"}, {"device": "b"}, None])
def test_a_selector_that_means_the_same(selector: object) -> None:
    assert notes(rule("v1alpha3", selector), "v1beta2") == []
    assert notes(rule("v1beta2", selector), "v1alpha3") == []


@pytest.mark.parametrize(
    ("to", "expected"),
    [("v1alpha3", [NO_EFFECT]), ("1.34", [NO_EFFECT]), ("1.35", []), ("v1beta2", [])],
)
def test_an_effect_that_old_servers_lack(
    to: str, expected: list[tuple[str, str]]
) -> None:
    assert notes(rule("v1beta2", DRIVER, "None"), to) == expected
    assert notes(rule("v1beta2", DRIVER, "NoExecute"), to) == []


@pytest.mark.parametrize("version", ["v1alpha3", "v1beta2"])
def test_rules_act_by_default_only_in_v1(version: str) -> None:
    ((path, message),) = notes(rule(version, DRIVER), "v1")
    assert path == ""
    assert message.startswith("takes effect by default where v1 is served")
    ((path, message),) = notes(rule("v1", DRIVER), version)
    assert path == ""
    assert "before 1.37 only with the feature gate DRADeviceTaintRules" in message


def test_other_kinds_mean_the_same() -> None:
    document = rule("v1beta2", DRIVER)
    assert isinstance(document, dict)
    document |= {"kind": "DeviceClass", "spec": {}}
    assert notes(document, "v1") == []

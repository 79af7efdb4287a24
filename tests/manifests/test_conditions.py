import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dractl.cel import compile_selector
from dractl.errors import DractlError
from dractl.manifests.conditions import Condition, expression, parse_condition
from dractl.manifests.presets import PRESETS, preset_of
from dractl.vendors.base import Driver

NVIDIA = preset_of("nvidia")
GPU = 'device.attributes["gpu.nvidia.com"]'
CODE = f"{GPU}.driverVersion"
MEMORY = 'device.capacity["gpu.nvidia.com"].memory'
NUMA = 'device.attributes["resource.kubernetes.io"].numaNode'
OTHER = 'device.attributes["x.com"]'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("memory>=80Gi", Condition("memory", ">=", ("80Gi",))),
        ("memory >= 80Gi", Condition("memory", ">=", ("80Gi",))),
        ("model==H100", Condition("model", "=", ("H100",))),
        ("model=H100|H200", Condition("model", "=", ("H100", "H200"))),
        ("x.com/speed:int!=3", Condition("x.com/speed", "!=", ("3",), "int")),
        ("model=Flex 170", Condition("model", "=", ("Flex 170",))),
    ],
)
def test_a_condition_is_read(text: str, expected: Condition) -> None:
    assert parse_condition(text) == expected


@pytest.mark.parametrize(
    "text", ["memory", ">=3", "a:nothing=3", "memory>=1|2", "memory>=", "a b=c"]
)
def test_what_is_no_condition_is_refused(text: str) -> None:
    with pytest.raises(DractlError):
        parse_condition(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("memory>=80Gi", f'has({MEMORY}) && {MEMORY}.compareTo(quantity("80Gi")) >= 0'),
        ("brand=Tesla", f'has({GPU}.brand) && {GPU}.brand == "Tesla"'),
        (
            "brand!=Tesla|Quadro",
            f'has({GPU}.brand) && !({GPU}.brand in ["Tesla", "Quadro"])',
        ),
        (
            "driverVersion>=580",
            f'has({CODE}) && {CODE}.compareTo(semver("580.0.0")) >= 0',
        ),
        ("numaNode=0", f"has({NUMA}) && {NUMA} == 0"),
        ("x.com/rdma=true", f"has({OTHER}.rdma) && {OTHER}.rdma"),
        ("x.com/rdma=false", f"has({OTHER}.rdma) && !{OTHER}.rdma"),
        ("x.com/roots:strings=a", f'has({OTHER}.roots) && {OTHER}.roots.includes("a")'),
        ('brand=a"b', f'has({GPU}.brand) && {GPU}.brand == "a\\"b"'),
    ],
)  # fmt: skip
def test_a_condition_becomes_a_guarded_expression(text: str, expected: str) -> None:
    assert expression(parse_condition(text), NVIDIA, None) == expected


def test_a_model_is_a_word_of_the_product_name() -> None:
    text = expression(parse_condition("model=L4"), NVIDIA, None)
    assert text == (
        f"has({GPU}.productName) && "
        f'{GPU}.productName.matches("(^|[^A-Za-z0-9])(L4)($|[^A-Za-z0-9])")'
    )


@pytest.mark.parametrize(
    "text",
    [
        "memory>=lots",
        "architecture>=Hopper",
        "cudaComputeCapability>=nine",
        "memory~80",
        "speed=3",
        "numaNode=near",
    ],
)
def test_a_value_that_does_not_suit_is_refused(text: str) -> None:
    with pytest.raises(DractlError):
        expression(parse_condition(text), NVIDIA, None)


def test_a_value_of_an_unknown_driver_needs_its_domain() -> None:
    with pytest.raises(DractlError, match="whose value"):
        expression(parse_condition("speed=3"), None, None)
    assert "x.com" in expression(parse_condition("speed=3"), None, "x.com")


@pytest.mark.parametrize("preset", PRESETS, ids=lambda each: each.vendor)
def test_names_that_drivers_share_lead_to_ones_that_they_have(preset: Driver) -> None:
    found = preset_of(preset.vendor)
    assert found is preset
    assert set(preset.shared.values()) <= {*preset.attributes, *preset.capacity}


WORDS = st.text(min_size=1, max_size=16).filter(lambda text: "|" not in text)


def selects(where: Condition, product: str) -> bool:
    selector = compile_selector(expression(where, NVIDIA, None))
    attributes = {"productName": {"string": product}}
    return selector.matches(
        {"driver": "gpu.nvidia.com", "attributes": attributes, "capacity": {}}
    )


@pytest.mark.property
@settings(deadline=None)
@given(WORDS)
def test_any_text_selects_what_is_equal(text: str) -> None:
    assert selects(Condition("productName", "=", (text,)), text)
    assert not selects(Condition("productName", "=", (text,)), f"{text}!")


@pytest.mark.property
@settings(deadline=None)
@given(WORDS)
def test_any_text_is_found_as_a_word(text: str) -> None:
    assert selects(Condition("model", "=", ("x", text)), f"NVIDIA {text} 80GB")


@pytest.mark.parametrize(
    ("product", "expected"),
    [("NVIDIA L4", True), ("NVIDIA L40S", False), ("L4-24C", True), ("XL4", False)],
)
def test_a_word_does_not_match_within_another(product: str, *, expected: bool) -> None:
    assert selects(Condition("model", "=", ("L4",)), product) is expected

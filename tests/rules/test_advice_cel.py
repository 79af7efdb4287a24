import pytest

from dractl.rules.world import World
from tests.rules.advice_cases import (
    DRIVER,
    OF_DRIVER,
    beside,
    claim,
    cluster,
    codes,
    device,
    device_class,
    only,
    option,
    said,
    slice_of,
)

MODEL = f'device.attributes["{DRIVER}"].model'


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("nvidia.com/gpu", 'device.driver == "gpu.nvidia.com", if that is the driver'),
        ("gpu nvidia", None),
        ("", None),
        ("a" * 64, None),
    ],
)
def test_no_driver_can_have_such_a_name(name: str, fix: str | None) -> None:
    found = only("cel-impossible-driver", claim(option(f'device.driver == "{name}"')))
    assert found.fix == fix
    assert found.span is not None
    assert found.span[0] == len("device.driver == ")


@pytest.mark.parametrize("name", ["gpu.nvidia.com", "GPU.example.com", "a"])
def test_a_driver_can_have_such_a_name(name: str) -> None:
    assert codes(claim(option(f'device.driver == "{name}"'))) == []


def test_an_impossible_driver_is_seen_where_the_rest_does_not_compile() -> None:
    text = 'device.driver == "nvidia.com/gpu" && device.attribute.x'
    assert codes(claim(option(text))) == ["cel-compile", "cel-impossible-driver"]


def test_a_domain_ends_before_the_slash() -> None:
    text = 'device.attributes["gpu.nvidia.com/model"].x == "A"'
    found = only("cel-impossible-domain", claim(option(text)))
    assert found.fix == 'device.attributes["gpu.nvidia.com"].model'


def test_class_and_request_want_different_drivers() -> None:
    text = 'device.driver == "other.example.com"'
    found = only("cel-never-true", claim(option(text)), beside(OF_DRIVER))
    assert found.message == (
        "class gpu.example.com takes devices of gpu.example.com only, which this "
        "excludes"
    )
    assert codes(claim(option(text))) == []


def test_a_class_wants_two_drivers_at_once() -> None:
    texts = ('device.driver == "a.example.com"', 'device.driver == "b.example.com"')
    assert codes(device_class(*texts)) == ["cel-never-true"]
    assert codes(device_class(" || ".join(texts))) == []


def test_a_class_reads_what_other_drivers_lack() -> None:
    found = only("cel-unguarded", device_class(f'{MODEL} == "A100"'))
    assert found.fix == (
        f'has(device.attributes["{DRIVER}"].model) && {MODEL} == "A100"'
    )


@pytest.mark.parametrize(
    "texts",
    [
        (f'device.driver == "{DRIVER}" && {MODEL} == "A100"',),
        (f'has({MODEL}) && {MODEL} == "A100"',),
        (f'device.driver == "{DRIVER}"', f'{MODEL} == "A100"'),
    ],
)
def test_a_class_that_asks_first_is_fine(texts: tuple[str, ...]) -> None:
    assert codes(device_class(*texts)) == []


def test_a_request_is_only_told_what_may_be_missing() -> None:
    (found,) = said(claim(option(f'{MODEL} == "A100"')))
    assert (found.code, found.fix) == (
        "cel-may-be-missing",
        f'has(device.attributes["{DRIVER}"].model) && {MODEL} == "A100"',
    )


def test_an_expression_fails_on_a_device_of_the_cluster() -> None:
    bare = {"name": "gpu-1", "attributes": {}}
    world = cluster(OF_DRIVER, slice_of(device(), bare))
    found = only("cel-fails", claim(option(f'{MODEL} == "A100"')), world)
    assert found.message.startswith("fails on gpu.example.com/node-1/gpu-1: ")
    assert found.fix is not None
    assert codes(claim(option(found.fix)), world) == []


def test_devices_that_the_class_leaves_out_do_not_count() -> None:
    other = slice_of({"name": "nic-0"}, driver="nic.example.com")
    world = cluster(OF_DRIVER, slice_of(device()), other)
    assert codes(claim(option(f'{MODEL} == "A100"')), world) == []


def test_the_attribute_that_was_meant_is_named() -> None:
    world = cluster(OF_DRIVER, slice_of(device()))
    text = f'"modle" in device.attributes["{DRIVER}"]'
    found = only("cel-unknown-name", claim(option(text)), world)
    assert found.fix == MODEL.join(["has(", ")"])


def test_a_driver_that_publishes_nothing() -> None:
    world = cluster(device_class("true"), slice_of(device()))
    found = only(
        "cel-unknown-driver",
        claim(option('device.driver == "gpus.example.com"')),
        world,
    )
    assert found.fix == 'device.driver == "gpu.example.com"'


def test_a_string_is_compared_with_a_number() -> None:
    world = cluster(OF_DRIVER, slice_of(device()))
    assert "cel-other-type" in codes(claim(option(f"{MODEL} == 100")), world)


@pytest.mark.parametrize(
    ("literal", "better"),
    [('quantity("40GB")', 'quantity("40G")'), ('semver("v1.2")', 'semver("1.2.0")')],
)
def test_a_literal_that_cannot_be_read(literal: str, better: str) -> None:
    where = f'device.capacity["{DRIVER}"].memory'
    if "semver" in literal:
        where = f'device.attributes["{DRIVER}"].version'
    text = f"{where}.compareTo({literal}) >= 0"
    found = only("cel-bad-literal", claim(option(text)), World())
    assert found.fix == f"{where}.compareTo({better}) >= 0"


def test_a_compile_error_points_into_the_expression() -> None:
    text = 'true &&\n  device.driver = "x"'
    found = only("cel-compile", claim(option(text)))
    assert found.span is not None
    assert text[found.span[0]] == "="
    assert found.fix == 'true &&\n  device.driver == "x"'

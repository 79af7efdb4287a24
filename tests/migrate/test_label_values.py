"""What the values of node labels say together, and those of taught labels."""

from collections.abc import Mapping

import pytest

from dractl.cel import compile_selector
from dractl.migrate.answer import Meaning
from dractl.migrate.labels import translated
from dractl.migrate.targets import target
from dractl.vendors.plugins import Extended, Label, Plugin, Unit
from tests.migrate.builders import order, snapshot
from tests.migrate.label_cases import MIG, G
from tests.migrate.labelled import NOBODY, SLICE, affinity, codes, translation, user_of


def test_a_shared_partition_is_known_by_its_profile() -> None:
    value = "NVIDIA-A30-MIG-1g.6gb.me-SHARED"
    resources: Mapping[str, Unit] = {"nvidia.com/gpu": "time-slice"}
    spec = {"nodeSelector": {"nvidia.com/gpu.product": value}}
    (moved,) = translation(spec, resources, profile="1g.6gb+me").moved
    assert moved.expression.endswith(f'{G}.profile == "1g.6gb+me"')


_PRODUCTS = ("NVIDIA-A30-MIG-1g.6gb", "NVIDIA-H100-MIG-1g.10gb")


@pytest.mark.parametrize(
    ("name", "profile", "is_one"),
    [
        ("NVIDIA A30", "1g.6gb", True),
        ("NVIDIA H100", "1g.10gb", True),
        ("NVIDIA A30", "1g.10gb", False),
        ("NVIDIA H100", "1g.6gb", False),
        ("NVIDIA L4", "1g.6gb", False),
    ],
)
def test_products_and_their_profiles_go_together(
    name: str, profile: str, *, is_one: bool
) -> None:
    device = {
        "driver": "gpu.nvidia.com",
        "attributes": {"productName": {"string": name}, "profile": {"string": profile}},
    }
    resources: Mapping[str, Unit] = {"nvidia.com/gpu": "partition"}
    for operator, suits in (("In", is_one), ("NotIn", not is_one)):
        spec = affinity([("nvidia.com/gpu.product", operator, [*_PRODUCTS])])
        (moved,) = translation(spec, resources, profile="1g.6gb").moved
        assert compile_selector(moved.expression).matches(device) is suits


def test_not_in_suits_devices_without_the_value() -> None:
    spec = affinity([("nvidia.com/gpu.family", "NotIn", ["ampere"])])
    selector = compile_selector(translation(spec).moved[0].expression)
    whole, bare = snapshot(SLICE).slices[0].devices
    assert selector.matches(bare)
    assert not selector.matches(whole)


@pytest.mark.parametrize(
    ("operator", "values"),
    [("Gt", ["1", "2"]), ("Lt", []), ("In", []), ("Exists", ["x"]), ("In", ["(x)"])],
)
def test_what_no_scheduler_reads_stays(operator: str, values: list[str]) -> None:
    for label in ("nvidia.com/gpu.memory", "nvidia.com/gpu.product"):
        found = translation(affinity([(label, operator, values)]), MIG)
        assert not found.moved
        assert codes(found) == ["label-unclear"]


@pytest.mark.parametrize(
    ("driver", "name", "expected"),
    [
        ("ascend.project-hami.io", "index", '"].index > 3'),
        ("x.test", "cores", '"].cores.compareTo(quantity("3")) > 0'),
        ("x.test", "y.test/cores", 'device.capacity["y.test"].cores.compareTo'),
    ],
)
def test_taught_numbers_are_of_the_driver_s_kind(
    driver: str, name: str, expected: str
) -> None:
    row = Label("a.test/n", "device", driver=driver, name=name, reading="number")
    resource = "a.test/x"
    taught = Plugin("a", (Extended(resource, driver),), (row,))
    made = target(resource, Meaning("device"), order(plugins=(taught,)))
    assert made is not None
    spec = affinity([("a.test/n", "Gt", ["3"])])
    (moved,) = translated(
        user_of(spec, {resource: "device"}), {resource: made}, NOBODY
    ).moved
    assert expected in moved.expression
    compile_selector(moved.expression)


@pytest.mark.parametrize("rows", [1, 2])
def test_a_taught_profile_that_no_value_tells_stays(rows: int) -> None:
    row = Label("a.test/p", "device", driver="x.test", name="p", reading="profile")
    taught = Plugin("a", (Extended("a.test/x", "x.test"),), (row,) * rows)
    made = target("a.test/x", Meaning("device"), order(plugins=(taught,)))
    assert made is not None
    user = user_of({"nodeSelector": {"a.test/p": "large"}}, {"a.test/x": "device"})
    found = translated(user, {"a.test/x": made}, NOBODY)
    assert not found.moved
    assert codes(found) == ["label-unclear"]

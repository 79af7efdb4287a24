"""Mapping files: what they teach, and how they fail."""

import re
from typing import Any

import pytest
import yaml

from dractl.errors import DractlError, ExitStatus
from dractl.migrate import teaching
from dractl.migrate.answer import Meaning
from dractl.migrate.readings import UnclearError, said
from dractl.migrate.targets import known, target, why_none
from dractl.migrate.teaching import lesson, plugins_in
from dractl.model.nodeselection import Requirement
from tests.migrate.builders import order

WHOLE = Meaning("device")
_ALL = {
    "plugins": [
        {
            "name": "widgets",
            "images": ["widget-plugin"],
            "resources": [
                {
                    "resource": "example.com/widget-*",
                    "unit": "partition",
                    "driver": "gpu.example.com",
                    "deviceClass": "gpu.example.com",
                    "conditions": ["model={}"],
                    "selector": 'device.attributes["gpu.example.com"].index == 1',
                    "spelling": {"-": " "},
                    "capacity": {"memory": "10Gi"},
                    "keepsPods": False,
                    "monitoring": True,
                    "decision": "choose",
                    "differences": ["it is blue"],
                }
            ],
            "labels": [
                {
                    "label": "example.com/model",
                    "fate": "device",
                    "driver": "gpu.example.com",
                    "name": "model",
                    "reading": "table",
                    "table": {"a": "A"},
                    "suffixes": ["-x"],
                    "why": "so",
                }
            ],
            "traces": [
                {
                    "place": "environment",
                    "pattern": "WIDGET_*",
                    "advice": "drop it",
                    "removable": True,
                }
            ],
            "switch": {
                "pluginOff": {"plugin": "no"},
                "driverOn": {"driver": "yes"},
            },
        }
    ]
}


def test_the_filled_lesson_maps_the_resource() -> None:
    resource = "example.com/widget"
    text = lesson(resource)
    for blank, word in (
        ("what the device plugin is called", "widgets"),
        ("name of the DRA driver", "gpu.example.com"),
        ("name of its DeviceClass", "widget.example.com"),
    ):
        assert f"<{blank}>" in text
        text = text.replace(f"<{blank}>", word)
    assert not re.search("[<>](?!=)", text)
    wished = order(plugins=plugins_in(yaml.safe_load(text), "map.yaml"))
    assert not known(resource, order())
    assert known(resource, wished)
    found = target(resource, WHOLE, wished)
    assert found is not None
    assert (found.driver, found.device_class) == (
        "gpu.example.com",
        "widget.example.com",
    )


def test_blanks_that_nobody_filled_are_told() -> None:
    with pytest.raises(DractlError, match=r"plugins\[0\].resources\[0\].driver"):
        plugins_in(yaml.safe_load(lesson("example.com/widget")), "map.yaml")


def test_the_example_of_the_manual_decodes() -> None:
    manual = teaching.__doc__ or ""
    lines = manual.partition(":\n\n")[2].partition("\n\nIn conditions")[0]
    (plugin,) = plugins_in(yaml.safe_load(lines), "manual")
    assert plugin.extended[0].part("example.com/widget-a-b") == "a b"
    assert plugin.labels[0].name == "model"
    assert plugin.traces[0].is_removable


def test_all_fields_are_read() -> None:
    (plugin,) = plugins_in(_ALL, "map.yaml")
    row = plugin.extended[0]
    assert (row.unit, row.keeps_pods, row.is_monitoring) == ("partition", False, True)
    assert (row.decision, row.differences) == ("choose", ("it is blue",))
    assert (plugin.images, plugin.switch.off) == (("widget-plugin",), {"plugin": "no"})
    assert plugin.labels[0].table == {"a": "A"}
    wished = order(plugins=(plugin,))
    found = target("example.com/widget-a-b", Meaning("partition"), wished)
    assert found is not None
    assert "a b" in found.expressions[0]
    assert found.expressions[1].endswith(".index == 1")
    assert found.keeper is None
    assert dict(found.capacity) == {"memory": "10Gi"}


def test_a_taught_row_wins_over_the_vendors() -> None:
    row = {"resource": "nvidia.com/gpu", "driver": "gpu.example.com"}
    taught = plugins_in({"plugins": [{"name": "mine", "resources": [row]}]}, "m")
    found = target("nvidia.com/gpu", WHOLE, order(plugins=taught))
    assert found is not None
    assert found.driver == "gpu.example.com"


def test_a_taught_row_wins_whatever_profile_is_known() -> None:
    row = {"resource": "nvidia.com/gpu", "unit": "partition", "driver": "x.test"}
    taught = plugins_in({"plugins": [{"name": "mine", "resources": [row]}]}, "m")
    meaning = Meaning("partition", "1g.5gb")
    found = target("nvidia.com/gpu", meaning, order(plugins=taught))
    assert found is not None
    assert found.driver == "x.test"


def test_a_driver_that_nobody_knows_gets_a_class_of_its_own() -> None:
    row = {"resource": "example.com/x", "driver": "x.test", "conditions": ["model=A"]}
    taught = plugins_in({"plugins": [{"name": "mine", "resources": [row]}]}, "m")
    found = target("example.com/x", WHOLE, order(plugins=taught))
    assert found is not None
    assert found.class_document is not None
    assert found.device_class == found.keeper == "x.example.com"
    texts = [
        each["cel"]["expression"] for each in found.class_document["spec"]["selectors"]
    ]
    assert texts[0] == 'device.driver == "x.test"'
    assert texts[1].endswith('device.attributes["x.test"].model == "A"')


@pytest.mark.parametrize(
    ("row", "good", "bad"),
    [
        ({"conditions": ["index:int={}"]}, "7", "abc"),
        ({"selector": 'device.attributes["x.test"].index == {}'}, "7", "abc"),
        ({"selector": 'device.attributes["x.test"].index == {}'}, "7", "a..b"),
        ({"conditions": ["a={1}", "b={2}"]}, "1_2", "abc"),
    ],
)
def test_a_name_that_suits_no_condition_has_no_target(
    row: dict[str, Any], good: str, bad: str
) -> None:
    taught = {"resource": "example.com/x-*", "driver": "x.test", **row}
    document = {"plugins": [{"name": "mine", "resources": [taught]}]}
    wished = order(plugins=plugins_in(document, "m"))
    assert target(f"example.com/x-{good}", WHOLE, wished)
    assert target(f"example.com/x-{bad}", WHOLE, wished) is None
    why = why_none(f"example.com/x-{bad}", WHOLE, wished)
    assert why.startswith("its name does not suit")


def test_classes_are_called_by_what_a_name_can_be() -> None:
    row = {"resource": "example.com/*", "driver": "x.test", "deviceClass": "x-{}.test"}
    taught = plugins_in({"plugins": [{"name": "mine", "resources": [row]}]}, "m")
    found = target("example.com/Fast_1", WHOLE, order(plugins=taught))
    assert found is not None
    assert found.device_class == "x-fast-1.test"


def test_letters_that_no_expression_has_are_unclear() -> None:
    document = _changed("plugins.0.labels.0.table", {"a": "\ud800"})
    (plugin,) = plugins_in(document, "m")
    with pytest.raises(UnclearError):
        said(plugin.labels[0], Requirement("example.com/model", "In", ("a",)), {})


def _changed(path: str, value: object) -> Any:
    """Return the whole example with another value somewhere."""
    document = yaml.safe_load(yaml.safe_dump(_ALL))
    place, steps = document, path.split(".")
    for step in steps[:-1]:
        place = place[int(step)] if step.isdecimal() else place[step]
    place[int(steps[-1]) if steps[-1].isdecimal() else steps[-1]] = value
    return document


_ROW = "plugins.0.resources.0"


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("plugins", None, "plugins must list something"),
        ("plugins", {}, "plugins must be a list"),
        ("plugins", [1], "plugins[0] must be an object"),
        ("more", 1, "more is no field here"),
        ("plugins.0.name", None, "plugins[0].name has to be there"),
        ("plugins.0.name", 3, "plugins[0].name must be a string"),
        ("plugins.0.extra", 3, "plugins[0].extra is no field here"),
        (f"{_ROW}.resource", "widget", "resources[0].resource is not the name"),
        (f"{_ROW}.unit", "half", "resources[0].unit must be one of device, partition"),
        (f"{_ROW}.driver", "A B", "resources[0].driver must be"),
        (f"{_ROW}.driver", None, "resources[0].driver has to be named"),
        (f"{_ROW}.deviceClass", "A B", "resources[0].deviceClass must be"),
        (f"{_ROW}.conditions", "model=A", "resources[0].conditions must be a list"),
        (f"{_ROW}.conditions", ["?"], "resources[0].conditions[0] cannot be"),
        (f"{_ROW}.selector", "device.", "resources[0].selector"),
        (f"{_ROW}.selector", "nothing == 1", "resources[0].selector does not compile"),
        (
            f"{_ROW}.capacity",
            {"memory": "much"},
            '["memory"] is not a quantity',
        ),
        (f"{_ROW}.capacity", {"": "1"}, "is not the name of a capacity"),
        (f"{_ROW}.capacity", {"memory": "{}Gi"}, "only where the unit is fraction"),
        (f"{_ROW}.spelling", {"": "x"}, 'spelling[""] is nothing'),
        ("plugins.0.labels.0.table", {"": "x"}, 'table[""] is nothing'),
        ("plugins.0.labels.0.name", "a b", "labels[0].name is not the name"),
        (f"{_ROW}.spelling", {"a": 1}, 'spelling["a"] must be a string'),
        (f"{_ROW}.keepsPods", "yes", "resources[0].keepsPods must be true or false"),
        ("plugins.0.labels.0.fate", "lost", "labels[0].fate must be one of device"),
        ("plugins.0.labels.0.fate", None, "labels[0].fate must be one of device"),
        ("plugins.0.labels.0.name", None, "labels[0].name and driver have to be"),
        ("plugins.0.labels.0.reading", "odd", "labels[0].reading must be one of text"),
        (
            "plugins.0.labels.0",
            {
                "label": "neuron",
                "fate": "device",
                "driver": "neuron.aws.com",
                "name": "neuronDriverVersion",
                "reading": "version",
            },
            "labels[0].reading suits no string, which neuronDriverVersion is",
        ),
        (
            "plugins.0.labels.0",
            {
                "label": "vram",
                "fate": "device",
                "driver": "ascend.project-hami.io",
                "name": "memory",
                "reading": "mebibytes",
            },
            "labels[0].reading suits no int, which memory is",
        ),
        ("plugins.0.traces.0.place", "log", "traces[0].place must be one of"),
        ("plugins.0.traces.0.advice", "", "traces[0].advice has to be there"),
        (
            "plugins.0.switch.driverOn",
            {"a": 1},
            'switch.driverOn["a"] must be a string',
        ),
        ("plugins.0.switch.up", {}, "switch.up is no field here"),
        ("plugins.0.images", [1], "plugins[0].images[0] must be a string"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    path: str, value: object, said: str
) -> None:
    with pytest.raises(DractlError) as caught:
        plugins_in(_changed(path, value), "map.yaml")
    assert caught.value.where == "map.yaml"
    assert caught.value.status is ExitStatus.USAGE
    assert said in caught.value.message


@pytest.mark.parametrize("document", [None, 1, "x", [], [{}], {}, {3: 4}, {None: 1}])
def test_no_mapping_is_an_error_of_the_user(document: object) -> None:
    with pytest.raises(DractlError):
        plugins_in(document, "map.yaml")

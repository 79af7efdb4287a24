import json

import pytest

from dractl.discovery.document import document, inventories
from dractl.discovery.inventory import inventory
from tests.discovery.builders import gpu, machine
from tests.hosts.reading import host_facts
from tests.hosts.trees import names


@pytest.mark.parametrize("host", names())
def test_what_is_printed_can_be_read_back(host: str) -> None:
    whole = inventory(host_facts(host))

    printed = json.loads(json.dumps(document([whole], {})))
    assert inventories(printed) == [whole]


def test_nodes_that_failed_are_in_it() -> None:
    made = document([machine(gpu())], {"n1": "no pod"})

    assert [each["name"] for each in made["nodes"]] == ["n0"]
    assert made["failed"] == [{"node": "n1", "reason": "no pod"}]


@pytest.mark.parametrize(
    "other",
    [
        None,
        [],
        {"kind": "List"},
        {"kind": "DiscoverResult"},
        {"kind": "DiscoverResult", "nodes": [1]},
        {"kind": "DiscoverResult", "nodes": [{"name": "n0"}]},
    ],
    ids=str,
)
def test_other_documents_are_refused(other: object) -> None:
    with pytest.raises(ValueError, match="dractl discover"):
        inventories(other)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("name", 5),
        ("kernel", None),
        ("pciFunctions", "many"),
        ("registeredPlugins", [1]),
        ("topology", {"tree": [{"place": "moon"}], "links": [], "nics": []}),
        ("problems", [{}]),
    ],
    ids=str,
)
def test_what_no_dractl_printed_is_refused(key: str, value: object) -> None:
    made = document([machine(gpu())], {})
    made["nodes"][0][key] = value

    with pytest.raises(ValueError):  # noqa: PT011 - of many kinds
        inventories(made)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("model", ["a"]),
        ("device", {}),
        ("numaNode", "zero"),
        ("warnings", [None]),
        ("details", {"a": 1}),
    ],
    ids=str,
)
def test_devices_that_no_dractl_printed_are_refused(key: str, value: object) -> None:
    made = document([machine(gpu())], {})
    made["nodes"][0]["devices"][0][key] = value

    with pytest.raises(ValueError):  # noqa: PT011 - of many kinds
        inventories(made)

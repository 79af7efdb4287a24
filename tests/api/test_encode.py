"""Allocations, written as the API server shows them."""

from collections.abc import Iterator
from typing import Any

import pytest

from dractl.api.decode_claims import allocation
from dractl.api.encode import allocation_to_wire
from dractl.model.claims import Allocation, DeviceResult, Toleration
from dractl.model.devices import DeviceId
from dractl.model.nodeselection import NodeSelector, NodeSelectorTerm, Requirement
from dractl.model.quantity import Quantity
from tests.scenarios import SHARED, needs_shared, scenarios

RESULT = {"request": "r", "driver": "d", "pool": "p", "device": "x"}


def recorded() -> Iterator[dict[str, Any]]:
    for scenario in scenarios(SHARED / "vectors" / "allocator-random.jsonl.gz"):
        for answers in scenario.answers.values():
            for answer in answers:
                yield from answer.allocations or ()


@needs_shared
def test_every_recorded_allocation_is_written_as_it_was_read() -> None:
    wires = list(recorded())

    assert [allocation_to_wire(allocation(wire)) for wire in wires] == wires
    assert len(wires) > 100


@pytest.mark.parametrize(
    "wire",
    [
        {"devices": {}},
        {"devices": {"results": [RESULT]}},
        {"devices": {"results": [{**RESULT, "adminAccess": True}]}},
        {
            "devices": {
                "results": [
                    {
                        **RESULT,
                        "tolerations": [
                            {
                                "key": "k",
                                "operator": "Equal",
                                "value": "v",
                                "effect": "NoExecute",
                                "tolerationSeconds": 0,
                            },
                            {"operator": "Exists"},
                        ],
                        "bindingConditions": ["a/b"],
                        "bindingFailureConditions": ["a/c"],
                        "shareID": "*",
                        "consumedCapacity": {"memory": "1Gi", "slots": "0"},
                    }
                ],
                "config": [
                    {
                        "source": "FromClaim",
                        "opaque": {"driver": "d", "parameters": {"n": 1}},
                    },
                    {
                        "source": "FromClass",
                        "requests": ["r"],
                        "opaque": {"driver": "d", "parameters": {}},
                    },
                ],
            },
            "nodeSelector": {
                "nodeSelectorTerms": [
                    {
                        "matchExpressions": [
                            {"key": "gpu", "operator": "Exists"},
                            {"key": "zone", "operator": "In", "values": ["a", "b"]},
                        ],
                        "matchFields": [
                            {
                                "key": "metadata.name",
                                "operator": "In",
                                "values": ["n"],
                            }
                        ],
                    }
                ]
            },
            "allocationTimestamp": "2026-01-01T00:00:00Z",
        },
    ],
    ids=["nothing", "device", "admin", "everything"],
)
def test_writing_undoes_reading(wire: dict[str, Any]) -> None:
    assert allocation_to_wire(allocation(wire)) == wire


def test_amounts_are_written_in_canonical_text() -> None:
    result = DeviceResult(
        "r", DeviceId("d", "p", "x"), consumed_capacity={"m": Quantity.parse("1024Mi")}
    )

    assert allocation_to_wire(Allocation((result,))) == {
        "devices": {"results": [{**RESULT, "consumedCapacity": {"m": "1Gi"}}]}
    }


def test_what_says_nothing_is_left_out() -> None:
    result = DeviceResult(
        "r", DeviceId("d", "p", "x"), tolerations=(Toleration(operator="Exists"),)
    )
    selector = NodeSelector((NodeSelectorTerm((Requirement("gpu", "DoesNotExist"),)),))

    wire = allocation_to_wire(Allocation((result,), node_selector=selector))

    assert wire == {
        "devices": {"results": [{**RESULT, "tolerations": [{"operator": "Exists"}]}]},
        "nodeSelector": {
            "nodeSelectorTerms": [
                {"matchExpressions": [{"key": "gpu", "operator": "DoesNotExist"}]}
            ]
        },
    }

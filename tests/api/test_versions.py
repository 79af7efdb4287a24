"""Objects that a real API server gave back in every version become one and the same."""

import json
from dataclasses import asdict
from itertools import product
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest

from dractl.api.decode import Decoded, Object, decode
from dractl.api.problems import MalformedField
from dractl.api.versions import VERSIONS, to_hub
from tests.batches import batched
from tests.scenarios import SHARED

SAMPLE = Path(__file__).parent / "data" / "conversions.jsonl"
RECORDED = SHARED / "vectors" / "conversions.jsonl"


def recorded(path: Path) -> list[dict[str, Any]]:
    if not path.is_file():
        return []
    return [json.loads(line) for line in path.read_text().splitlines()]


RECORDS = {
    record["id"]: record for path in (SAMPLE, RECORDED) for record in recorded(path)
}

every_record = batched(RECORDS.values(), ids=itemgetter("id"))


def model(document: dict[str, Any]) -> Object:
    decoded = decode(document)
    assert isinstance(decoded, Decoded)
    return decoded.value


def timeless(value: object) -> object:
    """Return the fields without the time of taints, which is the server's now."""
    if isinstance(value, dict):
        return {
            key: timeless(inner) for key, inner in value.items() if key != "time_added"
        }
    if isinstance(value, list | tuple):
        return [timeless(inner) for inner in value]
    return value


def unwatched(fields: Any) -> dict[str, Any]:
    """Return the fields without what only a status can tell."""
    return {name: value for name, value in fields.items() if name != "conditions"}


@every_record
def test_every_version_of_an_object_reads_as_the_same_model(
    record: dict[str, Any],
) -> None:
    # A controller may have written a taint rule's status between two readings.
    read = [unwatched(asdict(model(each))) for each in record["as"].values()]

    assert all(each == read[0] for each in read)


@every_record
def test_the_hub_form_is_what_the_server_shows_as_v1(record: dict[str, Any]) -> None:
    # The recorded server did not serve taint rules as v1.
    shown = record["as"]
    hubs = [to_hub(document) for document in shown.values() if "v1" in shown]

    assert hubs == [shown.get("v1")] * len(hubs)


@every_record
def test_defaults_are_those_that_the_server_set(record: dict[str, Any]) -> None:
    stored = next(reversed(record["as"].values()))

    assert unwatched(timeless(asdict(model(record["manifest"])))) == unwatched(
        timeless(asdict(model(stored)))
    )


def test_the_input_is_left_alone() -> None:
    document = {
        "apiVersion": "resource.k8s.io/v1alpha3",
        "kind": "ResourceSlice",
        "metadata": {"name": "s"},
        "spec": {"devices": [{"name": "d", "basic": {"capacity": {"memory": "1Gi"}}}]},
    }
    before = json.dumps(document)

    hub = to_hub(document)

    assert json.dumps(document) == before
    assert hub["spec"] == {
        "devices": [{"name": "d", "capacity": {"memory": {"value": "1Gi"}}}]
    }


def test_fields_that_no_release_has_stay_where_they_are() -> None:
    document = {
        "apiVersion": "resource.k8s.io/v1beta1",
        "kind": "ResourceClaim",
        "spec": {"x": 1, "devices": {"y": 2, "requests": [{"name": "r", "z": 3}]}},
    }

    assert to_hub(document) == {**document, "apiVersion": "resource.k8s.io/v1"}


@pytest.mark.parametrize(
    ("request_", "nested"),
    [
        ({"name": "r"}, {"name": "r"}),
        ({"name": "r", "deviceClassName": ""}, {"name": "r"}),
        ({"name": "r", "count": 0}, {"name": "r"}),
        ({"name": "r", "count": None}, {"name": "r"}),
        ({"name": "r", "selectors": []}, {"name": "r", "exactly": {"selectors": []}}),
        ({"name": "r", "tolerations": []}, {"name": "r", "exactly": {}}),
        (
            {"name": "r", "adminAccess": False},
            {"name": "r", "exactly": {"adminAccess": False}},
        ),
    ],
)
def test_exactly_appears_where_a_field_of_it_is_set(
    request_: dict[str, object], nested: dict[str, object]
) -> None:
    document = {
        "apiVersion": "resource.k8s.io/v1beta1",
        "kind": "ResourceClaim",
        "spec": {"devices": {"requests": [request_]}},
    }

    assert to_hub(document)["spec"] == {"devices": {"requests": [nested]}}


def test_a_version_that_the_kind_never_had_is_refused() -> None:
    document = {"apiVersion": "resource.k8s.io/v1beta1", "kind": "DeviceTaintRule"}

    with pytest.raises(MalformedField) as caught:
        to_hub(document)

    assert caught.value.path == "apiVersion"


def test_a_taint_rule_for_a_class_has_no_successor() -> None:
    document = {
        "apiVersion": "resource.k8s.io/v1alpha3",
        "kind": "DeviceTaintRule",
        "spec": {"deviceSelector": {"deviceClassName": "gpu"}},
    }

    with pytest.raises(MalformedField) as caught:
        to_hub(document)

    assert caught.value.path == "spec.deviceSelector.deviceClassName"


WRONG = [None, 1, "x", [], [1], {"devices": 1}]


@batched(list(product(VERSIONS, WRONG)))
def test_a_spec_of_the_wrong_shape_passes_through(
    case: tuple[tuple[str, str], object],
) -> None:
    (kind, version), shape = case
    document = {
        "apiVersion": f"resource.k8s.io/{version}", "kind": kind, "spec": shape
    }  # fmt: skip

    assert to_hub(document)["spec"] == shape

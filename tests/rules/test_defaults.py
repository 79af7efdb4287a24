"""That objects to be judged get the defaults that conversions write out."""

from operator import itemgetter
from typing import Any

from dractl.api.defaults import with_defaults
from dractl.model.cluster import Profile
from dractl.rules.defaults import fill_in
from dractl.rules.shapes import shape_of
from dractl.rules.wire import Reading
from tests.api.test_versions import RECORDS
from tests.batches import batched

CASES = [
    (f"{name}-{version}", record["as"][version])
    for name, record in RECORDS.items()
    for version in record["as"]
]

TOLERATION = {"tolerations": [{"key": "a"}]}
OPTIONS = [{"name": "a", "deviceClassName": "x", **TOLERATION}]
MADE = {
    "resource.k8s.io/v1": [
        {"name": "r", "exactly": {"deviceClassName": "x", **TOLERATION}},
        {"name": "s", "firstAvailable": OPTIONS},
    ],
    "resource.k8s.io/v1beta1": [
        {"name": "r", "deviceClassName": "x", **TOLERATION},
        {"name": "s", "firstAvailable": OPTIONS, **TOLERATION},
    ],
}
CLAIMS = [
    (
        version,
        {
            "apiVersion": version,
            "kind": "ResourceClaim",
            "spec": {"devices": {"requests": requests}},
        },
    )
    for version, requests in MADE.items()
]
MAPPED = {"name": "d", "nodeAllocatableResourceMappings": {"cpu": {}}}
SLICE = {
    "apiVersion": "resource.k8s.io/v1",
    "kind": "ResourceSlice",
    "spec": {"devices": [MAPPED]},
}


def decoded(document: Any) -> Any:
    version = document["apiVersion"].rpartition("/")[2]
    shape = shape_of(document["kind"], version, Profile.of("1.36").version)
    assert shape is not None
    return shape(document, None, Reading())


def without_defaults(value: Any) -> Any:
    """The object as a user would write it, without what servers fill in."""
    if isinstance(value, list):
        return [without_defaults(each) for each in value]
    if not isinstance(value, dict):
        return value
    cut = {key: without_defaults(each) for key, each in value.items()}
    if cut.get("allocationMode") == "ExactCount":
        del cut["allocationMode"]
    if cut.get("count") == 1:
        del cut["count"]
    if cut.get("operator") == "Equal":
        del cut["operator"]
    if cut.get("allocationMultiplier") == "1":
        del cut["allocationMultiplier"]
    return cut


def filled(value: Any) -> Any:
    """The object without fields that are empty, which are all the same to checks."""
    if isinstance(value, list):
        return [filled(each) for each in value]
    if not isinstance(value, dict):
        return value
    below = {key: filled(each) for key, each in value.items()}
    return {key: each for key, each in below.items() if each not in (None, "", {}, [])}


@batched([*CASES, *CLAIMS, ("slice", SLICE)], ids=itemgetter(0))
def test_both_fill_in_the_same(case: tuple[str, dict[str, Any]]) -> None:
    _, shown = case
    document = without_defaults(shown)
    judged = decoded(document)

    fill_in(document["kind"], document["apiVersion"].rpartition("/")[2], judged)

    assert filled(judged) == filled(decoded(with_defaults(document)))

"""Legacy documents, and what they are today."""

from collections.abc import Mapping
from typing import Any

from dractl.legacy import Modern, modernised
from tests.legacy.test_found import document

METADATA = {"name": "x"}


def modern(*given: Mapping[str, object]) -> Modern:
    return modernised(given)[0]


def only(*given: Mapping[str, object]) -> Any:
    made = modern(*given)
    assert made.refusal is None
    (one,) = made.documents
    return one


def asked(made: Mapping[str, Any]) -> Any:
    spec = made["spec"]
    return spec.get("spec", spec)["devices"]["requests"]


def resource_class(**fields: object) -> dict[str, object]:
    return document("ResourceClass", "v1alpha2", metadata=METADATA, **fields)


def parameters(**spec: object) -> dict[str, object]:
    return {
        "apiVersion": "gpu.example.com/v1",
        "kind": "GpuParameters",
        "metadata": {"name": "p"},
        "spec": spec,
    }


REFERENCE = {"apiGroup": "gpu.example.com", "kind": "GpuParameters", "name": "p"}

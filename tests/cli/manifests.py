"""Manifests that `dractl render` prints, and what a server objects to in them."""

from collections.abc import Mapping
from typing import Any

import jsonschema

from dractl.model.cluster import Profile
from dractl.rules.server import judged
from dractl.sources.schemas import schema
from tests.answers import all_from_yaml

DRA = {"DynamicResourceAllocation": True}
NV = ("--vendor", "nvidia")


def objects(text: str) -> list[Mapping[str, Any]]:
    return all_from_yaml(text)


def faults(
    document: Mapping[str, Any], release: str, gates: Mapping[str, bool]
) -> list[str]:
    """What a server and the schema of the kind object to."""
    group, _, version = str(document["apiVersion"]).rpartition("/")
    if group != "resource.k8s.io":
        return []
    answer = judged(
        document, Profile.of(release, {**DRA, **gates}), ["default", "monitor"]
    )
    found = [f"{each.path}: {each.message}" for each in answer.violations]
    found += [f"dropped {each.path}" for each in answer.dropped]
    shape = schema(str(document["kind"]), version)
    assert shape is not None
    validator = jsonschema.Draft202012Validator(shape)
    return found + [each.message for each in validator.iter_errors(document)]

"""Inputs of migrations from YAML."""

from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from dractl.api.snapshot import Snapshot
from dractl.migrate.inputs import Input, Order
from dractl.model.cluster import Profile
from tests.answers import all_from_yaml


def documents(text: str) -> list[Any]:
    """Return the documents of a YAML text."""
    return [each for each in all_from_yaml(text) if each is not None]


def inputs(text: str, *, is_file: bool = True) -> tuple[Input, ...]:
    """Return the documents of a text as inputs, with values of ConfigMaps read."""
    return tuple(
        Input(each, f"app.yaml:{number + 1}", number, is_file, _texts(each))
        for number, each in enumerate(documents(text))
    )


def _texts(document: Mapping[str, Any]) -> dict[str, object]:
    if document.get("kind") != "ConfigMap":
        return {}
    values = document.get("data") or {}
    # Unlike libyaml, this one takes what JSON escapes, halves of characters too.
    return {key: yaml.safe_load(value) for key, value in values.items()}


def order(kubernetes: str = "1.36", **wishes: Any) -> Order:
    """Return an order for a release."""
    return Order(Profile.of(kubernetes), **wishes)


def snapshot(text: str, kubernetes: str = "1.36") -> Snapshot:
    """Return a cluster of the documents of a text."""
    found: Iterable[Any] = documents(text)
    return Snapshot.from_documents(found, kubernetes=kubernetes)

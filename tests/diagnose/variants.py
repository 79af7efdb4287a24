"""The same cluster under other names, in another order, or with a kind left out."""

import json
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

Wire = dict[str, Any]
Documents = Sequence[Wire]
Variant = Callable[[Documents], Documents]

PREFIX: Final = "team-"


def without(*kinds: str) -> Variant:
    """Return what leaves kinds of objects out."""
    return lambda documents: [each for each in documents if each["kind"] not in kinds]


def shuffled(seed: int) -> Variant:
    """Return what brings the objects in another order."""

    def mixed(documents: Documents) -> Documents:
        return random.Random(seed).sample(documents, len(documents))

    return mixed


def respelled(before: str, after: str) -> Variant:
    """Return what replaces a text wherever it stands."""
    return lambda documents: json.loads(
        json.dumps(list(documents)).replace(before, after)
    )


def renamed(names: Mapping[str, str]) -> Variant:
    """Return what replaces texts that are one of the names as a whole."""
    return lambda documents: [
        _replaced(each, lambda _, text: names.get(text, text)) for each in documents
    ]


def in_other_namespaces(documents: Documents) -> Documents:
    """Return the objects in namespaces of other names."""

    def prefixed(key: str, text: str) -> str:
        return f"{PREFIX}{text}" if key == "namespace" else text

    moved = [_replaced(each, prefixed) for each in documents]
    for each in moved:
        if each["kind"] == "Namespace":
            each["metadata"]["name"] = f"{PREFIX}{each['metadata']['name']}"
    return moved


def with_other_classes(documents: Documents) -> Documents:
    """Return the objects with device classes of other names than their drivers'."""

    def prefixed(key: str, text: str) -> str:
        return f"class-of-{text}" if key == "deviceClassName" else text

    found = [_replaced(each, prefixed) for each in documents]
    for each in found:
        if each["kind"] == "DeviceClass":
            each["metadata"]["name"] = f"class-of-{each['metadata']['name']}"
    return found


def _replaced(value: Any, new: Callable[[str, str], str], key: str = "") -> Any:
    """Return data with other texts; `new` is asked with a text and its key."""
    if isinstance(value, dict):
        return {name: _replaced(each, new, name) for name, each in value.items()}
    if isinstance(value, list):
        return [_replaced(each, new, key) for each in value]
    return new(key, value) if isinstance(value, str) else value


VARIANTS: Final[Mapping[str, Variant]] = {
    "other drivers": respelled(".example.com", ".acme.test"),
    "other attributes": respelled("model", "series"),
    "other nodes": renamed({f"n{number}": f"rack-{number}" for number in range(16)}),
    "other pods": renamed({"work": "trainer-7d9f", "holder": "aaa", "first": "zzz"}),
    "other devices": renamed({f"d{number}": f"gpu-{number}" for number in range(16)}),
    "other namespaces": in_other_namespaces,
    "other classes": with_other_classes,
    **{f"shuffled {seed}": shuffled(seed) for seed in range(6)},
    "no namespaces": without("Namespace"),
}
"""What changes no code."""

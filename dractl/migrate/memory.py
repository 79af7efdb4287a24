"""What a claim was before, in an annotation: by it the way back is exact."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from dractl.rules.subject import mapping, text

MIGRATED: Final = "dractl.dev/migrated"

Holder = Literal["nodeSelector", "required", "preferred"]


@dataclass(frozen=True, slots=True)
class Requirement:
    """A requirement on nodes that a pod had.

    `holder` tells where it stood, `term` and `index` which one it was there. `weight`
    is that of a preference of which nothing else was left, else None.
    """

    label: str
    operator: str
    values: tuple[str, ...]
    holder: Holder = "nodeSelector"
    term: int = 0
    index: int = 0
    weight: int | None = None

    def as_data(self) -> dict[str, object]:
        """Return it as short as it can be told."""
        said: dict[str, object] = {"label": self.label, "values": [*self.values]}
        if self.holder != "nodeSelector":
            said["operator"] = self.operator
            said["at"] = f"{self.holder}/{self.term}/{self.index}"
        if self.weight is not None:
            said["weight"] = self.weight
        return said


@dataclass(frozen=True, slots=True)
class Memory:
    """What the pods of a template asked for before.

    `resources` are extended resources by request. `amounts` are those of containers,
    by container and resource, that counts of requests do not tell: 0 where another
    claim of the pod has all of it. `spec` is a hash of the spec that this was written
    for.
    """

    resources: Mapping[str, str] = field(default_factory=dict)
    amounts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    moved: tuple[Requirement, ...] = ()
    spec: str = ""

    def text(self) -> str:
        """Return the value of the annotation."""
        said: dict[str, object] = {"requests": dict(self.resources)}
        if self.amounts:
            said["amounts"] = {key: dict(each) for key, each in self.amounts.items()}
        if self.moved:
            said["moved"] = [each.as_data() for each in self.moved]
        said["spec"] = self.spec
        return json.dumps(said, separators=(",", ":"))


def note_in(document: Mapping[str, Any]) -> str:
    """Return the annotation of an object, "" if there is none."""
    return text(mapping(document, "metadata", "annotations"), MIGRATED)


def memory_in(document: Mapping[str, Any]) -> Memory | None:
    """Return what an object says of what was before it.

    None: it says nothing, or not as dractl writes it.
    """
    try:
        said = json.loads(note_in(document))
        return Memory(
            {_text(key): _text(each) for key, each in said["requests"].items()},
            {
                _text(name): {_text(key): _number(each, 0) for key, each in own.items()}
                for name, own in said.get("amounts", {}).items()
            },
            tuple(_requirement(each) for each in said.get("moved", ())),
            _text(said["spec"]),
        )
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return None


def _requirement(said: Mapping[str, Any]) -> Requirement:
    label, weight = _text(said["label"]), said.get("weight")
    values = tuple(_text(each) for each in said["values"])
    if "at" not in said:
        return Requirement(label, "In", (_text(values[0]),))
    holder, term, index = said["at"].split("/")
    if holder not in {"required", "preferred"}:
        raise ValueError(holder)
    return Requirement(
        label,
        _text(said["operator"]),
        values,
        holder,
        int(term),
        int(index),
        None if weight is None else _number(weight),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _number(value: object, least: int = 1) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise TypeError(value)
    return value

"""`--redact`: the same cluster under other names, so that the answers are the same."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple

from dractl.capture.literals import mentioned, with_values
from dractl.capture.names import KNOWN, new_names, numbered
from dractl.capture.reports import with_node_groups
from dractl.capture.spots import (
    ANNOTATION,
    ATTRIBUTE,
    DEVICE,
    EXPRESSION,
    IMAGE,
    LABEL,
    NAMES,
    POOL,
    REPORT,
    SLICE,
    TEXT,
    Spot,
    renamed,
)
from dractl.capture.survey import Survey
from dractl.capture.wording import WORDS, Wording

Document = Mapping[str, Any]

_TELLS_NOTHING: Final = frozenset({"", "true", "false", "enabled", "disabled"})
_SHORT_NUMBER: Final = 4
_KEPT_LABELS: Final = frozenset({
    "app.kubernetes.io/managed-by", "beta.kubernetes.io/arch",
    "beta.kubernetes.io/os", "kubernetes.io/arch", "kubernetes.io/os",
    "node.kubernetes.io/instance-type", "node.kubernetes.io/windows-build",
})  # fmt: skip
# Models, partitions and sharing, without which nobody can say what a pod asks for.
_OF_HARDWARE: Final = (
    "amd.com/", "beta.amd.com/", "cloud.google.com/gke-accelerator", "gpu.intel.com/",
    "nvidia.com/",
)  # fmt: skip
_IDENTIFYING: Final = frozenset({"nvidia.com/gpu.clique"})


_READ: Final = frozenset({
    "app.kubernetes.io/managed-by", "dractl.dev/until",
    "resource.kubernetes.io/pod-claim-name",
})  # fmt: skip


class NotRedacted(NamedTuple):
    """Something that stays as it is, and why."""

    what: str
    why: str


@dataclass(frozen=True)
class Redacted:
    """The documents under new names, in the order given, and what kept its own."""

    documents: tuple[Document, ...]
    kept: tuple[NotRedacted, ...] = ()


def redacted(documents: Sequence[Document]) -> Redacted:
    """Return cleaned documents with the names of the cluster replaced.

    Names of objects, nodes and namespaces, of pools and images, values of labels and
    annotations, and what tells one device from all others go; drivers, classes,
    products and keys of labels stay. One name becomes the same other name everywhere,
    and names of a kind keep their order. What cannot be replaced without other answers
    is listed.
    """
    renaming = _Renaming(Survey.of(documents))
    done = tuple(renamed(document, renaming) for document in documents)
    return Redacted(done, tuple(renaming.kept()))


class _Renaming:
    """The new texts for all spots."""

    def __init__(self, survey: Survey) -> None:
        self._survey = survey
        self._names = new_names(survey.names, survey.pools)
        self._slices = numbered(SLICE, survey.slices)
        self._images = numbered(IMAGE, survey.images)
        self._devices = numbered(DEVICE, survey.devices)
        own = {text for key, text in survey.labels if not self._stays(key, text)}
        self._labels = numbered(LABEL, own - self._names.keys())
        self._by_what: Mapping[str, Callable[[str, str], str]] = {
            **dict.fromkeys((*NAMES, POOL), self._name),
            SLICE: lambda _, text: self._slices.get(text, text),
            IMAGE: lambda _, text: self._images.get(text, text),
            DEVICE: lambda _, text: self._devices.get(text, text),
            LABEL: self._label,
            ANNOTATION: self._annotation,
            ATTRIBUTE: self._attribute,
            EXPRESSION: lambda _, text: self._expression(text),
            TEXT: lambda _, text: self._wording.reworded(text),
            REPORT: lambda _, text: self._report(text),
        }

    def __call__(self, spot: Spot, text: str) -> str:
        """Return what is to stand there instead."""
        of_spot = self._by_what.get(spot.what)
        return text if of_spot is None else of_spot(spot.key, text)

    def kept(self) -> list[NotRedacted]:
        """Return what was not replaced, in the order of the alphabet."""
        found = [
            NotRedacted(f"values of attribute {name}", "an expression looks into them")
            for name in self._inspected
        ]
        found += [
            NotRedacted(f"values of label {key}", "they are compared as numbers")
            for key in self._survey.compared
        ]
        found += [
            NotRedacted(f"{word!r} in messages", "it is a common word, too")
            for word in self._wording.stayed
        ]
        return sorted(found)

    def _stays(self, key: str, text: str) -> bool:
        return (
            text in _TELLS_NOTHING
            or key in _KEPT_LABELS
            or (key.startswith(_OF_HARDWARE) and key not in _IDENTIFYING)
            or key in self._survey.compared
            or (text.isdigit() and len(text) <= _SHORT_NUMBER)
        )

    def _name(self, _key: str, text: str) -> str:
        return self._names.get(text, text)

    def _report(self, text: str) -> str:
        named = with_node_groups(text, self._names)
        return self._wording.reworded(named)

    def _label(self, key: str, text: str) -> str:
        if self._stays(key, text):
            return text
        return self._names.get(text) or self._labels.get(text, text)

    def _annotation(self, key: str, text: str) -> str:
        if text in _TELLS_NOTHING or key in _READ:
            return text
        # They are not compared with anything, so one new text serves all.
        return self._names.get(text, "(redacted)")

    def _attribute(self, key: str, text: str) -> str:
        if key in self._inspected:
            return text
        if (key, text) in self._survey.attributes:
            return self._names.get(text) or self._attributes[text]
        return self._names[text] if self._is_distinctive(text) else text

    def _is_distinctive(self, text: str) -> bool:
        """Tell whether a value is the name of a node, and not a product by chance."""
        return text in self._survey.names.get("node", set()) and text not in WORDS

    def _expression(self, text: str) -> str:
        here = mentioned(text)
        values = {
            value: self._attribute(key, value)
            for key, value in self._by_attribute
            if key in here and value in here
        }
        return with_values(text, values) if values else text

    @cached_property
    def _inspected(self) -> set[str]:
        return {key for key, _ in self._by_attribute} & self._survey.inspected

    @cached_property
    def _by_attribute(self) -> list[tuple[str, str]]:
        return sorted(self._survey.attributes)

    @cached_property
    def _attributes(self) -> dict[str, str]:
        return numbered(ATTRIBUTE, (text for _, text in self._survey.attributes))

    @cached_property
    def _wording(self) -> Wording:
        hidden = {
            text: self._names.get(text) or self._attributes[text]
            for key, text in self._survey.attributes
            if key not in self._inspected
        }
        labels = {text: new for text, new in self._labels.items() if not text.isalpha()}
        values = {**labels, **self._images, **self._devices, **hidden}
        names = {**self._slices, **self._names}
        kept = frozenset(self._survey.drivers | KNOWN)
        return Wording(names, values, kept)

"""Rules of object metadata."""

from collections.abc import Iterator
from typing import Any, Final

from dractl.model.names import dns_label, dns_subdomain, label_key, label_value, size
from dractl.rules.path import Path
from dractl.rules.reasons import (
    forbidden,
    invalid,
    invalid_each,
    required,
    shown,
    too_long,
)
from dractl.rules.registry import Violation, rule
from dractl.rules.wire import Wire

ANNOTATION_BYTES: Final = 256 * 1024
_GENERATED: Final = 58
_SUFFIX: Final = "xxxxx"
_STANDARD_FINALIZERS: Final = frozenset({"kubernetes", "orphan", "foregroundDeletion"})
_TEMPLATE_FIELDS: Final = (
    "name", "generateName", "namespace", "selfLink", "uid", "resourceVersion",
    "generation", "creationTimestamp", "deletionTimestamp",
    "deletionGracePeriodSeconds", "ownerReferences", "finalizers", "managedFields",
)  # fmt: skip
_AS_SPELT: Final = {"uid": "uID"}


def check_metadata(
    meta: Wire, path: Path, *, namespaced: bool, prefix_checked: bool = True
) -> Iterator[Violation]:
    """Walk through the metadata of an object that is to be created."""
    prefix = meta.get("generateName", "")
    name = meta.get("name", "")
    if prefix and prefix_checked:
        yield from meta_generate_name(prefix, path.field("generateName"))
    if not name and prefix:
        name = prefix[:_GENERATED] + _SUFFIX
    if name:
        yield from meta_name_format(name, path.field("name"))
    else:
        yield from meta_name_required(path.field("name"))
    if namespaced and "namespace" in meta:
        yield from meta_namespace(meta["namespace"], path.field("namespace"))
    if meta.get("generation", 0) < 0:
        yield from meta_generation(meta["generation"], path.field("generation"))
    if "labels" in meta:
        yield from meta_labels(meta["labels"], path.field("labels"))
    if "annotations" in meta:
        yield from meta_annotations(meta["annotations"], path.field("annotations"))
    if "ownerReferences" in meta:
        yield from meta_owners(meta["ownerReferences"], path.field("ownerReferences"))
    if "finalizers" in meta:
        yield from meta_finalizers(meta["finalizers"], path.field("finalizers"))


@rule("meta-name-required")
def meta_name_required(path: Path) -> Iterator[Violation]:
    """An object has a name, or a generateName to make one from."""
    yield from required("meta-name-required", path, "the object has no name")


@rule("meta-name-format")
def meta_name_format(name: str, path: Path) -> Iterator[Violation]:
    """The name of an object is a DNS subdomain.

    At most 253 bytes of lower-case letters, digits, '-' and '.'. A name that is
    generated has to be one, too.
    """
    yield from invalid_each("meta-name-format", path, name, dns_subdomain(name))


@rule("meta-generate-name")
def meta_generate_name(prefix: str, path: Path) -> Iterator[Violation]:
    """The start of a generated name could be a DNS subdomain.

    It may end in '-'. The server appends five characters to the first 58 bytes.
    """
    whole = f"{prefix[:-2]}a" if len(prefix) > 1 and prefix.endswith("-") else prefix
    yield from invalid_each("meta-generate-name", path, prefix, dns_subdomain(whole))


@rule("meta-namespace")
def meta_namespace(namespace: str, path: Path) -> Iterator[Violation]:
    """The namespace is a DNS label.

    A manifest may leave it out: kubectl fills in the one of the context. Objects that
    have none ignore it.
    """
    if namespace:
        yield from invalid_each("meta-namespace", path, namespace, dns_label(namespace))


@rule("meta-generation")
def meta_generation(generation: int, path: Path) -> Iterator[Violation]:
    """The generation is not negative."""
    yield from invalid(
        "meta-generation", path, f"{generation} is negative", "leave it out"
    )


@rule("meta-labels")
def meta_labels(labels: Wire, path: Path) -> Iterator[Violation]:
    """Keys and values of labels are well formed.

    A key is a name of at most 63 bytes, with or without a domain and '/' before it; a
    value has at most 63 bytes or is empty. What is wrong is reported at the map.
    """
    for key, value in labels.items():
        yield from invalid_each("meta-labels", path, key, label_key(key))
        yield from invalid_each("meta-labels", path, value, label_value(value))


@rule("meta-annotations")
def meta_annotations(annotations: Wire, path: Path) -> Iterator[Violation]:
    """Keys of annotations are well formed, and all together stay below 256 KiB.

    A key is like one of a label, except that its domain may be in upper case.
    """
    total = 0
    for key, value in annotations.items():
        yield from invalid_each("meta-annotations", path, key, label_key(key.lower()))
        total += size(key) + size(value)
    if total > ANNOTATION_BYTES:
        yield from too_long("meta-annotations", path, total, ANNOTATION_BYTES)


@rule("meta-owners")
def meta_owners(owners: list[Wire], path: Path) -> Iterator[Violation]:
    """Owners are named in full, and one at most is the controller.

    Each needs apiVersion (with a version), kind, name and uid; an Event owns nothing.
    The server's paths leave out which owner it is.
    """
    controllers = 0
    for owner in owners:
        group, _, version = owner.get("apiVersion", "").rpartition("/")
        if not version or "/" in group:
            message = "an owner needs an apiVersion, such as apps/v1"
            yield from invalid("meta-owners", path.field("apiVersion"), message)
        for key in ("kind", "name", "uid"):
            if not owner.get(key):
                message = f"an owner needs a {key}"
                yield from invalid("meta-owners", path.field(key), message)
        if (owner.get("apiVersion"), owner.get("kind")) == ("v1", "Event"):
            yield from invalid("meta-owners", path, "an Event cannot own anything")
        controllers += owner.get("controller", False)
        if owner.get("controller") and controllers > 1:
            message = "more than one owner says that it is the controller"
            yield from invalid("meta-owners", path, message)


@rule("meta-finalizers")
def meta_finalizers(finalizers: list[str], path: Path) -> Iterator[Violation]:
    """Finalizers have names with a domain, and do not contradict each other.

    Without a domain there are `kubernetes`, `orphan` and `foregroundDeletion`; the
    latter two exclude each other.
    """
    for name in finalizers:
        yield from invalid_each("meta-finalizers", path, name, label_key(name))
    if {"orphan", "foregroundDeletion"} <= set(finalizers):
        message = "orphan and foregroundDeletion exclude each other"
        yield from invalid("meta-finalizers", path, message)
    for index, name in enumerate(finalizers):
        if "/" not in name and name not in _STANDARD_FINALIZERS:
            message = f"{shown(name)} needs a domain: example.com/{name[:63]}"
            yield from invalid("meta-finalizers", path.index(index), message)


def check_template_metadata(meta: Wire, path: Path) -> Iterator[Violation]:
    """Walk through the metadata that a template gives to its claims."""
    if "annotations" in meta:
        yield from template_meta_annotations(
            meta["annotations"], path.field("annotations")
        )
    if "labels" in meta:
        yield from template_meta_labels(meta["labels"], path.field("labels"))
    yield from template_meta_fields(meta, path)


@rule("template-meta-labels")
def template_meta_labels(labels: Wire, path: Path) -> Iterator[Violation]:
    """Labels that a template gives to claims are well formed, as in metadata."""
    for found in meta_labels(labels, path):
        yield Violation("template-meta-labels", path, found.message, found.reason)


@rule("template-meta-annotations")
def template_meta_annotations(annotations: Wire, path: Path) -> Iterator[Violation]:
    """Annotations that a template gives to claims are well formed, as in metadata."""
    for found in meta_annotations(annotations, path):
        yield Violation("template-meta-annotations", path, found.message, found.reason)


@rule("template-meta-fields")
def template_meta_fields(meta: Wire, path: Path) -> Iterator[Violation]:
    """A template gives labels and annotations to its claims, and nothing else.

    Names of claims are made from those of pods, and their owners are the pods.
    """
    for key in _TEMPLATE_FIELDS:
        if _says_something(meta.get(key)):
            yield from forbidden(
                "template-meta-fields",
                path.field(_AS_SPELT.get(key, key)),
                f"a template cannot set {key} of its claims",
                "remove it",
            )


def _says_something(value: Any) -> bool:
    return value is not None and value not in ("", 0)

"""Which ConfigMaps configure device plugins, by the objects that refer to them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from dractl.api.pod_specs import pod_specs
from dractl.vendors.plugins import Plugin

Key = tuple[str, str]

_POLICY: Final = "ClusterPolicy"
REFERRING: Final = frozenset({_POLICY, "DaemonSet"})
"""The kinds that refer to configurations of device plugins."""
_NAMING: Final = frozenset({"configMap", "configMapRef", "configMapKeyRef"})
_OF_POLICY: Final = ("devicePlugin", "migManager", "dcgmExporter")
_DEEPEST: Final = 8  # a key of a projected volume of a pod is at 5


def referred(documents: Iterable[object], plugins: Iterable[Plugin]) -> tuple[Key, ...]:
    """Return namespace and name of the ConfigMaps that plugins are configured by.

    These are those that a DaemonSet with an image of a plugin mounts or refers to, and
    those that a ClusterPolicy of NVIDIA's operator names, which are in the namespaces
    of such DaemonSets.
    """
    images = tuple(piece for plugin in plugins for piece in plugin.images)
    found: dict[Key, None] = {}
    namespaces: dict[str, None] = {}
    named: dict[str, None] = {}
    for document in documents:
        if not isinstance(document, Mapping):
            continue
        if document.get("kind") == _POLICY:
            named.update(dict.fromkeys(_in_policy(document)))
        if document.get("kind") != "DaemonSet":
            continue
        namespace = _text(_inside(document, "metadata", "namespace"))
        for _, spec in pod_specs(document):
            if _runs(spec, images):
                namespaces[namespace] = None
                found |= dict.fromkeys((namespace, each) for each in _references(spec))
    return (*found, *((space, name) for name in named for space in namespaces))


def _runs(spec: Mapping[str, Any], images: tuple[str, ...]) -> bool:
    containers = [
        each
        for field in ("containers", "initContainers")
        for each in _items(spec.get(field))
    ]
    used = [_text(_inside(each, "image")) for each in containers]
    return any(piece in image for image in used for piece in images)


def _references(value: object, depth: int = 0) -> Iterator[str]:
    if depth > _DEEPEST:
        return
    for each in _items(value):
        yield from _references(each, depth + 1)
    if not isinstance(value, Mapping):
        return
    for key, inner in value.items():
        if key in _NAMING and (name := _text(_inside(inner, "name"))):
            yield name
        yield from _references(inner, depth + 1)


def _in_policy(document: Mapping[str, Any]) -> Iterator[str]:
    for part in _OF_POLICY:
        if name := _text(_inside(document, "spec", part, "config", "name")):
            yield name


def _inside(value: object, *steps: str) -> object:
    for step in steps:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _items(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""

"""Configuration that stands as text in other documents: ConfigMaps, values of Helm.

The texts are as untrusted as the documents around them, and nobody asked for them to be
read: one that is huge, deep, or no YAML is left out without a word.
"""

from collections.abc import Iterator, Mapping
from typing import Final

import yaml

from dractl.sources.json_text import Reader, flaw_in, skip_blanks
from dractl.sources.yaml_build import Builder, YamlError
from dractl.sources.yaml_text import loader_of

_MOST_BYTES: Final = 256 * 1024
_MOST_VALUES: Final = 50_000
_DEEPEST: Final = 60
_STEPS_OF_VALUES: Final = 6  # gpu-operator.devicePlugin.config.data.NAME has five
_ENTRIES: Final = frozenset({"map", "data"})
_CONFIGURATION: Final = "config"


def texts(document: Mapping[str, object]) -> dict[str, object]:
    """Return the maps and lists that a document holds as text in YAML or JSON.

    Of a ConfigMap these are its values, by their keys. A document without a kind may be
    values for a Helm chart: then they are the entries of `config.map` or `config.data`,
    wherever these are, by their paths with dots. Of several documents in a text the
    first counts, as for the plugins that read it.
    """
    found: dict[str, object] = {}
    for key, text in _texts(document):
        value = _value(text)
        if isinstance(value, Mapping | list):
            found[key] = value
    return found


def _texts(document: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    kind = document.get("kind")
    if kind == "ConfigMap":
        data = document.get("data")
        if isinstance(data, Mapping):
            yield from _strings(data)
    elif kind is None:
        yield from _of_values(document, ())


def _of_values(
    values: Mapping[str, object], steps: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    if len(steps) >= _STEPS_OF_VALUES:
        return
    for key, value in values.items():
        if not isinstance(value, Mapping):
            continue
        path = (*steps, str(key))
        if steps[-1:] == (_CONFIGURATION,) and key in _ENTRIES:
            for name, text in _strings(value):
                yield ".".join((*path, name)), text
        else:
            yield from _of_values(value, path)


def _strings(values: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    return ((str(key), each) for key, each in values.items() if isinstance(each, str))


def _value(text: str) -> object:
    """Return what a text says, None where it is not taken."""
    if len(text) > _MOST_BYTES:
        return None
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        return None
    if size > _MOST_BYTES:
        return None
    value = _json(text) if text.lstrip()[:1] in {"{", "["} else None
    if value is None:
        value = _yaml(text)
    return value if _is_modest(value) else None


def _json(text: str) -> object:
    reader = Reader()
    try:
        value, end = reader.raw_decode(text, skip_blanks(text, 0))
    except (ValueError, RecursionError):
        return None
    is_whole = skip_blanks(text, end) == len(text)
    return value if is_whole and flaw_in(value) is None else None


def _yaml(text: str) -> object:
    try:
        loader = loader_of(text)
    except yaml.YAMLError:
        return None
    try:
        document = Builder().next_document(loader)
    except (yaml.YAMLError, YamlError, RecursionError, ValueError):
        return None
    finally:
        loader.dispose()
    return None if document is None else document[0]


def _is_modest(value: object) -> bool:
    """Tell whether a value can be walked as often as one likes; aliases multiply."""
    waiting, seen = [(value, 0)], 0
    while waiting:
        each, depth = waiting.pop()
        seen += 1
        if seen > _MOST_VALUES or depth > _DEEPEST:
            return False
        if isinstance(each, Mapping):
            waiting.extend((inner, depth + 1) for inner in each.values())
        elif isinstance(each, list):
            waiting.extend((inner, depth + 1) for inner in each)
    return True

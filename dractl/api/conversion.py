"""One object in another version: `dractl.convert`."""

from collections.abc import Mapping
from typing import Final

from dractl.api.defaults import with_defaults
from dractl.api.lists import is_list, items_of
from dractl.api.problems import MalformedField
from dractl.api.versions import GROUP, VERSIONS, Document, to_hub
from dractl.api.versions_back import ConversionError, Loss, from_hub

NAMES: Final = tuple(dict.fromkeys(version for _, version in VERSIONS))


def convert(
    document: Mapping[str, object], version: str, *, defaults: bool = False
) -> Document:
    """Return the object in that version (`v1`, `v1beta2`, ...), as a new mapping.

    Of a List, the items are converted; they state their version then. Other groups are
    copied as they are. With `defaults`, the fields that a server would set are there,
    except times. Raises ConversionError, which lists the fields that the version cannot
    express.
    """
    target = version.removeprefix(f"{GROUP}/")
    stated = document.get("apiVersion")
    if is_list(document):
        items = [
            convert(each, target, defaults=defaults)
            if isinstance(each, Mapping)
            else each
            for each in items_of(document)
        ]
        own = isinstance(stated, str) and stated.startswith(f"{GROUP}/")
        version_now = {"apiVersion": f"{GROUP}/{target}"} if own else {}
        return {**document, **version_now, "items": items}
    if not isinstance(stated, str) or not stated.startswith(f"{GROUP}/"):
        return dict(document)
    # Defaults differ by version, and a server sets them before it converts.
    given = with_defaults(document) if defaults else document
    if stated == f"{GROUP}/{target}" and is_version_of(document, target):
        return dict(given)
    try:
        hub = to_hub(given)
    except MalformedField as error:
        lost = Loss(error.path, error.message)
        raise ConversionError(document, target, (lost,)) from error
    there = from_hub(hub, target)
    return with_defaults(there) if defaults else there


def is_version_of(document: Document, version: str) -> bool:
    """Tell whether the kind of the document has, or had, that version."""
    return (str(document.get("kind")), version) in VERSIONS

"""What is told of kinds and fields as plain data: `-o json` and `-o yaml`."""

from collections.abc import Iterable

from dractl.model.cluster import KubernetesVersion
from dractl.reference.answer import Entry, Field, Page

Document = dict[str, object]


def contents(entries: Iterable[Entry], release: KubernetesVersion) -> Document:
    """Return the kinds of a release; see schemas/output/fields.v1.json."""
    kinds = [
        {
            "kind": each.kind,
            "versions": list(each.versions),
            "gate": each.gate,
            "description": each.text,
        }
        for each in entries
    ]
    return {**_head(release), "kinds": kinds, "field": None}


def page(told: Page) -> Document:
    """Return a field with those below it; see schemas/output/fields.v1.json."""
    about = {"kind": told.kind, "version": told.version}
    return {
        **_head(told.release),
        "kinds": [],
        "field": {**about, **_field(told.field)},
    }


def _head(release: KubernetesVersion) -> Document:
    return {
        "apiVersion": "dractl/v1",
        "kind": "FieldsResult",
        "kubernetes": str(release),
    }


def _field(field: Field) -> Document:
    return {
        "path": field.path,
        "type": field.type,
        "description": field.text,
        "required": field.required,
        "default": field.default,
        "values": list(field.values),
        "limits": list(field.limits),
        "pattern": field.pattern,
        "gate": field.gate,
        "since": str(field.since),
        "last": _release(field.last),
        "spellings": [
            {
                "version": each.version,
                "path": each.path,
                "since": str(each.since),
                "last": _release(each.last),
            }
            for each in field.spellings
        ],
        "rules": list(field.rules),
        "fields": [_field(each) for each in field.fields],
    }


def _release(version: KubernetesVersion | None) -> str | None:
    return None if version is None else str(version)

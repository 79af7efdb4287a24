"""Tables as `kubectl get` asks for them, and objects reduced to their metadata."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from tests.apiserver.clock import Clock
from tests.apiserver.ownership import managed_fields
from tests.apiserver.resources import Resource, Wire
from tests.apiserver.store import Stored

TABLE: Final = "Table"
METADATA_ONLY: Final = "PartialObjectMetadataList"


def wanted_form(accept: str) -> str:
    """Return the kind that an Accept header prefers to plain objects; "": none."""
    first = accept.partition(",")[0]
    parameters = dict(
        part.strip().partition("=")[::2] for part in first.split(";") if "=" in part
    )
    return parameters.get("as", "")


def partial(stored: Stored) -> Wire:
    """Return the metadata of an object as a whole one."""
    return {
        "kind": "PartialObjectMetadata",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": stored.metadata | managed_fields(stored.owners),
    }


def table(
    page: Sequence[Stored], resource: Resource, metadata: Wire, clock: Clock
) -> Wire:
    """Return the table of a page; claims have their state in it."""
    more = _COLUMNS.get(resource.kind, {})
    names = ["Name", *more, "Age"]
    return {
        "kind": TABLE,
        "apiVersion": "meta.k8s.io/v1",
        "metadata": metadata,
        "columnDefinitions": [
            {
                "name": name,
                "type": "string",
                "format": "name" if name == "Name" else "",
                "description": f"{name} of the object.",
                "priority": 0,
            }
            for name in names
        ],
        "rows": [
            {
                "cells": [
                    each.name,
                    *(cell(each) for cell in more.values()),
                    _age(clock.seconds_since(each.metadata["creationTimestamp"])),
                ],
                "object": partial(each),
            }
            for each in page
        ],
    }


def _age(seconds: int) -> str:
    """Return an age as kubectl shows it, to the largest unit."""
    for unit, size, least in (("d", 86400, 172800), ("h", 3600, 10800), ("m", 60, 120)):
        if seconds >= least:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def _claim_state(stored: Stored) -> str:
    status = stored.document.get("status") or {}
    states = [
        name
        for name, is_so in (
            ("deleted", "deletionTimestamp" in stored.metadata),
            ("allocated", status.get("allocation")),
            ("reserved", status.get("reservedFor")),
        )
        if is_so
    ]
    return ",".join(states) or "pending"


_COLUMNS: Final[Mapping[str, Mapping[str, Callable[[Stored], str]]]] = {
    "ResourceClaim": {"State": _claim_state},
}

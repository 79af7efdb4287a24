"""Creating and changing objects."""

from dataclasses import dataclass, replace
from typing import Final

from tests.apiserver.changes import changed_object, merged, new_object
from tests.apiserver.deletes import check_preconditions
from tests.apiserver.jsonpatch import patched
from tests.apiserver.messages import Answer, Request, answer
from tests.apiserver.ownership import (
    APPLY,
    UPDATE,
    Owner,
    applied,
    differences,
    leaves,
    owned,
)
from tests.apiserver.resources import Wire
from tests.apiserver.statuses import (
    already_exists,
    bad_request,
    conflict,
    unsupported_type,
)
from tests.apiserver.store import Store, Stored, hub_of
from tests.apiserver.targets import Target
from tests.apiserver.validation import Validation

APPLY_TYPE: Final = "application/apply-patch+yaml"
MERGE_TYPE: Final = "application/merge-patch+json"
PATCH_TYPE: Final = "application/json-patch+json"
_BODY_TYPES: Final = frozenset({"", "application/json", "application/yaml"})
_SUFFIX_SIGNS: Final = "bcdfghjklmnpqrstvwxz2456789"


@dataclass(frozen=True)
class Writes:
    """What puts objects into the store."""

    store: Store
    validation: Validation

    def create(self, request: Request, target: Target) -> Answer:
        """Answer POST."""
        if request.content_type not in _BODY_TYPES:
            raise unsupported_type(request.content_type)
        document = _body(request, target)
        metadata = document["metadata"]
        if not metadata.get("name"):
            if not metadata.get("generateName"):
                raise bad_request("the object has no name")
            metadata["name"] = metadata["generateName"] + self._suffix()
        is_strict = request.query.get("fieldValidation") == "Strict"
        known = self.validation.new(document, target.resource, is_strict=is_strict)
        return self._created(known, request, target, UPDATE)

    def _created(
        self, document: Wire, request: Request, target: Target, operation: str
    ) -> Answer:
        hub, clock = hub_of(document), self.store.clock
        name = hub["metadata"]["name"]
        if self.store.get(target.resource, target.namespace, name):
            raise already_exists(target.resource, name)
        owner = self._owner(request, target, operation)
        owners = (replace(owner, paths=frozenset(leaves(hub))),)
        new = new_object(hub, target.resource, self.store.new_uid(), clock.text)
        if request.is_dry_run:
            return answer(
                Stored(target.resource, new, owners).whole(target.version), 201
            )
        kept = self.store.put(target.resource, new, owners)
        return answer(kept.whole(target.version), 201)

    def replace(self, request: Request, target: Target) -> Answer:
        """Answer PUT."""
        stored = target.stored(self.store)
        hub = hub_of(_body(request, target))
        return self._updated(stored, hub, request, target)

    def patch(self, request: Request, target: Target) -> Answer:
        """Answer PATCH: a server-side apply, a merge patch or a JSON patch."""
        kind = request.content_type
        if kind == APPLY_TYPE:
            return self._apply(request, target)
        if kind not in {MERGE_TYPE, PATCH_TYPE}:
            raise unsupported_type(kind)
        stored = target.stored(self.store)
        whole = stored.whole(target.version)
        if kind == MERGE_TYPE:
            result = merged(whole, request.document())
        else:
            result = patched(whole, request.content(), target.resource, target.name)
        return self._updated(stored, hub_of(result), request, target)

    def _apply(self, request: Request, target: Target) -> Answer:
        if not request.query.get("fieldManager"):
            raise bad_request("an apply needs a fieldManager")
        document = _body(request, target)
        document["metadata"].setdefault("name", target.name)
        self.validation.check_applied(document, target.resource)
        stored = self.store.get(target.resource, target.namespace, target.name)
        if stored is None:
            if document["metadata"].get("uid"):
                raise conflict(target.resource, target.name, "its uid is of none")
            self.validation.check(document, target.resource)
            return self._created(document, request, target, APPLY)
        check_preconditions(stored, document["metadata"])
        wanted = hub_of(document)
        paths = frozenset(leaves(wanted))
        owner = replace(self._owner(request, target, APPLY), paths=paths)
        result = applied(
            stored.document, stored.owners, owner, wanted, force=request.flag("force")
        )
        return self._changed(stored, result, owner, request, target)

    def _updated(
        self, stored: Stored, hub: Wire, request: Request, target: Target
    ) -> Answer:
        """Keep what a client wrote without applying: it owns what it changed."""
        check_preconditions(stored, hub["metadata"])
        owner = self._owner(request, target, UPDATE)
        former = {
            path for each in stored.owners if each.is_same(owner) for path in each.paths
        }
        after = leaves(hub).keys()
        paths = (differences(stored.document, hub) | former) & after
        return self._changed(
            stored, hub, replace(owner, paths=frozenset(paths)), request, target
        )

    def _changed(
        self, stored: Stored, hub: Wire, owner: Owner, request: Request, target: Target
    ) -> Answer:
        """Keep a change, unless there is none, and answer with the object."""
        new = changed_object(stored, hub, target.subresource, self.store.clock.text)
        differs = differences(stored.document, new)
        owners = owned(stored.owners, owner, differs)
        result = Stored(target.resource, new, owners)
        if not target.subresource:
            self.validation.check(result.whole(target.version), target.resource)
        is_same = new == stored.document and _names(owners) == _names(stored.owners)
        if is_same:
            return answer(stored.whole(target.version))
        if request.is_dry_run:
            return answer(result.whole(target.version))
        kept = self.store.put(target.resource, new, owners)
        if "deletionTimestamp" in kept.metadata and not kept.metadata.get("finalizers"):
            kept = self.store.remove(kept)
        return answer(kept.whole(target.version))

    def _owner(self, request: Request, target: Target, operation: str) -> Owner:
        """Return the entry of who sent a request, without paths so far."""
        agent = request.headers.get("user-agent", "unknown").partition("/")[0]
        return Owner(
            request.query.get("fieldManager") or agent,
            operation,
            target.api_version,
            self.store.clock.text,
            frozenset(),
            target.subresource,
        )

    def _suffix(self) -> str:
        """Return the end of a generated name, the same in every run."""
        number, signs = self.store.revision, ""
        for _ in range(5):
            number, rest = divmod(number, len(_SUFFIX_SIGNS))
            signs = _SUFFIX_SIGNS[rest] + signs
        return signs


def _names(owners: tuple[Owner, ...]) -> set[Owner]:
    """Return owners without their times, which a change of nothing leaves as is."""
    return {replace(owner, time="") for owner in owners}


def _body(request: Request, target: Target) -> Wire:
    """Return the object in a body, which has to be what the path names."""
    document = request.document()
    given = (document.get("apiVersion"), document.get("kind"))
    if given != (target.api_version, target.resource.kind):
        message = f"{given} is not {target.api_version} {target.resource.kind}"
        raise bad_request(message)
    metadata = dict(document.get("metadata") or {})
    if target.name and metadata.get("name", target.name) != target.name:
        raise bad_request(f"the name is not {target.name!r}")
    if target.namespace:
        metadata.setdefault("namespace", target.namespace)
    if metadata.get("namespace") != target.namespace:
        raise bad_request(f"the namespace is not {target.namespace!r}")
    return document | {"metadata": metadata}

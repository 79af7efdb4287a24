"""Creating, changing and deleting objects."""

from dataclasses import dataclass
from typing import Final

from tests.apiserver.messages import Answer, Request, answer
from tests.apiserver.ownership import APPLY, UPDATE, Owner, applied, leaves, owned
from tests.apiserver.resources import Resource, Wire
from tests.apiserver.selectors import selects
from tests.apiserver.statuses import (
    already_exists,
    bad_request,
    conflict,
    described,
    not_found,
    success,
    unsupported_type,
)
from tests.apiserver.store import Store, Stored, hub_of
from tests.apiserver.targets import Target
from tests.apiserver.validation import Validation

APPLY_TYPE: Final = "application/apply-patch+yaml"
MERGE_TYPE: Final = "application/merge-patch+json"
_BODY_TYPES: Final = frozenset({"", "application/json", "application/yaml"})
_SUFFIX_SIGNS: Final = "bcdfghjklmnpqrstvwxz2456789"
_KEPT_METADATA: Final = (
    "uid", "creationTimestamp", "generation", "deletionTimestamp",
    "deletionGracePeriodSeconds", "namespace", "name",
)  # fmt: skip


@dataclass(frozen=True)
class Writes:
    """What changes the store."""

    store: Store
    validation: Validation

    def create(self, request: Request, target: Target) -> Answer:
        """Answer POST."""
        if request.content_type not in _BODY_TYPES:
            raise unsupported_type(request.content_type)
        document = self._body(request, target)
        metadata = document["metadata"]
        if not metadata.get("name"):
            if not metadata.get("generateName"):
                raise bad_request("the object has no name")
            metadata["name"] = metadata["generateName"] + self._suffix()
        strict = request.query.get("fieldValidation") == "Strict"
        self.validation.check_new(document, target.resource, strict=strict)
        return self._created(hub_of(document), request, target, UPDATE)

    def _created(
        self, hub: Wire, request: Request, target: Target, operation: str
    ) -> Answer:
        name = hub["metadata"]["name"]
        if self.store.get(target.resource, target.namespace, name):
            raise already_exists(target.resource, name)
        owner = self._owner(request, target, operation, hub)
        new = self._new(hub, target.resource)
        if request.is_dry_run:
            shown = Stored(target.resource, new, (owner,))
        else:
            shown = self.store.put(target.resource, new, (owner,))
        return answer(shown.whole(target.version), 201)

    def replace(self, request: Request, target: Target) -> Answer:
        """Answer PUT."""
        stored = self.stored(target)
        document = self._body(request, target)
        return self._updated(stored, hub_of(document), request, target)

    def patch(self, request: Request, target: Target) -> Answer:
        """Answer PATCH: a server-side apply or a merge patch."""
        if request.content_type == APPLY_TYPE:
            return self._apply(request, target)
        if request.content_type != MERGE_TYPE:
            raise unsupported_type(request.content_type)
        stored = self.stored(target)
        merged = _merged(stored.whole(target.version), request.document())
        return self._updated(stored, hub_of(merged), request, target)

    def _apply(self, request: Request, target: Target) -> Answer:
        if not request.query.get("fieldManager"):
            raise bad_request("an apply needs a fieldManager")
        document = self._body(request, target)
        document["metadata"].setdefault("name", target.name)
        self.validation.check_applied(document, target.resource)
        wanted = hub_of(document)
        stored = self.store.get(target.resource, target.namespace, target.name)
        if stored is None:
            self.validation.check(document, target.resource)
            return self._created(wanted, request, target, APPLY)
        owner = self._owner(request, target, APPLY, wanted)
        force = request.flag("force")
        result = applied(stored.document, stored.owners, owner, wanted, force=force)
        return self._changed(stored, result, owner, request, target)

    def _updated(
        self, stored: Stored, hub: Wire, request: Request, target: Target
    ) -> Answer:
        before, after = leaves(stored.document), leaves(hub)
        changed = {path: v for path, v in after.items() if before.get(path, v) != v}
        new = {path: value for path, value in after.items() if path not in before}
        owner = self._owner(request, target, UPDATE, {})
        former = {
            p for each in stored.owners if each.is_same(owner) for p in each.paths
        }
        paths = frozenset(changed.keys() | new.keys() | (former & after.keys()))
        owner = Owner(
            owner.manager, UPDATE, owner.api_version, owner.time, paths,
            owner.subresource,
        )  # fmt: skip
        return self._changed(stored, hub, owner, request, target)

    def _changed(
        self,
        stored: Stored,
        hub: Wire,
        owner: Owner,
        request: Request,
        target: Target,
    ) -> Answer:
        """Keep a change, unless there is none, and answer with the object."""
        self._check_preconditions(stored, hub.get("metadata", {}))
        new = self._next(stored, hub, target.subresource)
        if target.subresource == "":
            self.validation.check(
                Stored(target.resource, new).whole(target.version), target.resource
            )
        before, after = leaves(stored.document), leaves(new)
        differs = {
            p for p in before.keys() | after.keys() if before.get(p) != after.get(p)
        }
        owners = owned(stored.owners, owner, frozenset(differs))
        if request.is_dry_run:
            return answer(Stored(target.resource, new, owners).whole(target.version))
        if (
            not differs
            and new["metadata"] == stored.metadata
            and owners == stored.owners
        ):
            return answer(stored.whole(target.version))
        kept = self.store.put(target.resource, new, owners)
        if "deletionTimestamp" in kept.metadata and not kept.metadata.get("finalizers"):
            kept = self.store.remove(kept)
        return answer(kept.whole(target.version))

    def _check_preconditions(self, stored: Stored, metadata: Wire) -> None:
        for field in ("uid", "resourceVersion"):
            wanted = metadata.get(field)
            if wanted and wanted != stored.metadata[field]:
                why = f"its {field} is not {wanted}"
                raise conflict(stored.resource, stored.name, why)

    def _new(self, hub: Wire, resource: Resource) -> Wire:
        """Return an object as it is when it is created."""
        metadata = {
            **hub["metadata"],
            "uid": self.store.new_uid(),
            "creationTimestamp": self.store.clock.text,
            **({"generation": 1} if resource.is_counted else {}),
        }
        metadata.pop("resourceVersion", None)
        metadata.pop("managedFields", None)
        new = {**hub, "metadata": metadata}
        if "status" in resource.subresources:
            new["status"] = {"phase": "Pending"} if resource.kind == "Pod" else {}
        if resource.kind == "DeviceTaintRule":
            new = _dated(new, self.store.clock.text)
        return new

    def _next(self, stored: Stored, hub: Wire, subresource: str) -> Wire:
        """Return an object as it is after a change."""
        old = stored.document
        if subresource == "status":
            return old | {"status": hub.get("status", {})}
        metadata = hub.get("metadata", {}) | {
            key: old["metadata"][key]
            for key in _KEPT_METADATA
            if key in old["metadata"]
        }
        metadata["resourceVersion"] = old["metadata"]["resourceVersion"]
        metadata.pop("managedFields", None)
        new = {**hub, "metadata": metadata}
        if "status" in stored.resource.subresources:
            new["status"] = old.get("status", {})
        if stored.resource.kind == "DeviceTaintRule":
            new = _redated(new, old, self.store.clock.text)
        if stored.resource.is_counted and new.get("spec") != old.get("spec"):
            metadata["generation"] = metadata.get("generation", 1) + 1
        return new

    def delete(self, request: Request, target: Target) -> Answer:
        """Answer DELETE for one object."""
        stored = self.stored(target)
        options = request.document() if request.body.strip() else {}
        self._check_preconditions(stored, options.get("preconditions") or {})
        grace = options.get(
            "gracePeriodSeconds", request.query.get("gracePeriodSeconds")
        )
        is_dry_run = request.is_dry_run or "All" in options.get("dryRun", ())
        last = self.deleted(
            stored, None if grace is None else int(grace), is_dry_run=is_dry_run
        )
        if target.resource.shows_deleted or last.metadata.get("finalizers"):
            return answer(last.whole(target.version))
        details = described(target.resource, target.name) | {
            "uid": last.metadata["uid"]
        }
        return answer(success(details))

    def deleted(
        self, stored: Stored, grace: int | None = None, *, is_dry_run: bool = False
    ) -> Stored:
        """Delete an object, or mark it, as its finalizers or its kubelet want it."""
        seconds = self._grace(stored, grace)
        if not seconds and not stored.metadata.get("finalizers"):
            return stored if is_dry_run else self.store.remove(stored)
        marks = {
            "deletionTimestamp": self.store.clock.text,
            "deletionGracePeriodSeconds": seconds,
        }
        marked = stored.document | {"metadata": marks | stored.metadata}
        if is_dry_run or "deletionTimestamp" in stored.metadata:
            return Stored(stored.resource, marked, stored.owners)
        return self.store.put(stored.resource, marked, stored.owners)

    def _grace(self, stored: Stored, grace: int | None) -> int:
        """Return the seconds that a pod has; it has none if no kubelet knows it."""
        spec = stored.document.get("spec") or {}
        if stored.resource.kind != "Pod" or not spec.get("nodeName"):
            return 0
        if (stored.document.get("status") or {}).get("phase") in {
            "Failed",
            "Succeeded",
        }:
            return 0
        return (
            int(spec.get("terminationGracePeriodSeconds", 30))
            if grace is None
            else grace
        )

    def delete_all(self, request: Request, target: Target) -> Answer:
        """Answer DELETE for a collection: delete what the selectors choose."""
        chosen = selects(request.query, target.resource)
        gone = [
            self.deleted(stored, is_dry_run=request.is_dry_run)
            for stored in list(self.store.all(target.resource))
            if target.namespace in (None, stored.metadata.get("namespace"))
            and (chosen is None or chosen(stored.document))
        ]
        return answer(
            {
                "kind": f"{target.resource.kind}List",
                "apiVersion": target.api_version,
                "metadata": {"resourceVersion": str(self.store.revision)},
                "items": [stored.form(target.version) for stored in gone],
            }
        )

    def stored(self, target: Target) -> Stored:
        """Return the object that a request is for."""
        stored = self.store.get(target.resource, target.namespace, target.name)
        if stored is None:
            raise not_found(target.resource, target.name)
        return stored

    def _body(self, request: Request, target: Target) -> Wire:
        """Return the object in a body, which has to be of the kind of the target."""
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

    def _owner(
        self, request: Request, target: Target, operation: str, hub: Wire
    ) -> Owner:
        agent = request.headers.get("user-agent", "unknown").partition("/")[0]
        return Owner(
            request.query.get("fieldManager") or agent,
            operation,
            target.api_version,
            self.store.clock.text,
            frozenset(leaves(hub)),
            target.subresource,
        )

    def _suffix(self) -> str:
        """Return the end of a generated name, the same in every run."""
        number, signs = self.store.revision, []
        for _ in range(5):
            number, rest = divmod(number, len(_SUFFIX_SIGNS))
            signs.append(_SUFFIX_SIGNS[rest])
        return "".join(reversed(signs))


def _merged(target: object, patch: object) -> Wire:
    """Return the target with a merge patch (RFC 7386)."""
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in (patch if isinstance(patch, dict) else {}).items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = (
                _merged(result.get(key), value) if isinstance(value, dict) else value
            )
    return result


def _dated(rule: Wire, now: str) -> Wire:
    """Return a new rule, whose taint counts from now unless it says otherwise."""
    spec = rule.get("spec", {})
    return rule | {
        "spec": {**spec, "taint": {"timeAdded": now, **spec.get("taint", {})}}
    }


def _redated(rule: Wire, old: Wire, now: str) -> Wire:
    """Return a changed rule; another effect counts from now on, too."""
    taint, before = rule["spec"]["taint"], old["spec"]["taint"]
    is_other = taint.get("effect") != before.get("effect")
    if is_other and taint.get("timeAdded") == before.get("timeAdded"):
        return rule | {"spec": rule["spec"] | {"taint": taint | {"timeAdded": now}}}
    return _dated(rule, now)

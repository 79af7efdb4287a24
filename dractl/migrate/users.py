"""Who asks for extended resources: whatever makes pods, known by what is in it.

Pods and ReplicaSets of a Deployment do not count beside it, neither do Jobs of a
CronJob, or pods that have ended. Of an object in a file and in the cluster, the file's
counts: it is what the user wants changed.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from dractl.migrate.answer import User
from dractl.migrate.asks import Spec, specs
from dractl.migrate.inputs import Input, Steps, Wire
from dractl.migrate.places import at
from dractl.migrate.replicas import replicas, stated
from dractl.model.workloads import ENDED
from dractl.rules.subject import entries, mapping, text

# Copies of pod specs that others hold, and what kubectl keeps of the past.
_COPIES: Final = frozenset({
    ("apps", "ControllerRevision"),
    ("kueue.x-k8s.io", "Workload"),
})  # fmt: skip
_JOB_ENDED: Final = frozenset({"Complete", "Failed"})
_LONGEST_CHAIN: Final = 16


class Key(NamedTuple):
    """What tells an object from others, in any version of its API."""

    group: str
    kind: str
    namespace: str
    name: str


def users(inputs: Sequence[Input], namespace: str = "") -> tuple[User, ...]:
    """Return those who ask for extended resources, each once, in the inputs' order.

    `namespace` is that of objects in files that name none; "" if it is not known.
    """
    known = _Known(inputs, namespace)
    found: list[User] = []
    for given in inputs:
        if not known.is_counted(given):
            continue
        asking = [each for each in known.specs(given) if each.asks]
        found += (_user(given, each, known) for each in asking)
    return tuple(found)


def controller(given: Input) -> Key | None:
    """Return what an object belongs to as one of its making; None: to nothing."""
    for each in entries(given.metadata, "ownerReferences"):
        if isinstance(each, Mapping) and each.get("controller") is True:
            group = text(each, "apiVersion").rpartition("/")[0]
            return Key(group, text(each, "kind"), given.namespace, text(each, "name"))
    return None


def key_of(given: Input) -> Key:
    """Return what tells an input's object from others."""
    return Key(given.group, given.kind, given.namespace, given.name)


def twins(inputs: Sequence[Input], namespace: str = "") -> Mapping[int, Input]:
    """Return what the cluster has of the objects of files, by the files' numbers.

    `namespace` is as for `users`.
    """
    known = _Known(inputs, namespace)
    found = ((each.number, known.twin(each)) for each in inputs)
    return {number: live for number, live in found if live is not None}


class _Known:
    """The inputs by their objects' keys; a file's without a namespace by its name."""

    def __init__(self, inputs: Sequence[Input], namespace: str) -> None:
        self._namespace = namespace
        self._files: dict[Key, Input] = {}
        self._live: dict[Key, Input] = {}
        self._namesakes: dict[Key, list[Input]] = {}
        self._specs: dict[int, tuple[Spec, ...]] = {}
        for each in inputs:
            if not text(each.metadata, "name"):
                continue  # a generateName is no name
            if each.is_file:
                self._files.setdefault(key_of(each), each)
            else:
                key = key_of(each)
                self._live.setdefault(key, each)
                self._namesakes.setdefault(_anywhere(key), []).append(each)

    def specs(self, given: Input) -> tuple[Spec, ...]:
        if given.number not in self._specs:
            self._specs[given.number] = specs(given)
        return self._specs[given.number]

    def twin(self, given: Input) -> Input | None:
        if not given.is_file or not text(given.metadata, "name"):
            return None
        key = key_of(given)
        if key.namespace:
            return self._live.get(key)
        if self._namespace:
            placed = key._replace(namespace=self._namespace)
            return self._live.get(placed) or self._live.get(key)
        # Applied with `-n`: that is clear if the cluster has but one of that name.
        namesakes = self._namesakes.get(key, [])
        return namesakes[0] if len(namesakes) == 1 else None

    def is_counted(self, given: Input) -> bool:
        if (given.group, given.kind) in _COPIES or _has_ended(given):
            return False
        if not given.is_file and self._has_file(given):
            return False
        owner = controller(given)
        if owner is not None and _is_idle(given):
            return False
        return not self._is_made_by_another(owner)

    def _has_file(self, given: Input) -> bool:
        key = key_of(given)
        if key in self._files:
            return True
        loose = self._files.get(_anywhere(key))
        return loose is not None and self.twin(loose) is given

    def _is_made_by_another(self, owner: Key | None) -> bool:
        """Tell whether something that is above it, and makes pods, is an input."""
        for _ in range(_LONGEST_CHAIN):
            found = None if owner is None else self._find(owner)
            if found is None:
                return False
            if self.specs(found) and (found.group, found.kind) not in _COPIES:
                return True
            owner = controller(found)
        return False

    def _find(self, key: Key) -> Input | None:
        loose = self._files.get(_anywhere(key))
        return self._files.get(key) or self._live.get(key) or loose


def _anywhere(key: Key) -> Key:
    return key._replace(namespace="")


def _has_ended(given: Input) -> bool:
    status = mapping(given.document, "status")
    if (given.group, given.kind) == ("", "Pod"):
        return text(status, "phase") in ENDED
    return (given.group, given.kind) == ("batch", "Job") and any(
        text(each, "type") in _JOB_ENDED and text(each, "status") == "True"
        for each in entries(status, "conditions")
    )


def _is_idle(given: Input) -> bool:
    """Tell whether it is a ReplicaSet that its Deployment has left behind."""
    count = mapping(given.document, "spec").get("replicas")
    return given.kind in {"ReplicaSet", "ReplicationController"} and count == 0


def _user(given: Input, found: Spec, known: _Known) -> User:
    live = known.twin(given)
    source = given if live is None or stated(given, found.steps) else live
    owner = controller(given)
    metadata = _metadata(given.document, found.steps)
    return User(
        input=given,
        steps=found.steps,
        spec=found.spec,
        asks=found.asks,
        namespace=given.namespace or (live.namespace if live else ""),
        # An autoscaler's number is in the cluster only.
        replicas=replicas(source, found.steps),
        controller=f"{owner.kind}/{owner.name}" if owner else "",
        labels=_texts(mapping(metadata, "labels")),
        annotations=_texts(mapping(metadata, "annotations")),
        is_machine=found.is_machine,
    )


def _metadata(document: Wire, steps: Steps) -> Wire:
    """Return the metadata of the pods, which stands beside their spec."""
    outer = steps[:-1] if steps and steps[-1] == "spec" else steps
    return mapping(at(document, outer), "metadata")


def _texts(value: Mapping[Any, Any]) -> dict[str, str]:
    return {str(key): str(each) for key, each in value.items() if each is not None}

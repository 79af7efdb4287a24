"""The steps by which objects are created and changed, and what people have to do."""

from collections.abc import Iterator, Sequence
from typing import Final

from dractl.api.snapshot import Snapshot
from dractl.migrate.answer import Plan, Rewrite, UserPlan
from dractl.migrate.differences import Conflict, carried, patches
from dractl.migrate.inputs import Input, Wire
from dractl.migrate.steps import Patch, Step, Verb
from dractl.migrate.users import twins
from dractl.migrate.worlds import within
from dractl.rules.subject import mapping, text

_NO_USE: Final = frozenset({
    "bare-pod-immutable",
    "belongs-to-another",
    "job-immutable",
    "managed-elsewhere",
    "static-pod",
    "unknown-operator",
})  # fmt: skip
"""Findings about users whose objects it is no use to patch."""


class Objects:
    """Knows what the cluster has of the documents that are rewritten."""

    def __init__(
        self,
        plan: Plan,
        rewrite: Rewrite,
        inputs: Sequence[Input],
        snapshot: Snapshot,
    ) -> None:
        self._rewrite = rewrite
        self._snapshot = snapshot
        self._inputs = {each.number: each for each in inputs}
        self._twins = twins(inputs, plan.order.namespace)
        self._users: dict[int, list[UserPlan]] = {}
        for each in plan.users:
            self._users.setdefault(each.user.input.number, []).append(each)

    def created(self) -> Iterator[Step]:
        """Yield the steps for new objects, classes first.

        What stands in the files of objects that the cluster does not have comes with
        these.
        """
        for document in self._rewrite.shared:
            yield from self._of_class(document)
        for number, documents in self._rewrite.added.items():
            live = self.live(number)
            if live is not None:
                for each in documents:
                    yield _create(within(each, live.namespace))

    def beside(self) -> Iterator[int]:
        """Yield the numbers of quotas and the like, which make no pods."""
        seen: set[int] = set()
        for number in self._rewrite.documents:
            if number in self._users:
                continue
            live = self.live(number)
            key = number if live is None else live.number
            if key not in seen:
                seen.add(key)
                yield number

    def given(self, number: int) -> Input:
        """Return an input by its number, as the cluster has it if it is known."""
        return self.live(number) or self._inputs[number]

    def live(self, number: int) -> Input | None:
        """Return what the cluster has of an input's object; None if it is not known."""
        given = self._inputs[number]
        return self._twins.get(number) if given.is_file else given

    def changed(self, number: int) -> Step:
        """Return the step that gives an object the form that it is to have."""
        given = self._inputs[number]
        live = self.live(number)
        if live is None:
            return _by_hand(given, f"apply the rendered {given.title} ({given.where})")
        for each in self._users.get(number, ()):
            for finding in each.findings:
                if finding.code in _NO_USE:
                    how = "; ".join(filter(None, (finding.message, finding.fix)))
                    return _by_hand(live, f"change {live.title}: {how}")
        new = self._rewrite.documents[number]
        try:
            wanted = carried(given.document, new, live.document)
            return _patch(live, *patches(live.document, wanted))
        except Conflict as why:
            return _by_hand(
                live,
                f"change {live.title} as the rendered {given.where} says: what the "
                f"cluster has differs at {why}",
            )

    def _of_class(self, document: Wire) -> Iterator[Step]:
        """Yield the step for a new class; one that is there gets what it lacks."""
        name = text(mapping(document, "metadata"), "name")
        is_there = name in self._snapshot.class_by_name
        if document.get("kind") != "DeviceClass" or not is_there:
            yield _create(document)
            return
        said = f"give DeviceClass {name}, which is there, the spec of the rendered one"
        by_hand = Step(Verb.BY_HAND, said, *_named(document))
        live = self._live_class(name)
        if live is None:
            yield by_hand
            return
        spec = {**mapping(live.document, "spec"), **mapping(document, "spec")}
        try:
            there, back = patches(live.document, {**live.document, "spec": spec})
        except Conflict:
            yield by_hand
            return
        if there:
            yield _patch(live, there, back)

    def _live_class(self, name: str) -> Input | None:
        for each in self._inputs.values():
            if not each.is_file and each.kind == "DeviceClass" and each.name == name:
                return each
        return None


def _create(document: Wire) -> Step:
    kind, version, namespace, name = _named(document)
    title = f"{kind} {namespace}/{name}" if namespace else f"{kind} {name}"
    return Step(
        Verb.CREATE,
        f"create {title}",
        kind,
        version,
        namespace,
        name,
        document=document,
    )


def _patch(live: Input, there: Patch, back: Patch) -> Step:
    said = f"change {live.title}"
    return Step(Verb.PATCH, said, *_named(live.document), patch=there, back=back)


def _by_hand(given: Input, said: str) -> Step:
    return Step(Verb.BY_HAND, said, *_named(given.document))


def _named(document: Wire) -> tuple[str, str, str, str]:
    """Return kind, version, namespace and name of an object."""
    metadata = mapping(document, "metadata")
    return (
        text(document, "kind"),
        text(document, "apiVersion"),
        text(metadata, "namespace"),
        text(metadata, "name"),
    )

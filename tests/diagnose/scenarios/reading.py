"""Reads scenarios from their files, and compares answers with what they expect.

The first document of a file says what is asked and expected, the others are the objects
of the cluster. `base` names files in base/ whose objects come before them; an object of
the scenario replaces one of the base with its name.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from dractl.api.snapshot import Snapshot
from dractl.diagnose.answer import Cause, ClaimReport, PodReport, WorkloadReport
from dractl.diagnose.device import explain_device
from dractl.diagnose.document import device_document
from dractl.diagnose.explain import explain, explain_claim, explain_pod
from dractl.diagnose.uncreated import uncreated_of
from dractl.diagnose.world import World
from dractl.sources.documents import SourcedDocument
from dractl.sources.files import load_documents

FOLDER: Final = Path(__file__).parent
SYMPTOMS: Final = FOLDER / "symptoms.yaml"
_BASES: Final = FOLDER / "base"
_KEYS: Final = frozenset({
    "symptoms", "story", "base", "ask", "kubernetes", "gates", "wrong_today", "expect",
})  # fmt: skip
_EXPECTED: Final = frozenset({
    "codes", "stuck", "words", "evidence", "fixes", "notes", "not", "lands", "owner",
    "unchecked", "nodes", "views",
})  # fmt: skip

Wire = Mapping[str, Any]
Report = PodReport | ClaimReport | WorkloadReport


@dataclass(frozen=True)
class Scenario:
    """A cluster, a question about it, and what the answer has to say."""

    name: str
    header: Wire
    documents: Sequence[SourcedDocument]

    @property
    def expect(self) -> Wire:
        """What the answer has to be."""
        expected: Wire = self.header["expect"]
        return expected

    @property
    def codes(self) -> list[str]:
        """The codes that the answer has to have, in order."""
        return list(self.expect["codes"])

    @property
    def symptoms(self) -> list[str]:
        """The symptoms that it is an example of."""
        return list(self.header.get("symptoms", ()))

    @property
    def wrong_today(self) -> str | None:
        """Why the answer is not as expected yet; None: it is."""
        return self.header.get("wrong_today")

    def snapshot(self) -> Snapshot:
        """Return the cluster."""
        return Snapshot.from_sourced(
            self.documents,
            kubernetes=self.header.get("kubernetes"),
            feature_gates=self.header.get("gates"),
        )

    def problems(self) -> list[str]:
        """Return what is wrong with the file itself."""
        unknown = (self.header.keys() - _KEYS) | (self.expect.keys() - _EXPECTED)
        unread = [str(each) for each in self.snapshot().problems]
        return [*(f"no such key: {key}" for key in sorted(unknown)), *unread]


@dataclass(frozen=True)
class Answer:
    """What was said, as far as scenarios look at it."""

    codes: list[str]
    messages: str
    fixes: str
    notes: str
    evidence: str
    stuck: list[str]
    views: str = ""
    unchecked: str = ""
    lands: str | None = None
    owner: str = ""
    nodes: Sequence[Sequence[str]] = ()
    repeated: Sequence[str] = ()

    def shortfalls(self, expect: Wire) -> list[str]:
        """Return how the answer differs from what is expected; nothing is good."""
        found = [
            f"{key}: {getattr(self, key)}, not {expect[key]}"
            for key in ("codes", "stuck", "lands", "owner", "nodes")
            if key in expect and getattr(self, key) != expect[key]
        ]
        for key, text in self._texts().items():
            found += [f"{key} lack: {w}" for w in expect.get(key, ()) if w not in text]
        everything = f"{self.messages}\n{self.fixes}\n{self.notes}\n{self.views}"
        found += [f"has: {w}" for w in expect.get("not", ()) if w in everything]
        found += [f"twice: {fix}" for fix in self.repeated]
        return [*found, everything] if found else []

    def _texts(self) -> dict[str, str]:
        return {
            "words": self.messages,
            "fixes": self.fixes,
            "notes": self.notes,
            "evidence": self.evidence,
            "views": self.views,
            "unchecked": self.unchecked,
        }


def scenario_files() -> list[Path]:
    """Return the files of scenarios, by name."""
    return sorted(
        file
        for file in FOLDER.rglob("*.yaml")
        if file.parent != _BASES and file != SYMPTOMS
    )


def read(file: Path) -> Scenario:
    """Read one scenario through the loader that users' files go through."""
    header, *own = _documents(file)
    fields: Any = header.document
    named = fields.get("base", ())
    bases = [named] if isinstance(named, str) else named
    shared = [each for base in bases for each in _base(base)]
    name = f"{file.parent.name}/{file.stem}"
    return Scenario(name, fields, [*shared, *own])


def symptoms() -> Wire:
    """Return which scenarios show a symptom, or why it is not here, by symptom."""
    (only,) = _documents(SYMPTOMS)
    fields: Any = only.document
    return fields  # type: ignore[no-any-return] # the loader gives plain data


@cache
def _base(name: str) -> tuple[SourcedDocument, ...]:
    return tuple(_documents(_BASES / f"{name}.yaml"))


def _documents(file: Path) -> list[SourcedDocument]:
    loaded = load_documents(file)
    assert not loaded.problems, loaded.problems
    return loaded.documents


def answer(scenario: Scenario) -> Answer:
    """Ask what the scenario asks."""
    snapshot = scenario.snapshot()
    ask = scenario.header["ask"]
    if not ask:
        found = explain(snapshot)
        reports: list[Report] = [*found.pods, *found.claims, *found.workloads]
        return _answer(reports, "\n".join(found.unchecked))
    world = World(snapshot)
    ((kind, name),) = ask.items()
    if kind == "device":
        return _of_device(world, name)
    namespace, _, short = name.partition("/")
    key = (namespace, short)
    if kind == "claim":
        return _answer([explain_claim(world, snapshot.claim_by_key[key])])
    if kind != "pod":
        return _answer(uncreated_of(world, kind, key))
    return _answer([explain_pod(world, snapshot.pod_by_key[key])])


def _answer(reports: Iterable[Report], unchecked: str = "") -> Answer:
    given = list(reports)
    causes = [cause for report in given for cause in report.causes]
    pods = [report for report in given if isinstance(report, PodReport)]
    return Answer(
        [cause.code for cause in causes],
        "\n".join(cause.message for cause in causes),
        "\n".join(fix for cause in causes for fix in cause.fixes),
        "\n".join(_notes(given)),
        "\n".join(_said(cause) for cause in causes),
        [_named(report) for report in given if report.causes],
        "\n".join(f"{view.by} {view.message}" for pod in pods for view in pod.views),
        unchecked,
        pods[0].lands if pods else None,
        pods[0].owner if pods else "",
        [list(cause.nodes) for cause in causes],
        [
            fix
            for cause in causes
            for fix in set(cause.fixes)
            if _is_repeated(fix, cause)
        ],
    )


def _notes(reports: Iterable[Report]) -> Iterator[str]:
    for report in reports:
        if not isinstance(report, WorkloadReport):
            yield from report.notes


def _is_repeated(fix: str, cause: Cause) -> bool:
    return cause.fixes.count(fix) > 1


def _said(cause: Cause) -> str:
    return f"{cause.claim} {cause.request} {dict(cause.evidence)}"


def _named(report: Report) -> str:
    if isinstance(report, WorkloadReport):
        return f"{report.kind} {report.namespace}/{report.name}"
    if isinstance(report, PodReport):
        return f"pod {'/'.join(report.pod.meta.key)}"
    return f"claim {'/'.join(report.claim.meta.key)}"


def _of_device(world: World, name: str) -> Answer:
    report = explain_device(world, name)
    said = str(device_document([report]))
    return Answer([], said, "", "\n".join(report.notes), said, [])

"""The release to come: known, the next one, and served versions of the API."""

from collections.abc import Iterator, Sequence
from shlex import quote
from typing import Final, NamedTuple

from dractl.api.lifecycle import LIVES, best_in, life_in
from dractl.api.versions import GROUP
from dractl.diagnose.words import listed
from dractl.doctor.answer import Finding, Skipped
from dractl.doctor.upgrade.question import ReleaseQuestion, subject_of
from dractl.doctor.upgrade.registry import RELEASES, Stage
from dractl.model.cluster import NEWEST, KubernetesVersion
from dractl.rules.registry import Severity
from dractl.rules.subject import entries, mapping, text

_FEW: Final = 4
_MOST: Final = 9
_BY: Final = "written by "
_ASKED: Final = "apiserver_requested_deprecated_apis"


class _Written(NamedTuple):
    """An object, in which version it was written, and by whom or where."""

    kind: str
    version: str
    subject: str
    where: str

    @property
    def is_stored(self) -> bool:
        """Whether a cluster has it, and not a file."""
        return self.where.startswith(_BY)


@RELEASES.point("target-not-newer", Severity.ERROR, Stage.PLAN, stops=True)
def target_is_newer(question: ReleaseQuestion) -> Iterator[Finding | Skipped]:
    """The target is not newer than the cluster.

    A Kubernetes control plane is never taken back to an older minor release: what the
    newer one has stored, the older one may not be able to read.
    """
    if question.target < question.current:
        yield Finding(
            "target-not-newer",
            Severity.ERROR,
            f"the cluster is Kubernetes {question.current}, and {question.target} is "
            "older",
            fix="stay, or restore etcd from before the upgrade",
        )
    elif question.is_there:
        yield Finding(
            "target-not-newer",
            Severity.INFO,
            f"the cluster is Kubernetes {question.current} already",
        )


@RELEASES.point("several-releases", Severity.INFO, Stage.PLAN)
def target_is_the_next(question: ReleaseQuestion) -> Iterator[Finding | Skipped]:
    """The target is more than one minor release away.

    The control plane is upgraded one minor release at a time. What is found here says
    in which of these releases it begins.
    """
    if len(question.way) > 1:
        yield Finding(
            "several-releases",
            Severity.INFO,
            f"go by {listed(map(str, question.way), _MOST)}, one after the other",
            fix="ask again before each of these steps",
        )


@RELEASES.point("target-unknown", Severity.WARNING, Stage.PLAN)
def target_is_known(question: ReleaseQuestion) -> Iterator[Finding | Skipped]:
    """The target is newer than the releases that dractl knows.

    Gates and rules are then those of the newest release that it knows. Of 1.38 some
    plans are known, from its alpha versions: see planned-change.
    """
    if question.target > NEWEST:
        yield Finding(
            "target-unknown",
            Severity.WARNING,
            f"dractl knows Kubernetes up to {NEWEST}; of {question.target} it knows "
            "plans at most",
            fix="look for a newer dractl once the release is out",
        )


@RELEASES.point("version-gone", Severity.ERROR, Stage.OBJECTS)
def versions_are_served(question: ReleaseQuestion) -> Iterator[Finding | Skipped]:
    """Something is written in a version of the API that a release on the way lacks.

    Manifests given with -f are no longer accepted. Of what is stored,
    metadata.managedFields tells which program wrote it in which version: that program
    stops to work. Dates are those of the API's lifecycle code: v1alpha3 of claims,
    classes and slices went with 1.34, v1beta1 goes with 1.38 and v1beta2 with 1.39;
    v1alpha3 of DeviceTaintRules goes with 1.39, v1beta2 with 1.42.
    """
    found: dict[tuple[str, str, str, KubernetesVersion], list[str]] = {}
    written = [*_written(question)]
    if question.documents and not any(each.is_stored for each in written):
        yield Skipped(
            "version-gone",
            "the source does not tell in which versions objects were written",
        )
    for each in written:
        life = LIVES.get(each.kind, {}).get(each.version)
        if life is not None and life.removed and life.removed <= question.target:
            key = (each.kind, each.version, each.where, life.removed)
            found.setdefault(key, []).append(each.subject)
    for (kind, version, where, gone), subjects in found.items():
        by_hand = not where.startswith(_BY)
        best = best_in(kind, question.target)
        command = f"dractl convert {quote(where)} --to {best} --in-place"
        yield Finding(
            "version-gone",
            Severity.ERROR,
            f"{GROUP}/{version} of {kind} is not served from {gone} on"
            f"{_others(subjects)}",
            subjects[0],
            where,
            f"write {GROUP}/{best}"
            if by_hand
            else f"bring that program to {GROUP}/{best}, and let it write again",
            (command,) if by_hand else (),
            {"version": version, "removedIn": str(gone), "objects": subjects},
        )


@RELEASES.point("version-off", Severity.WARNING, Stage.OBJECTS)
def versions_are_on(question: ReleaseQuestion) -> Iterator[Finding | Skipped]:
    """A manifest is in a version that the target serves only if it is told to.

    Alpha and beta versions of resource.k8s.io are off by default: a stock cluster from
    1.34 on serves v1 alone (--runtime-config turns others on).
    """
    found: dict[tuple[str, str, str], list[str]] = {}
    for each in _written(question):
        life = life_in(each.kind, each.version, question.target)
        if life is not None and not life.is_on and not each.is_stored:
            key = (each.kind, each.version, each.where)
            found.setdefault(key, []).append(each.subject)
    for (kind, version, where), subjects in found.items():
        best = best_in(kind, question.target)
        if best != version:
            yield Finding(
                "version-off",
                Severity.WARNING,
                f"{GROUP}/{version} of {kind} is off by default in {question.target}"
                f"{_others(subjects)}",
                subjects[0],
                where,
                f"write {GROUP}/{best}",
                (f"dractl convert {quote(where)} --to {best} --in-place",),
                {"version": version, "objects": subjects},
            )


@RELEASES.point("served-version-gone", Severity.WARNING, Stage.CONTROL_PLANE)
def clients_find_them(question: ReleaseQuestion) -> Iterator[Finding | Skipped]:
    """A version is served now and not by the target: clients may still ask for it.

    Metrics of the API server tell who asks for deprecated versions. Drivers have to
    pick a version that is served: v1 from 1.34 on.
    """
    served = question.snapshot.info.served
    if served is None:
        yield Skipped("served-version-gone", "which versions are served is not known")
        return
    for version in sorted(served):
        lives = [lives[version] for lives in LIVES.values() if version in lives]
        if lives and all(
            each.removed is not None and each.removed <= question.target
            for each in lives
        ):
            yield Finding(
                "served-version-gone",
                Severity.WARNING,
                f"{GROUP}/{version} is served now, and {question.target} does not have "
                "it",
                fix="see that no client asks for it, and take it out of "
                "--runtime-config",
                commands=(f"kubectl get --raw /metrics | grep {_ASKED}",),
                evidence={"version": version},
            )


def _others(subjects: Sequence[str]) -> str:
    """Return which objects there are beside the first, which a finding is about."""
    return f"; also {listed(subjects[1:], _FEW)}" if subjects[1:] else ""


def _written(question: ReleaseQuestion) -> Iterator[_Written]:
    for each in question.manifests:
        group, _, version = text(each.value, "apiVersion").rpartition("/")
        if group == GROUP:
            yield _Written(
                text(each.value, "kind"), version, subject_of(each.value), each.where
            )
    for each in question.documents:
        if not text(each.value, "apiVersion").startswith(f"{GROUP}/"):
            continue
        seen = set()
        for entry in entries(mapping(each.value, "metadata"), "managedFields"):
            group, _, version = text(entry, "apiVersion").rpartition("/")
            who = text(entry, "manager") or "a manager without a name"
            if group == GROUP and (who, version) not in seen:
                seen.add((who, version))
                kind = text(each.value, "kind")
                where = f"{_BY}{who}"
                yield _Written(kind, version, subject_of(each.value), where)

"""Which versions of the API a release serves, and for how long."""

from collections.abc import Iterator
from typing import Final

from dractl.api.lifecycle import LIVES, Life, life_in, versions_in
from dractl.api.versions import GROUP
from dractl.rules.advice import advice
from dractl.rules.path import Path
from dractl.rules.registry import Severity, Violation
from dractl.rules.subject import Subject, entries, mapping, text
from dractl.rules.world import World

_WHERE: Final = Path.of("apiVersion")


def _life(subject: Subject) -> Life | None:
    """Return the life of a version that the release serves; None: it does not."""
    if subject.group != GROUP:
        return None
    return life_in(subject.kind, subject.version, subject.profile.version)


def _best(subject: Subject) -> str | None:
    """Return the best version that the release serves, unless it is this one."""
    served = versions_in(subject.kind, subject.profile.version)
    return served[0] if served and served[0] != subject.version else None


def _has_default(subject: Subject) -> bool:
    """Tell whether the release serves some version of the kind without a flag."""
    best = _best(subject)
    return best is not None and LIVES[subject.kind][best].is_on


def _rewrite(subject: Subject) -> str | None:
    best = _best(subject)
    return None if best is None else f"convert it to {GROUP}/{best}"


@advice("version-off-by-default")
def version_is_off(subject: Subject, _world: World) -> Iterator[Violation]:
    """A version that the API server serves only where it was switched on.

    Clusters serve the beta and alpha versions of resource.k8s.io only with
    `--runtime-config=resource.k8s.io/VERSION=true`, and before 1.34 the whole group
    only with the feature gate DynamicResourceAllocation. Elsewhere kubectl says that
    there is no such kind. Write the version that the release serves by default.
    """
    life = _life(subject)
    if life is None or life.is_on:
        return
    release = subject.profile.version
    yield Violation(
        "version-off-by-default",
        _WHERE,
        f"Kubernetes {release} serves {subject.version} of {subject.kind} only where "
        f"--runtime-config={GROUP}/{subject.version}=true is set",
        fix=_rewrite(subject) if _has_default(subject) else None,
    )


@advice("version-deprecated")
def version_is_deprecated(subject: Subject, _world: World) -> Iterator[Violation]:
    """A version that will go away.

    The release still knows it, and says when it stops to. Objects in the cluster are
    converted by the server; manifests have to be rewritten before that release.
    """
    life = _life(subject)
    if life is None or life.deprecated is None:
        return
    if subject.profile.version >= life.deprecated:
        yield Violation(
            "version-deprecated",
            _WHERE,
            f"{subject.version} of {subject.kind} is deprecated since "
            f"{life.deprecated} and gone in {life.removed}",
            fix=_rewrite(subject),
        )


@advice("written-in-old-version", Severity.INFO)
def manager_writes_an_old_version(
    subject: Subject, _world: World
) -> Iterator[Violation]:
    """An object of a cluster that somebody wrote in an older version of the API.

    `metadata.managedFields`, which `kubectl get --show-managed-fields` shows, tells who
    wrote an object last, and in which version. That is compared with the version that
    the object is shown in, and with what the release serves by default. When the old
    version is no longer served, that program or manifest stops to work. Bring the
    program up to date, or rewrite its manifest with `dractl convert` and apply it. In
    which version etcd stores the object cannot be seen through the API; each write
    stores it in the version that the API server prefers at that time.
    """
    lives = LIVES.get(subject.kind, {}) if subject.group == GROUP else {}
    if subject.version not in lives:
        return
    order, newest = list(lives), _expected(subject)
    seen: set[tuple[str, str]] = set()
    fields = entries(mapping(subject.wire, "metadata"), "managedFields")
    for place, entry in enumerate(fields):
        group, _, version = text(entry, "apiVersion").rpartition("/")
        who = text(entry, "manager") or "a manager without a name"
        if group != GROUP or version not in lives or (who, version) in seen:
            continue
        seen.add((who, version))
        if order.index(version) > order.index(newest):
            where = Path.of("metadata", "managedFields").index(place)
            yield Violation(
                "written-in-old-version",
                where.field("apiVersion"),
                f"{who} wrote this in {version}, which is older than {newest}",
                fix=f"update {who} or its manifest to {GROUP}/{newest} (dractl convert "
                f"--to {newest}), and apply it again",
            )


def _expected(subject: Subject) -> str:
    """Return the newest version that is served by default, or the object's own."""
    lives = LIVES[subject.kind]
    served = versions_in(subject.kind, subject.profile.version)
    on = [name for name in served if lives[name].is_on]
    return min([subject.version, *on], key=list(lives).index)

"""What `dractl doctor` does: from its options to findings and the exit status."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Final, NamedTuple

from dractl.api.snapshot import Snapshot
from dractl.cli import examinations, manuals, measuring
from dractl.cli.clock import NEVER, moment_for
from dractl.cli.examinations import Suite
from dractl.cli.given import read_given
from dractl.cli.manuals import codes
from dractl.cli.options import check_stdin, usage
from dractl.cli.reading import Wish, read_cluster, warn_of
from dractl.cli.source import Source
from dractl.cli.terminal import Terminal
from dractl.doctor.answer import Examination
from dractl.doctor.case import Case, Given
from dractl.doctor.configuration import is_looked_at, release_of
from dractl.doctor.document import document
from dractl.doctor.measuring import Measured
from dractl.doctor.run import examine, table
from dractl.errors import DractlError, ExitStatus
from dractl.rules.registry import Severity
from dractl.sources.embedded import texts

_NO_CLUSTER: Final = "no-cluster"
_NOUN: Final = "check"
_LIMITS: Final = {**{str(each): each for each in Severity}, "never": None}


class Order(NamedTuple):
    """Which checks to make, and the files of configuration to look at as well.

    `asks_components`: also for the metrics of components of a live cluster.
    """

    files: Sequence[str]
    only: Sequence[str]
    skip: Sequence[str]
    asks_components: bool = False


def ordered(
    files: Sequence[str],
    only: Sequence[str],
    skip: Sequence[str],
    *,
    asks_components: bool = False,
) -> Order:
    """Return what is asked for; raise DractlError for codes that make no sense."""
    wanted = codes("--only", only, table(), _NOUN)
    unwanted = codes("--skip", skip, table(), _NOUN)
    if wanted and set(wanted) <= set(unwanted):
        raise usage("--skip leaves none of the checks that --only names")
    return Order(files, wanted, unwanted, asks_components)


def explained(code: str, columns: int | None = None) -> str:
    """Return the manual of a check, or the list of all; raise DractlError."""
    return manuals.explained(code, table(), _NOUN, columns=columns)


def examined(order: Order, source: Source, screen: Terminal) -> Examination:
    """Read the cluster and the files, and return what the checks say."""
    if order.asks_components:
        measuring.check_source(source)
    check_stdin(*order.files, source.snapshot)
    found = read_given(order.files, screen)
    given = tuple(part for each in found.given for part in _parts(each))
    measured = Measured(found.metrics)
    wish = Wish("doctor", all_namespaces=True, fresh=True)
    is_of_files = False
    try:
        cluster = read_cluster(source, wish, screen)
    except DractlError as error:
        is_named = source.names_live or order.asks_components
        if not found.is_there or is_named or error.code != _NO_CLUSTER:
            raise
        case, is_of_files = _without_cluster(given, measured, source, screen), True
    else:
        if order.asks_components:
            measured = measuring.with_live(found.metrics, cluster, screen)
        case = Case(cluster.snapshot, moment_for(cluster, screen), given, measured)
    warn_of(case.snapshot, screen)
    answer = examine(case, order.only, order.skip)
    return dataclasses.replace(
        answer, is_of_files=is_of_files, problems=(*found.problems, *answer.problems)
    )


def _without_cluster(
    given: tuple[Given, ...], measured: Measured, source: Source, screen: Terminal
) -> Case:
    """Return the files alone, for the release that an option or a file names.

    Raises DractlError where nothing in them is for checks.
    """
    if not measured.metrics and not any(map(is_looked_at, given)):
        raise DractlError(
            "nothing-to-check",
            "no cluster is named, and the files hold no configuration, metrics or role",
            hint="name a cluster: --snapshot, --context, --demo; or check manifests "
            "with dractl validate",
        )
    snapshot = Snapshot.from_documents(
        (),
        kubernetes=source.kubernetes or release_of(given, measured.metrics),
        feature_gates=source.gates,
    )
    release = snapshot.profile.version
    screen.note(f"no cluster is named: the files are judged for Kubernetes {release}")
    return Case(snapshot, NEVER, given, measured)


def shown(
    answer: Examination,
    output_format: str,
    fail_on: str,
    screen: Terminal,
    *,
    is_chosen: bool,
) -> str:
    """Return the answer in a format.

    A table tells what is only to know where it matters: for the exit status, or since
    the checks were chosen.
    """
    whole = output_format == "wide"
    tells_all = whole or screen.verbose or is_chosen or fail_on == Severity.INFO
    least = Severity.INFO if tells_all else Severity.WARNING
    return examinations.shown(
        answer,
        output_format,
        partial(document, answer),
        partial(examinations.text, answer, screen, whole=whole, least=least),
        Suite(_LIMITS[fail_on]),
    )


def status(answer: Examination, fail_on: str) -> ExitStatus:
    """Return the exit status; that of what could not be read all of is no success."""
    limit = _LIMITS[fail_on]
    if limit is not None and answer.reaches(limit):
        return ExitStatus.NO
    return ExitStatus.ENVIRONMENT if answer.is_partial else ExitStatus.YES


def _parts(given: Given) -> Iterator[Given]:
    """Yield what a ConfigMap of kubeadm holds, or the document itself."""
    inner = texts(given.value) if given.value.get("kind") == "ConfigMap" else {}
    for key, value in inner.items():
        if isinstance(value, Mapping):
            yield Given(f"{given.where} {key}", value)
    if not inner:
        yield given

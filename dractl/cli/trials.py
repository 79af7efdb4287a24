"""Expressions that are tried: what was asked, the answer, and the exit status."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from dractl.api.snapshot import Snapshot
from dractl.catalogue.expectation import Difference, Expectation, difference
from dractl.catalogue.index import Catalogue
from dractl.catalogue.published import published
from dractl.catalogue.trial import Trial, attempt
from dractl.cel.selector import environment_of
from dractl.cli import caseresults, output, verdicts
from dractl.cli.expression import Case, expected_devices, read_cases, read_expression
from dractl.cli.narrowing import Scope, narrowed
from dractl.cli.options import check_stdin, usage
from dractl.cli.terminal import Terminal
from dractl.cli.text import counted
from dractl.errors import ExitStatus


@dataclass(frozen=True)
class Tried:
    """A case with its answer."""

    case: Case
    scope: Scope
    trial: Trial

    @cached_property
    def difference(self) -> Difference | None:
        """How the selection differs from what was expected; None: nothing was."""
        if self.case.expected == Expectation():
            return None
        return difference(self.case.expected, self.trial.selected)

    @property
    def is_good(self) -> bool:
        """Whether it selects what was expected, or anything if nothing was."""
        if self.trial.error is not None or self.trial.refusal:
            return False
        if self.difference is None:
            return bool(self.trial.selected)
        return self.difference.is_empty


def asked(  # noqa: PLR0913 - what options say, one by one
    expression: str | None,
    *,
    expect: Sequence[str],
    expect_file: str | None,
    snapshot: str | None,
    device_class: str | None,
    driver: str | None,
    node: str | None,
) -> Case:
    """Return what the options ask for; with a file of cases, what those lack.

    Raises DractlError for options that contradict each other, and for a file that
    cannot be read.
    """
    if expression is None and expect_file is None:
        raise usage(
            "there is no expression to try",
            hint="give EXPR, @FILE or -, or --expect-file with cases",
        )
    if expect and expect_file is not None:
        raise usage("--expect and --expect-file exclude each other")
    check_stdin(expression, expect_file, snapshot)
    return Case(
        "",
        "" if expression is None else read_expression(expression),
        expected_devices(expect),
        device_class,
        driver,
        node,
    )


def try_one(
    case: Case, cluster: Snapshot, form: output.AnswerFormat, screen: Terminal
) -> ExitStatus:
    """Try one expression and print the whole answer."""
    tried = _tried(case, cluster, _everything(cluster))
    trial = tried.trial
    if form == "name":
        screen.write(verdicts.names(trial))
    elif form == "table":
        scope = tried.scope.described
        screen.write(verdicts.table(trial, tried.difference, scope, screen))
    elif form == "wide":
        screen.write(verdicts.wide(trial, tried.scope.entries, screen))
    else:
        data = verdicts.document(trial, tried.difference, cluster.problems)
        screen.write(output.as_data(data, form))
    _summarize(tried, form, screen, cluster)
    return _status(cluster, is_good=tried.is_good)


def try_cases(
    path: str,
    default: Case,
    cluster: Snapshot,
    form: output.AnswerFormat,
    screen: Terminal,
) -> ExitStatus:
    """Try the cases of a file and print which of them do what they should."""
    catalogue = _everything(cluster)
    found = [
        caseresults.Result(case.name, tried.trial, tried.difference, tried.is_good)
        for case in read_cases(path, default)
        for tried in [_tried(case, cluster, catalogue)]
    ]
    screen.write(caseresults.rendered(found, cluster.problems, form, screen))
    failed = sum(not each.is_good for each in found)
    release = f"judged as Kubernetes {cluster.profile.version}"
    screen.note(f"{counted(len(found), 'case')}, {failed} failed ({release})")
    return _status(cluster, is_good=not failed)


def _tried(case: Case, cluster: Snapshot, catalogue: Catalogue) -> Tried:
    scope = narrowed(
        cluster, device_class=case.device_class, driver=case.driver, node=case.node
    )
    environment = environment_of(cluster.profile)
    trial = attempt(case.expression, environment, scope.devices, catalogue, scope.parts)
    return Tried(case, scope, trial)


def _everything(cluster: Snapshot) -> Catalogue:
    return Catalogue.of(entry.device for entry in published(cluster.slices))


def _status(cluster: Snapshot, *, is_good: bool) -> ExitStatus:
    if not is_good:
        return ExitStatus.NO
    # Something was left out, so the answer is not about all devices.
    return ExitStatus.ENVIRONMENT if cluster.problems else ExitStatus.YES


def _summarize(
    tried: Tried, form: output.AnswerFormat, screen: Terminal, cluster: Snapshot
) -> None:
    trial, release = tried.trial, f"(judged as Kubernetes {cluster.profile.version})"
    if trial.error is not None:
        if form == "name":
            first = trial.error.issues[0]
            screen.warn(f"{verdicts.place_of(first)}{first.message}")
        screen.note(f"does not compile {release}")
        return
    if trial.refusal:
        screen.warn(f"the API server refuses the expression: {trial.refusal}")
    if trial.failing:
        number = counted(trial.failing, "device")
        screen.warn(f"scheduling would stop with an error at {number}")
    total = f"{counted(len(trial.devices), 'device')}{tried.scope.described}"
    screen.note(f"selects {len(trial.selected)} of {total} {release}")

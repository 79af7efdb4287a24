"""What the chart of a driver sets: its feature gates and its webhook."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from dractl.api.versions import GROUP
from dractl.diagnose.plugins import runs
from dractl.doctor.answer import Finding, Skipped
from dractl.doctor.upgrade.daemons import daemons
from dractl.doctor.upgrade.question import DriverQuestion, subject_of
from dractl.doctor.upgrade.registry import DRIVERS, Stage
from dractl.doctor.upgrade.selection import reading
from dractl.rules.registry import Severity
from dractl.rules.subject import entries, mapping, text

WEBHOOK: Final = "ValidatingWebhookConfiguration"
_ON: Final = "true"


@DRIVERS.point("driver-gates", Severity.ERROR, Stage.CHART)
def gates_go_together(question: DriverQuestion) -> Iterator[Finding | Skipped]:
    """Feature gates of the driver are on that exclude each other.

    They are not those of Kubernetes: the chart has them as featureGates, and hands them
    to the containers as a variable. The driver does not start with DynamicMIG beside
    PassthroughSupport, NVMLDeviceHealthCheck or MPSSupport, nor with PassthroughSupport
    beside NVMLDeviceHealthCheck; its documents exclude MPSSupport beside the latter.
    The chart of the target is looked at where -f gives it as rendered.
    """
    variable = question.history.gates
    for where, gates in _gates(question):
        if variable and gates is None:
            yield Skipped("driver-gates", f"the source has no value of {variable}")
        for pair in question.history.excludes:
            if gates and gates.issuperset(pair):
                yield Finding(
                    "driver-gates",
                    Severity.ERROR,
                    f"{' and '.join(pair)} are on, and exclude each other",
                    where,
                    fix=f"switch one of them off in the chart's featureGates, before "
                    f"{question.target or 'the new version'} starts",
                    evidence={"gates": list(pair)},
                )


@DRIVERS.point("attribute-listed", Severity.WARNING, Stage.OBJECTS)
def attributes_keep_their_types(
    question: DriverQuestion,
) -> Iterator[Finding | Skipped]:
    """An expression reads an attribute that a gate of the driver turns into a list.

    A comparison of a list with one value does not match. `includes` works for both; the
    API server accepts it where Kubernetes has its own gate DRAListTypeAttributes on.
    """
    on = frozenset().union(*(gates or () for _, gates in _gates(question)))
    for release in question.releases:
        for gate in sorted(on & release.lists.keys()):
            for subject, where in reading(question, release.lists[gate]):
                yield Finding(
                    "attribute-listed",
                    Severity.WARNING,
                    f"it reads {release.lists[gate]}, which is a list with the "
                    f"driver's gate {gate}",
                    subject,
                    where,
                    f"write it with includes(), or leave {gate} off",
                    evidence={"attributes": [release.lists[gate]], "gates": [gate]},
                )


@DRIVERS.point("webhook-fails", Severity.WARNING, Stage.PLAN)
def webhook_lets_pass(question: DriverQuestion) -> Iterator[Finding | Skipped]:
    """A webhook of the driver refuses claims while its pods are replaced.

    With failurePolicy Fail, which is the default, the API server refuses claims and
    templates of the whole cluster till a pod of the webhook is ready again: if the new
    version does not start, nobody can make a pod with devices.
    """
    documents = [(each.value, "") for each in question.documents]
    documents += [(each.value, each.where) for each in question.manifests]
    found = [each for each in documents if each[0].get("kind") == WEBHOOK]
    if question.history.hooks and not found:
        yield Skipped("webhook-fails", f"the source has no {WEBHOOK}")
    spaces = {each.namespace for each in question.daemons}
    for document, where in found:
        for hook in entries(document, "webhooks"):
            service = mapping(hook, "clientConfig", "service")
            key = (text(service, "namespace"), text(service, "name"))
            is_own = key[0] in spaces or runs(key, question.driver)
            is_strict = text(hook, "failurePolicy") != "Ignore"
            if is_own and is_strict and _concerns_claims(hook):
                yield Finding(
                    "webhook-fails",
                    Severity.WARNING,
                    f"its failurePolicy is Fail, and {'/'.join(key)} answers it",
                    subject_of(document),
                    where,
                    "set it to Ignore for the upgrade (webhook.failurePolicy in "
                    "NVIDIA's chart), and see that its pods are ready before the "
                    "nodes follow",
                )


def _gates(question: DriverQuestion) -> Iterator[tuple[str, frozenset[str] | None]]:
    """Yield a DaemonSet with the gates that it sets to true; None: not known."""
    name = question.history.gates
    if not name:
        return
    given = daemons(question.manifests, question.history.beside or question.driver)
    for each in (*question.daemons, *given):
        value = each.variables.get(name)
        pairs = (pair.partition("=") for pair in (value or "").split(","))
        on = {gate.strip() for gate, _, state in pairs if state.strip() == _ON}
        yield str(each), frozenset(on) if value or value is None else None


def _concerns_claims(hook: Mapping[str, Any]) -> bool:
    groups = [mapping(each).get("apiGroups") for each in entries(hook, "rules")]
    return any(
        name in each
        for each in groups
        if isinstance(each, list)
        for name in (GROUP, "*")
    )

"""What to look at next: commands that only read, by the code of a cause."""

import shlex
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from dractl.diagnose.answer import Cause
from dractl.diagnose.blaming import option_named
from dractl.model.claims import Option

if TYPE_CHECKING:
    from dractl.diagnose.case import Case

Lines = Iterator[tuple[str, ...]]
_MOST: Final = 3


def commands(case: "Case", cause: Cause) -> tuple[str, ...]:
    """Return commands to type next; names in them are quoted for a shell."""
    ask = _COMMANDS.get(cause.code)
    if ask is None:
        return ()
    found = [shlex.join(words) for words in ask(case, cause)]
    return tuple(dict.fromkeys(found))[:_MOST]


def _listed(kind: str) -> Callable[["Case", Cause], Lines]:
    def ask(case: "Case", _: Cause) -> Lines:
        yield "kubectl", "get", kind, "-n", case.namespace

    return ask


def _classes(_case: "Case", _: Cause) -> Lines:
    yield "kubectl", "get", "deviceclasses"


def _claim(case: "Case", cause: Cause) -> Lines:
    if cause.claim:
        yield (
            "kubectl", "get", "resourceclaim", cause.claim, "-n", case.namespace,
            "-o", "yaml",
        )  # fmt: skip


def _pod(case: "Case", _: Cause) -> Lines:
    if case.pod is not None:
        yield "kubectl", "describe", "pod", case.pod.meta.name, "-n", case.namespace


def _on_node(case: "Case", cause: Cause) -> Lines:
    yield from _pod(case, cause)
    for node in cause.nodes[:1]:
        where = f"spec.nodeName={node}"
        yield "kubectl", "get", "pods", "-A", "-o", "wide", "--field-selector", where


def _quotas(case: "Case", _: Cause) -> Lines:
    yield "kubectl", "describe", "resourcequota", "-n", case.namespace


def _namespace(case: "Case", _: Cause) -> Lines:
    yield "kubectl", "get", "namespace", case.namespace, "--show-labels"


def _nodes(_case: "Case", cause: Cause) -> Lines:
    for node in cause.nodes[:1]:
        yield "kubectl", "describe", "node", node


def _slices(_case: "Case", cause: Cause) -> Lines:
    drivers = cause.evidence.get("drivers")
    pools = cause.evidence.get("pools")
    names = list(drivers) if isinstance(drivers, list) else []
    if isinstance(pools, list):
        names += [str(each["pool"]).partition("/")[0] for each in pools]
    for name in dict.fromkeys(names):
        only = f"spec.driver={name}"
        yield "kubectl", "get", "resourceslices", "--field-selector", only
    if not names:
        yield "kubectl", "get", "resourceslices"


def _expression(case: "Case", cause: Cause) -> Lines:
    option = _option(case, cause)
    text = cause.evidence.get("expression") or cause.evidence.get("clause")
    if option is None or not isinstance(text, str):
        return
    yield "dractl", "cel", text, "--class", option.device_class
    yield "dractl", "attributes", "--class", option.device_class


def _option(case: "Case", cause: Cause) -> Option | None:
    claims = [each for each in case.subject.claims if each.meta.name == cause.claim]
    return option_named(claims[0], cause.request or "") if claims else None


def _rules(_case: "Case", cause: Cause) -> Lines:
    taints = cause.evidence.get("taints")
    for taint in taints if isinstance(taints, list) else []:
        if taint["rule"]:
            yield "kubectl", "get", "devicetaintrule", taint["rule"], "-o", "yaml"
        for device in taint["devices"][:1]:
            yield "dractl", "explain", "device", device


def _held(_case: "Case", cause: Cause) -> Lines:
    held = cause.evidence.get("held")
    for each in held[:1] if isinstance(held, list) else []:
        yield "dractl", "explain", "device", each["device"]
        claim = each["claim"]
        yield "dractl", "explain", "claim", claim["name"], "-n", claim["namespace"]


_COMMANDS: Final[Mapping[str, Callable[["Case", Cause], Lines]]] = {
    "template-missing": _listed("resourceclaimtemplates"),
    "claim-missing": _listed("resourceclaims"),
    "class-missing": _classes,
    "claim-not-created": _pod,
    "claim-being-deleted": _claim,
    "admin-access-forbidden": _namespace,
    "quota-exceeded": _quotas,
    "scheduling-gated": _pod,
    "no-scheduler": _pod,
    "selector-error": _expression,
    "selector-no-match": _expression,
    "devices-tainted": _rules,
    "devices-in-use": _held,
    "counters-exhausted": _held,
    "no-devices-published": _slices,
    "pool-incomplete": _slices,
    "pool-invalid": _slices,
    "node-mismatch": _nodes,
    "claim-pinned-elsewhere": _claim,
    "binding-conditions-pending": _claim,
    "prepare-failed": _on_node,
    "device-unhealthy": _claim,
    "unknown": _pod,
}

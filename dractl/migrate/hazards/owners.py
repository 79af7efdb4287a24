"""Hazards of whom objects belong to: what is changed elsewhere would come back."""

from collections.abc import Iterator
from typing import Final

from dractl.api.tools import tool_of
from dractl.migrate.answer import UserPlan
from dractl.migrate.hazards.registry import Case, Said, of_user
from dractl.migrate.inputs import Route, Steps
from dractl.migrate.places import around, at
from dractl.rules.registry import Severity
from dractl.rules.subject import mapping, text

_BUILT_IN: Final = frozenset({"", "apps", "batch"})
_NODE: Final = "Node/"
_RAY: Final = "ray.io"
_NUMBER: Final = "num-gpus"
_PARTITIONS: Final = "nvidia.com/mig-"
_WHOLE_SPECS: Final = frozenset({
    "apps.kruise.io",
    "batch.volcano.sh",
    "grove.io",
    "jobset.x-k8s.io",
    "kubeflow.org",
    "leaderworkerset.x-k8s.io",
    "ray.io",
    "serving.kserve.io",
    "trainer.kubeflow.org",
    "workload.codeflare.dev",
})  # fmt: skip
"""API groups whose kinds embed whole specs of pods, and pass them on."""


@of_user("belongs-to-another", Severity.ERROR)
def belongs_to_another(_case: Case, each: UserPlan) -> Iterator[Said]:
    """A controller makes the object, and is not among what dractl looks at.

    Whatever is changed in the object, its controller changes back, or makes the next
    one as before. The change belongs into what it is made of.
    """
    owner = each.user.controller
    if owner and not owner.startswith(_NODE) and each.targets:
        yield Said(
            f"{owner[:80]} makes it, and would undo the change",
            f"give dractl {owner[:80]} too, or change it there",
            route=Route.CLAIMS,
        )


@of_user("owned-by-operator", Severity.INFO)
def owned_by_operator(_case: Case, each: UserPlan) -> Iterator[Said]:
    """An operator makes pods of it, and has to pass claims on.

    The kind embeds whole specs of pods. That includes `resourceClaims` only if its CRD
    is new enough: the API server drops fields that a CRD does not know, without a word.
    """
    if each.targets and each.user.input.group in _WHOLE_SPECS:
        yield Said(
            f"its CRD has to know {_field(each)}",
            _explained(each),
            route=Route.CLAIMS,
        )


@of_user("unknown-operator", Severity.WARNING)
def unknown_operator(_case: Case, each: UserPlan) -> Iterator[Said]:
    """It is not known whether a kind passes claims on to its pods.

    An operator makes pods of what looks like the spec of one. If its CRD lacks
    `resourceClaims` there, the API server drops the field without a word; and an
    operator may take only some fields over.
    """
    group, is_machine = each.user.input.group, each.user.is_machine
    if is_machine or not each.targets:
        return
    if group not in _BUILT_IN and group not in _WHOLE_SPECS:
        yield Said(
            f"it is not known whether {each.user.input.kind} passes claims on to its "
            "pods",
            f"see whether its CRD has the field: {_explained(each)}",
            route=Route.CLAIMS,
        )


@of_user("ray-num-gpus", Severity.WARNING)
def ray_num_gpus(_case: Case, each: UserPlan) -> Iterator[Said]:
    """KubeRay does not tell Ray of GPUs that come by claims.

    It starts Ray with as many GPUs as the limits of the first container say, by names
    that end in `gpu` or begin with `nvidia.com/mig-`, if `rayStartParams` does not say
    `num-gpus` itself. Its autoscaler goes by the same. Without that limit, Ray places
    no work on the GPUs of a group, and adds no workers for it.
    """
    user = each.user
    group = mapping(at(user.input.document, user.steps[:-2]))
    said = (mapping(group, "rayStartParams"), mapping(group, "resources"))
    if user.input.group != _RAY or any(_NUMBER in x or "GPU" in x for x in said):
        return
    for ask in user.asks:
        is_seen = ask.resource.endswith("gpu") or ask.resource.startswith(_PARTITIONS)
        is_first = ask.steps[-2:] == ("containers", 0)
        if is_seen and is_first and ask.resource in each.targets:
            yield Said(
                f"KubeRay tells Ray of GPUs by the limit of {ask.resource}, which goes",
                f'rayStartParams: {{{_NUMBER}: "{ask.amount}"}}',
                user.input.place(ask.steps),
                Route.CLAIMS,
            )


@of_user("managed-elsewhere", Severity.WARNING)
def managed_elsewhere(_case: Case, each: UserPlan) -> Iterator[Said]:
    """A tool makes the object from a source of its own.

    Its labels or annotations say so. What is changed in the object, or in what the tool
    has rendered, is gone with its next run. Change the chart or the repository.
    """
    metadata = each.user.input.metadata
    tool = tool_of(mapping(metadata, "labels"), mapping(metadata, "annotations"))
    if tool and each.targets:
        yield Said(
            f"{tool[:60]} makes it from a source of its own",
            "make the change there",
            route=Route.CLAIMS,
        )


def _explained(each: UserPlan) -> str:
    version = text(_kind(each)[1], "apiVersion")
    return f"kubectl explain --api-version={version} {_field(each)}"


def _field(each: UserPlan) -> str:
    """Return the name of the field for claims, as `kubectl explain` takes it."""
    outer, document = _kind(each)
    steps = each.user.steps[len(outer) :]
    names = [str(step) for step in steps if not isinstance(step, int)]
    return ".".join([text(document, "kind").lower(), *names, "resourceClaims"])


def _kind(each: UserPlan) -> tuple[Steps, object]:
    """Return the object whose kind has the pods: it can be in another, as a whole."""
    document = each.user.input.document
    inner = (
        (steps, value)
        for steps, value in around(document, each.user.steps)
        if text(value, "kind") and text(value, "apiVersion")
    )
    return next(inner, ((), document))

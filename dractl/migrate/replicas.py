"""How many pods a document wants of each spec in it."""

from collections.abc import Callable, Mapping
from typing import Final, TypeGuard

from dractl.migrate.inputs import Input, Steps
from dractl.migrate.places import around, at
from dractl.rules.subject import mapping, text

_COUNTS: Final = ("replicas", "parallelism", "size", "minReplicas", "instances")
_TIMES: Final = ("numOfHosts",)  # Ray: pods of each replica of a group
_MOST: Final = 10**6


def replicas(given: Input, steps: Steps) -> int | None:
    """Return how many pods are wanted at once of the spec at a place.

    None: one for each node that suits. Counts stand beside templates, and groups of
    groups multiply; where nothing is said, it is one.
    """
    if given.kind == "DaemonSet":
        return None
    special = _SPECIAL.get((given.group, given.kind))
    if special is not None:
        return special(given, steps)
    return _product(given, steps)


def stated(given: Input, steps: Steps) -> bool:
    """Tell whether the document says itself how many pods it wants."""
    return any(
        _count(value, _COUNTS) is not None
        for _, value in around(given.document, (*steps, ""))
    )


def _product(given: Input, steps: Steps) -> int:
    total = 1
    # The spec of a pod of KServe has its count in itself.
    for _, value in around(given.document, (*steps, "")):
        for keys in (_COUNTS, _TIMES):
            found = _count(value, keys)
            total *= 1 if found is None else found
        completions = _count(value, ("completions",))
        if completions is not None and _count(value, ("parallelism",)) is not None:
            total = min(total, completions)
    return min(total, _MOST)


def _count(value: object, keys: tuple[str, ...]) -> int | None:
    if not isinstance(value, Mapping):
        return None
    for key in keys:
        found = value.get(key)
        if _is_count(found):
            # With none at least, they come when somebody asks.
            return max(found, 1) if key == "minReplicas" else found
    return None


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _of_leaders(given: Input, steps: Steps) -> int:
    """Return the pods of a LeaderWorkerSet: groups of a leader and its workers."""
    groups = _count(mapping(given.document, "spec"), ("replicas",))
    inside = at(given.document, ("spec", "leaderWorkerTemplate"))
    size = _count(inside, ("size",))
    each = 1 if size is None else size
    if "leaderTemplate" in steps:
        each = 1
    elif mapping(inside, "leaderTemplate"):
        each = max(each - 1, 0)
    return min((1 if groups is None else groups) * each, _MOST)


def _of_predictors(given: Input, steps: Steps) -> int:
    """Return the pods of KServe's predictors: one leads, the workers do the rest."""
    total = _product(given, steps)
    stages = _count(at(given.document, steps), ("pipelineParallelSize",))
    is_led = steps[-1:] == ("workerSpec",) and stages is not None
    return min(total * max((stages or 0) - 1, 0), _MOST) if is_led else total


def _of_machines(given: Input, steps: Steps) -> int:
    spec = mapping(given.document, "spec")
    if spec.get("running") is False or text(spec, "runStrategy") == "Halted":
        return 0
    return _product(given, steps)


def _of_workflows(_given: Input, _steps: Steps) -> int:
    return 1  # their `parallelism` is a limit


_SPECIAL: Final[Mapping[tuple[str, str], Callable[[Input, Steps], int]]] = {
    ("leaderworkerset.x-k8s.io", "LeaderWorkerSet"): _of_leaders,
    ("kubevirt.io", "VirtualMachine"): _of_machines,
    ("serving.kserve.io", "InferenceService"): _of_predictors,
    ("argoproj.io", "Workflow"): _of_workflows,
    ("argoproj.io", "CronWorkflow"): _of_workflows,
    ("argoproj.io", "WorkflowTemplate"): _of_workflows,
    ("argoproj.io", "ClusterWorkflowTemplate"): _of_workflows,
}

"""Pods, plans for the users of a text, and what documents become by them."""

from collections.abc import Iterator, Mapping
from typing import Any

from dractl.api.snapshot import Snapshot
from dractl.migrate.answer import Meaning, Moved, Plan, Rewrite, User, UserPlan
from dractl.migrate.inputs import Input, Order, Route, Steps
from dractl.migrate.rewrite import rewritten
from dractl.migrate.targets import target
from dractl.migrate.users import users
from tests.migrate.builders import inputs, order, snapshot

PRODUCT = "nvidia.com/gpu.product"
GONE = "nvidia.com/gpu.present"
IS_A100 = (
    '"productName" in device.attributes["gpu.nvidia.com"] && '
    'device.attributes["gpu.nvidia.com"].productName == "NVIDIA A100"'
)
GPU = "nvidia.com/gpu"
EFA = "vpc.amazonaws.com/efa"
CHAT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: chat, namespace: inference}
spec:
  selector: {matchLabels: {app: chat}}
  template:
    metadata: {labels: {app: chat}}
    spec:
      nodeSelector: {nvidia.com/gpu.product: NVIDIA-A100, zone: b}
      containers:
      - name: main
        image: chat
        resources:
          limits: {nvidia.com/gpu: 2, cpu: 1}
          requests: {nvidia.com/gpu: 2}
      - {name: logs, image: logs}
      tolerations:
      - {key: nvidia.com/gpu, operator: Exists}
"""
_NOTHING: Mapping[str, Meaning] = {}


def plan(
    found: tuple[Input, ...],
    wishes: Order,
    meanings: Mapping[str, Meaning] = _NOTHING,
    route: Route = Route.CLAIMS,
) -> Plan:
    """Return a plan by which all users go a route, and their labels with them."""
    return Plan(
        wishes, tuple(_planned(each, wishes, meanings, route) for each in users(found))
    )


def rewrite(
    text: str,
    meanings: Mapping[str, Meaning] = _NOTHING,
    *,
    cluster: Snapshot | None = None,
    route: Route = Route.CLAIMS,
    **wishes: Any,
) -> Rewrite:
    """Return what the documents of a text become."""
    found, wished = inputs(text), order(**wishes)
    made = plan(found, wished, meanings, route)
    return rewritten(made, cluster or snapshot(""), found)


def applied(text: str, made: Rewrite) -> list[Any]:
    """Return the documents of a text after a rewriting, as they stand in files."""
    after: list[Any] = []
    for each in inputs(text):
        if each.number not in made.removed:
            after.append(made.documents.get(each.number, each.document))
        after += made.added.get(each.number, ())
    return [*after, *made.shared]


def _planned(
    user: User, wishes: Order, meanings: Mapping[str, Meaning], route: Route
) -> UserPlan:
    meant = {
        each: meanings.get(each, Meaning("device", is_assumed=True))
        for each in user.resources
    }
    found = {each: target(each, meaning, wishes) for each, meaning in meant.items()}
    served = {name: each for name, each in found.items() if each is not None}
    return UserPlan(user, meant, served, route, tuple(_moved(user)))


def _moved(user: User) -> Iterator[Moved]:
    """Yield the requirements on two labels: one is of devices, one means nothing."""
    for steps, label, operator, values in _requirements(user.spec, user.steps):
        if label == PRODUCT:
            said = IS_A100 if operator == "In" else f"!({IS_A100})"
            yield Moved(steps, label, operator, values, user.resources[0], said)
        elif label == GONE:
            yield Moved(steps, label, operator, values)


def _requirements(
    value: object, steps: Steps
) -> Iterator[tuple[Steps, str, str, tuple[str, ...]]]:
    if isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _requirements(inner, (*steps, index))
    elif isinstance(value, Mapping):
        if "key" in value and "operator" in value:
            values = tuple(value.get("values", ()))
            yield steps, value["key"], value["operator"], values
        for key, inner in value.items():
            if key == "nodeSelector" and isinstance(inner, Mapping):
                for label, said in inner.items():
                    yield (*steps, key, label), label, "In", (said,)
            elif key in {"nodeSelector", "affinity"} or steps[-1:] != ("spec",):
                yield from _requirements(inner, (*steps, key))


def pods(*containers: str, init: str = "", kind: str = "Pod", rest: str = "") -> str:
    """Return a pod with containers, `NAME RESOURCE=AMOUNT...` each."""
    listed = "".join(map(_container, containers))
    inits = "".join(map(_container, filter(None, init.split(";"))))
    return (
        f"apiVersion: v1\nkind: {kind}\nmetadata: {{name: it, namespace: ns}}\n"
        f"spec:\n{rest}"
        + (f"  initContainers:\n{inits}" if inits else "")
        + f"  containers:\n{listed}"
    )


def _container(words: str) -> str:
    name, *amounts = words.split()
    always = name.endswith("+")
    limits = ", ".join(each.replace("=", ": ") for each in amounts)
    return (
        f"  - name: {name.rstrip('+')}\n    image: x\n"
        + ("    restartPolicy: Always\n" if always else "")
        + (f"    resources: {{limits: {{{limits}}}}}\n" if limits else "")
    )


def template(made: Rewrite, number: int = 0) -> Any:
    """Return the only template that is new after a document."""
    (found,) = made.added[number]
    return found


def counts(made: Rewrite) -> dict[str, int]:
    """Return how many devices the requests of the first document's template want."""
    listed = template(made)["spec"]["spec"]["devices"]["requests"]
    return {each["name"]: each["exactly"]["count"] for each in listed}

"""Which nodes pods can be on, by what they say of labels and taints."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, product
from typing import Any, Final

from dractl.api.decode_workloads import pod_spec
from dractl.api.problems import MalformedField
from dractl.migrate.inputs import Wire
from dractl.model.claims import ObjectMeta
from dractl.model.workloads import Node, Pod
from dractl.solver.nodefit import is_selected, repelling

_FIELDS: Final = ("nodeName", "nodeSelector", "affinity", "tolerations")
_MOST_CASES: Final = 32
_PASSING: Final = "node.kubernetes.io/"


@dataclass(frozen=True, slots=True)
class Place:
    """Where pods can be. `key` tells it from others, "" for anywhere."""

    key: str = ""
    pod: Pod | None = field(default=None, compare=False)

    def has(self, node: Node, resources: frozenset[str] = frozenset()) -> bool:
        """Tell whether a pod can be on a node, by its selectors and tolerations.

        Taints of what passes (cordoned, not ready) do not count, nor do those with the
        names of `resources`: pods that ask for these get the toleration where the
        plugin ExtendedResourceToleration is on.
        """
        if self.pod is None:
            return True
        if self.pod.node_name:
            return self.pod.node_name == node.name
        if not is_selected(self.pod, node):
            return False
        return all(
            each.key in resources or each.key.startswith(_PASSING)
            for each in repelling(self.pod, node)
        )

    def near(self, among: "Nodes") -> Sequence[Node]:
        """Return the nodes among which are all that it has: many have few by a label.

        It saves trying each pod on each node of a large cluster.
        """
        wanted = self.pod.node_selector if self.pod is not None else {}
        found = (among.by_label.get(pair, ()) for pair in wanted.items())
        return min(found, key=len, default=among.listed)

    def labels(self) -> Iterator[Mapping[str, str]]:
        """Yield the labels that a node has to have, one set for each alternative."""
        if self.pod is None:
            yield {}
            return
        own = self.pod.node_selector
        terms = self.pod.affinity.terms if self.pod.affinity else ()
        if not terms:
            yield own
        for term in terms:
            wanted = [
                [(each.key, value) for value in each.values]
                for each in term.match_expressions
                if each.operator == "In" and each.values
            ]
            for case in islice(product(*wanted), _MOST_CASES):
                yield {**dict(case), **own}


def place_of(spec: Wire) -> Place:
    """Return where the pods of a spec can be; anywhere, if that is not readable."""
    stated: dict[str, Any] = {key: spec[key] for key in _FIELDS if spec.get(key)}
    try:
        pod = Pod(ObjectMeta("", ""), **pod_spec(stated))
    except MalformedField:
        return Place()
    return Place(
        repr((pod.node_name, pod.node_selector, pod.affinity, pod.tolerations)), pod
    )


@dataclass(frozen=True, slots=True)
class Nodes:
    """Some nodes, and the same by the labels that they have."""

    listed: Sequence[Node]
    by_label: Mapping[tuple[str, str], Sequence[Node]]

    @staticmethod
    def of(listed: Sequence[Node]) -> "Nodes":
        """Return them by their labels, too."""
        by_label: dict[tuple[str, str], list[Node]] = {}
        for node in listed:
            for pair in node.meta.labels.items():
                by_label.setdefault(pair, []).append(node)
        return Nodes(listed, by_label)

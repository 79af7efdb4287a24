"""What `dractl discover` found on the nodes of a cluster, gathered from its pods."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from dractl.cli.looks import Look, Pods
from dractl.cli.source import Source
from dractl.cli.terminal import Terminal
from dractl.cli.text import counted
from dractl.discovery.document import API, facts_of, inventories
from dractl.discovery.inventory import Inventory
from dractl.errors import DractlError
from dractl.live.connect import connect
from dractl.live.podlogs import PodLog, pod_logs
from dractl.manifests.survey import LABEL, NAME
from dractl.model.hosts import HostFacts

_DECODER: Final = json.JSONDecoder()
_BEGINNING: Final = "{"


@dataclass(frozen=True)
class Survey:
    """What was found, and why there is nothing of some nodes.

    `facts` are those of nodes whose pods told them.
    """

    inventories: list[Inventory]
    failed: dict[str, str]
    facts: dict[str, HostFacts]

    def seen_by(self, look: Look) -> list[Inventory]:
        """Return the inventories as they are found now, where the facts are known."""
        return [
            look.inventory(self.facts[each.node], each.node)
            if each.node in self.facts
            else each
            for each in self.inventories
        ]


def surveyed(source: Source, pods: Pods, node: str | None, screen: Terminal) -> Survey:
    """Gather the answers, or that of one node; raise DractlError if there are none."""
    connection = connect(source.target)
    namespace = pods.namespace or connection.namespace
    selector = pods.selector or f"{LABEL}={NAME}"
    query = [("labelSelector", selector)]
    if node is not None:
        query.append(("fieldSelector", f"spec.nodeName={node}"))
    with screen.progress("reading logs") as progress:
        logs = pod_logs(
            connection,
            namespace,
            query,
            lambda text: any(True for _ in _answers(text)),
            lambda left: progress(0, left),
        )
    if not logs:
        where = "" if node is None else f" on node {node}"
        raise DractlError(
            "no-such-pods",
            f"namespace {namespace} has no pods with {selector}{where}",
            hint=f"{screen.program} render discover-job makes some; -n names another "
            "namespace; if a DaemonSet is there without pods, see its events: Pod "
            "Security refuses them where the namespace lacks the label "
            "pod-security.kubernetes.io/enforce=privileged",
        )
    survey = gathered(logs)
    for each, why in survey.failed.items():
        screen.warn(f"{each}: {why}")
    screen.note(f"{counted(len(survey.inventories), 'node')} in {namespace}'s logs")
    return survey


def gathered(logs: list[PodLog]) -> Survey:
    """Return the last answer in each log, by the names of the nodes."""
    found: dict[str, Inventory] = {}
    facts: dict[str, HostFacts] = {}
    failed: dict[str, str] = {}
    for each in logs:
        where = each.node or f"pod {each.pod}"
        told = list(_answers(each.text))
        if told:
            listed, known = told[-1]
            found |= {inventory.node: inventory for inventory in listed}
            facts |= known
        else:
            why = each.why or "its log has no answer of dractl discover -o json"
            failed[where] = f"{why} (pod {each.pod})"
    # Another pod of the node may have done it.
    left = {node: why for node, why in failed.items() if node not in found}
    return Survey([found[node] for node in sorted(found)], left, facts)


def _answers(text: str) -> Iterator[tuple[list[Inventory], dict[str, HostFacts]]]:
    """Yield the answers in a log; what else is printed there is passed over."""
    position = 0
    while (position := _next(text, position)) >= 0:
        try:
            document, end = _DECODER.raw_decode(text, position)
        except (ValueError, RecursionError):
            position += 1
            continue
        position = end
        if isinstance(document, dict) and document.get("apiVersion") == API:
            try:
                yield inventories(document), facts_of(document)
            except ValueError:
                continue


def _next(text: str, position: int) -> int:
    """Return where the next line begins that may be an answer, -1 for none."""
    if position == 0 and text.startswith(_BEGINNING):
        return 0
    found = text.find(f"\n{_BEGINNING}", max(position - 1, 0))
    return found + 1 if found >= 0 else -1

"""What pods have printed, with the nodes that they are on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from dractl.errors import DractlError
from dractl.live.at_once import at_once
from dractl.live.connection import Connection, Query
from dractl.live.kinds import POD
from dractl.live.lists import pages
from dractl.live.place import Asked, Place

_LAST: Final = 100  # lines that are asked for first
_NOT_BEGUN: Final = "waiting"


@dataclass(frozen=True, slots=True)
class PodLog:
    """The log of a pod; without one `why` tells what keeps it."""

    node: str
    pod: str
    text: str = ""
    why: str = ""


def pod_logs(
    connection: Connection,
    namespace: str,
    query: Query,
    is_enough: Callable[[str], bool],
    on_page: Callable[[int], None],
) -> list[PodLog]:
    """Return the logs of the pods that the query selects, by node.

    Of a log only the end is read where that is enough. Raises DractlError where the
    pods cannot be listed.
    """
    place = POD.place("v1", namespace)
    listed = pages(connection, place, query, on_page)
    pods = [each for page in listed for each in page.items() if isinstance(each, dict)]
    tasks = [partial(_log, connection, place, each, is_enough) for each in pods]
    return sorted(at_once(tasks), key=lambda each: (each.node, each.pod))


def _log(
    connection: Connection,
    place: Place,
    pod: Mapping[str, Any],
    is_enough: Callable[[str], bool],
) -> PodLog:
    name = str(_inside(pod, "metadata").get("name", ""))
    node = str(_inside(pod, "spec").get("nodeName") or "")
    if why := _objection(_inside(pod, "status")):
        return PodLog(node, name, why=why)
    log = Place("", "v1", place.resource, place.namespace, name, "log")
    try:
        text = _text(connection, log, [("tailLines", str(_LAST))])
        if not is_enough(text):
            text = _text(connection, log, [])
    except DractlError as error:
        return PodLog(node, name, why=str(error))
    return PodLog(node, name, text)


def _text(connection: Connection, log: Place, query: Query) -> str:
    body = connection.get(Asked("get", log), query).body
    return body.decode("utf-8", "replace")


def _objection(status: Mapping[str, Any]) -> str:
    """Return why the pod has no log, "" if it should have one."""
    listed = status.get("containerStatuses")
    states = [
        _inside(each, "state") for each in listed or () if isinstance(each, Mapping)
    ]
    for state in states:
        waiting = _inside(state, _NOT_BEGUN)
        if waiting:
            said = waiting.get("message") or waiting.get("reason") or _NOT_BEGUN
            return f"the pod is waiting: {said}"
    if not states:
        return f"the pod is {status.get('phase', 'Unknown')}"
    return ""


def _inside(holder: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = holder.get(key)
    return found if isinstance(found, Mapping) else {}

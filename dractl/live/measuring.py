"""The metrics of kubelets, schedulers and controller managers, through the API server.

It passes a request on to a kubelet as itself, and to a pod as nobody.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from http import HTTPStatus
from typing import Final

from dractl.api.component_metrics import ComponentMetrics, component_metrics
from dractl.diagnose.words import listed
from dractl.doctor.measuring import SPACE, Endpoint, Measured, Unread
from dractl.errors import DractlError
from dractl.live.at_once import at_once
from dractl.live.connection import Connection, LostConnection
from dractl.live.errors import ClusterError
from dractl.live.place import Asked, Place
from dractl.model.gates import KUBELET, PROGRAMS

_ONE: Final = 5.0  # seconds in which one has to answer
_ALL: Final = 30.0  # seconds after which nobody else is asked
_MOST_BYTES: Final = 1 << 26  # a kubelet with many pods has 2^22
_FEW: Final = 3
_METRICS: Final = "/metrics"
_OWN: Final = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.UNAUTHORIZED})
_NO_RIGHT: Final = (
    "these credentials may not get {}; --explain-permissions has the role"
)
_NOBODY: Final = "it tells its metrics to nobody without credentials; save them, for -f"
_LATE: Final = "the others took too long"
_UNLIKE: Final = "what it answers are no metrics of its own"


def measured(connection: Connection, endpoints: Sequence[Endpoint]) -> Measured:
    """Return what the endpoints tell; why one does not, too. Never raises.

    Endpoints that fail alike are told of once.
    """
    end = time.monotonic() + _ALL
    tasks = [partial(_of, connection, each, end) for each in endpoints]
    found = at_once(tasks)
    failed = [
        (endpoint, each)
        for endpoint, each in zip(endpoints, found, strict=True)
        if isinstance(each, str)
    ]
    return Measured(
        tuple(each for each in found if isinstance(each, ComponentMetrics)),
        tuple(_together(failed)),
    )


def _together(failed: Iterable[tuple[Endpoint, str]]) -> Iterator[Unread]:
    alike: dict[tuple[str, str], list[str]] = {}
    for endpoint, why in failed:
        alike.setdefault((endpoint.part, why), []).append(endpoint.name)
    for (part, why), names in alike.items():
        kind = "node" if part == KUBELET else "pod"
        yield Unread(
            part, f"metrics of {PROGRAMS[part]}, {kind} {listed(names, _FEW)}: {why}"
        )


def _of(
    connection: Connection, endpoint: Endpoint, end: float
) -> ComponentMetrics | str:
    """Return the metrics of one, or why there are none."""
    left = min(_ONE, end - time.monotonic())
    if left <= 0:
        return _LATE
    place = _place(endpoint)
    where = f"{'node' if endpoint.part == KUBELET else 'pod'} {endpoint.name}"
    try:
        lines = connection.lines(Asked("get", place), seconds=left)
        found = component_metrics(_bounded(lines), where)
    except LostConnection as error:
        return str(error)
    except ClusterError as error:
        return _refused(connection, place, error)
    except DractlError as error:
        return error.message
    if endpoint.part in found.parts:
        return found
    return _UNLIKE


def _place(endpoint: Endpoint) -> Place:
    if endpoint.part == KUBELET:
        return Place("", "v1", "nodes", None, endpoint.name, "proxy", _METRICS)
    name = f"https:{endpoint.name}:{endpoint.port}"
    return Place("", "v1", "pods", SPACE, name, "proxy", _METRICS)


def _bounded(lines: Iterable[bytes]) -> Iterator[bytes]:
    size = 0
    for line in lines:
        size += len(line)
        if size > _MOST_BYTES:
            raise LostConnection("it answers without end")
        yield line


def _refused(connection: Connection, place: Place, error: ClusterError) -> str:
    """Return what a refusal means: of the API server, or of the component behind it."""
    if error.http >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return f"the API server does not get through to it ({error.http})"
    if error.http not in _OWN:
        return f"the API server answers {error.http}"
    if connection.may(Asked("get", place)):
        return _NOBODY
    return _NO_RIGHT.format(place.qualified)

"""A cluster as documents, as if they stood in a file."""

import json
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus
from typing import Any, Final, NamedTuple

from dractl.api import component_metrics
from dractl.api.cluster_info import written
from dractl.api.versions import GROUP
from dractl.errors import DractlError
from dractl.live.at_once import at_once
from dractl.live.connection import (
    AGAIN,
    NO_JSON,
    Connection,
    LostConnection,
    unlike,
)
from dractl.live.errors import ClusterError
from dractl.live.kinds import SLICE, Kind, Need
from dractl.live.lists import PAGE, pages
from dractl.live.pages import Page
from dractl.live.place import Asked
from dractl.live.version import release
from dractl.model.cluster_info import Cause, ClusterInfo, Gap, qualified
from dractl.sources.documents import SourcedDocument

Progress = Callable[[int, int], None]

_REFUSED: Final = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})
_PATIENCE: Final = 10.0  # seconds for an optional kind that the server refuses
_METRICS: Final = 5.0  # seconds in which the gates have to come, all tries together
_METRICS_PAUSES: Final = (0.1, 0.1, 0.2, 0.4, 0.8)  # seconds between two tries


@dataclass(frozen=True, slots=True)
class Scope:
    """What is read of a kind.

    `namespace` is where a kind is read if it may not be read everywhere, and where the
    `narrow` kinds are read in any case. `node` leaves out the slices of other nodes.
    `cached` takes what the API server has at hand, which may be seconds old.
    """

    namespace: str
    narrow: Collection[Kind] = ()
    node: str | None = None
    cached: bool = True


class Listed(NamedTuple):
    """The objects of a kind in the version that was read, or why there are none."""

    kind: Kind
    version: str
    pages: Sequence[Page] = ()
    gap: Gap | None = None
    refusal: ClusterError | None = None
    namespace: str | None = None

    @property
    def moment(self) -> str:
        """The version of the list, from which a watch goes on; "" if there is none."""
        return (
            str(self.pages[-1].metadata.get("resourceVersion", ""))
            if self.pages
            else ""
        )

    def documents(self) -> Iterator[dict[str, Any]]:
        """Yield the objects, once; those of a list leave out what the list says."""
        group = f"{self.kind.group}/" if self.kind.group else ""
        implied = {"apiVersion": f"{group}{self.version}", "kind": self.kind.kind}
        for page in self.pages:
            for item in page.items():
                yield {**implied, **item} if isinstance(item, dict) else {**implied}

    def sourced(self, server: str) -> Iterator[SourcedDocument]:
        """Yield the objects, once, with the server that they are from."""
        try:
            for document in self.documents():
                yield SourcedDocument(document, server)
        except NO_JSON:
            raise unlike(server, self.kind.place(self.version).path) from None


@dataclass(frozen=True)
class Reading:
    """What was read: what the server is, and the objects of each kind.

    `again` reads a kind anew.
    """

    server: str
    info: ClusterInfo
    lists: Sequence[Listed]
    again: Callable[[Kind], Listed | None]

    def documents(self) -> Iterator[SourcedDocument]:
        """Yield what a snapshot of the cluster holds, once.

        Raises DractlError where an answer turns out to be no JSON.
        """
        yield SourcedDocument(written(self.info), self.server)
        for listed in self.lists:
            yield from listed.sourced(self.server)

    def version_of(self, kind: Kind) -> str:
        """Return the version that a kind was read in, "" if it is not served."""
        return next((each.version for each in self.lists if each.kind == kind), "")


def read(
    connection: Connection, need: Need, scope: Scope, progress: Progress | None = None
) -> Reading:
    """Read the kinds at once; raise DractlError where the cluster cannot be reached.

    What may not be read, is not served or is refused again and again becomes a gap of
    the result's `info`; an essential kind raises DractlError instead.
    """
    served = _served(connection)
    reader = _Reader(connection, scope, served, progress)
    tasks: list[Callable[[], Listed | ClusterInfo | None]] = [
        partial(_info, connection),
        *(partial(reader.listed, kind) for kind in need.kinds),
    ]
    found = at_once(tasks, reader.look)
    info = next(each for each in found if isinstance(each, ClusterInfo))
    listed = [each for each in found if isinstance(each, Listed)]
    for each in listed:
        if each.kind in need.essential:
            _check(each, connection.server)
    gaps = tuple(each.gap for each in listed if each.gap is not None)
    names = frozenset(qualified(each.kind, each.group) for each in need.kinds)
    info = replace(info, gaps=gaps, read=names, served=_of_dra(served))
    return Reading(connection.server, info, listed, reader.listed)


def documents_of(
    connection: Connection, kind: Kind, scope: Scope
) -> Iterator[SourcedDocument]:
    """Yield the objects of one kind, without asking what the server is."""
    listed = _Reader(connection, scope, _served(connection), None).listed(kind)
    return iter(()) if listed is None else listed.sourced(connection.server)


def _check(essential: Listed, server: str) -> None:
    if essential.refusal is not None:
        raise essential.refusal
    gap = essential.gap
    if gap is not None and gap.cause is Cause.NOT_SERVED:
        message = (
            f"{server} does not serve {gap.resource}, without which nothing is known"
        )
        raise DractlError("not-served", message, hint=f"it {gap.needs}")


# -- the server itself


def _info(connection: Connection) -> ClusterInfo:
    answer = connection.get(Asked("get", path="/version"))
    try:
        version = json.loads(answer.body)
    except NO_JSON:
        version = None
    if not isinstance(version, dict):
        raise unlike(connection.server, "/version")
    return ClusterInfo(release(version), _gates(connection))


def _gates(connection: Connection) -> Mapping[str, bool] | None:
    """Return the gates that the server tells; None: the release's defaults count.

    Few may read `/metrics`, and no answer hangs on them: what is wrong with the server
    shows in the other requests. They are tried again for what passes at once.
    """
    asked = Asked("get", path="/metrics")
    end = time.monotonic() + _METRICS
    for pause in (*_METRICS_PAUSES, None):
        left = end - time.monotonic()
        if left <= 0:
            break
        try:
            lines = connection.lines(asked, seconds=left)
            return component_metrics.gates(lines) or None
        except LostConnection:
            pass  # as a refusal that may pass
        except ClusterError as error:
            if error.http not in AGAIN:
                break
        except DractlError:
            break
        if pause is not None:
            connection.wait(pause)
    return None


def _served(connection: Connection) -> Collection[str] | None:
    """Return the versions of API groups; None where the server does not tell."""
    try:
        answer = connection.get(Asked("get", path="/apis"))
        groups = json.loads(answer.body)["groups"]
        return {each["groupVersion"] for group in groups for each in group["versions"]}
    except ClusterError as error:
        if error.http not in _REFUSED:
            raise
        return None
    except (*NO_JSON, KeyError, TypeError):
        raise unlike(connection.server, "/apis") from None


def _of_dra(served: Collection[str] | None) -> frozenset[str] | None:
    """Return the versions of resource.k8s.io among those that are served."""
    if served is None:
        return None
    split = (each.rpartition("/") for each in served)
    return frozenset(version for group, _, version in split if group == GROUP)


# -- the objects


class _Reader:
    """Reads kinds, each in a thread of its own, and counts the pages that come."""

    def __init__(
        self,
        connection: Connection,
        scope: Scope,
        served: Collection[str] | None,
        progress: Progress | None,
    ) -> None:
        self._connection = connection
        self._scope = scope
        self._served = served
        self._progress = progress
        self._came = 0
        self._missing: dict[Kind, int] = {}

    def look(self) -> None:
        """Tell how many pages have come, of those that are known."""
        if self._progress is not None:
            missing = sum(-(-each // PAGE) for each in self._missing.values())
            self._progress(self._came, self._came + missing)

    def listed(self, kind: Kind) -> Listed | None:
        """Read a kind in its best version; None for an optional one that is absent."""
        for version in kind.versions:
            if not self._serves(kind, version):
                continue
            try:
                return self._in_version(kind, version)
            except ClusterError as error:
                if error.http == HTTPStatus.UNAUTHORIZED:
                    raise
                if error.http != HTTPStatus.NOT_FOUND:
                    is_forbidden = error.http == HTTPStatus.FORBIDDEN
                    gap = _forbidden(kind) if is_forbidden else _failed(kind, error)
                    return Listed(kind, version, (), gap, error)
        if kind.optional:
            return None
        return Listed(kind, kind.versions[0], gap=_not_served(kind))

    def _serves(self, kind: Kind, version: str) -> bool:
        group = f"{kind.group}/{version}"
        return not kind.group or self._served is None or group in self._served

    def _in_version(self, kind: Kind, version: str) -> Listed:
        scope = self._scope
        if kind in scope.narrow:
            found = self._pages(kind, version, scope.namespace)
            gap = _left_out(kind, scope.namespace)
            return Listed(kind, version, found, gap, namespace=scope.namespace)
        try:
            return Listed(kind, version, self._everywhere(kind, version))
        except ClusterError as error:
            is_narrower = kind.namespaced and kind.only is None
            if error.http != HTTPStatus.FORBIDDEN or not is_narrower:
                raise
        found = self._pages(kind, version, scope.namespace)
        gap = _forbidden(kind, scope.namespace)
        return Listed(kind, version, found, gap, namespace=scope.namespace)

    def _everywhere(self, kind: Kind, version: str) -> list[Page]:
        node = self._scope.node
        if kind.selector is not None:
            return self._pages(kind, version, None, kind.selector)
        if kind != SLICE or node is None:
            return self._pages(kind, version)
        # Slices that name no node may be for several, this one among them.
        found = [
            page
            for name in (node, "")
            for page in self._pages(kind, version, None, f"spec.nodeName={name}")
        ]
        return found if _has_whole_pools(found) else self._pages(kind, version)

    def _pages(
        self,
        kind: Kind,
        version: str,
        namespace: str | None = None,
        selector: str | None = None,
    ) -> list[Page]:
        def came(remaining: int) -> None:
            self._came += 1
            self._missing[kind] = remaining

        query = [("resourceVersion", "0")] if self._scope.cached else []
        query += [("fieldSelector", selector)] if selector is not None else []
        place = kind.place(version, namespace)
        patience = _PATIENCE if kind.optional else None
        return pages(self._connection, place, query, came, patience)


def _has_whole_pools(found: Sequence[Page]) -> bool:
    """Tell whether each pool is all there; one may also have slices of other nodes."""
    seen: Counter[tuple[object, ...]] = Counter()
    for page in found:
        for item in page.items():
            spec = item.get("spec") if isinstance(item, dict) else None
            pool = spec.get("pool") if isinstance(spec, dict) else None
            if isinstance(spec, dict) and isinstance(pool, dict):
                count = pool.get("resourceSliceCount")
                key = (spec.get("driver"), pool.get("name"), pool.get("generation"))
                seen[*key, count] += 1
    return all(
        isinstance(key[-1], int) and number >= key[-1] for key, number in seen.items()
    )


def _forbidden(kind: Kind, only: str | None = None) -> Gap:
    # Few may read ConfigMaps, and few clusters have those that would tell more.
    needs = f"needs list on {kind.place(kind.versions[0]).qualified}"
    needs = needs if kind.only is None else ""
    return Gap(kind.kind, kind.resource, kind.group, Cause.FORBIDDEN, only, needs)


def _failed(kind: Kind, error: ClusterError) -> Gap:
    needs = f"the server answers {error.http}; its log tells why"
    return Gap(kind.kind, kind.resource, kind.group, Cause.FAILED, None, needs)


def _left_out(kind: Kind, only: str) -> Gap:
    return Gap(kind.kind, kind.resource, kind.group, Cause.LEFT_OUT, only)


def _not_served(kind: Kind) -> Gap:
    names = ", ".join(f"{kind.group}/{version}" for version in kind.versions)
    needs = f"needs one of {names} in the --runtime-config of the API server"
    return Gap(kind.kind, kind.resource, kind.group, Cause.NOT_SERVED, None, needs)

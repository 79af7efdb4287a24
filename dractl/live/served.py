"""Where a server has objects of a kind: asked for, since it may be anybody's kind."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from dractl.errors import DractlError
from dractl.live.connection import NO_JSON, Connection, unlike
from dractl.live.errors import ClusterError
from dractl.live.kinds import Kind
from dractl.live.place import Asked, Place


class Served:
    """What a server has; it is asked once for each version of a group."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._resources: dict[str, Mapping[str, tuple[str, bool]]] = {}

    def place(self, api_version: str, kind: str, namespace: str, name: str) -> Place:
        """Return where an object is, or would be.

        Raises DractlError where the server does not serve its kind in that version.
        """
        found = self._kinds(api_version).get(kind)
        if found is None:
            server = self._connection.server
            raise DractlError(
                "not-served",
                f"{server} does not serve {kind} in {api_version}",
                hint="kubectl api-versions lists what it serves",
            )
        resource, namespaced = found
        group, _, version = api_version.rpartition("/")
        return Place(group, version, resource, namespace if namespaced else None, name)

    def of_kind(self, kind: Kind) -> Place:
        """Return where all objects of a kind are, in the best version that is served.

        Raises DractlError where none of its versions is.
        """
        for version in kind.versions:
            api_version = f"{kind.group}/{version}" if kind.group else version
            if kind.kind in self._kinds(api_version):
                return kind.place(version)
        return self.place(f"{kind.group}/{kind.versions[0]}", kind.kind, "", "")

    def _kinds(self, api_version: str) -> Mapping[str, tuple[str, bool]]:
        """Return the kinds of a version: their resources, and whether namespaced."""
        if api_version not in self._resources:
            self._resources[api_version] = self._asked(api_version)
        return self._resources[api_version]

    def _asked(self, api_version: str) -> Mapping[str, tuple[str, bool]]:
        path = f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
        try:
            answer = self._connection.get(Asked("get", path=path))
        except ClusterError as error:
            if error.http != HTTPStatus.NOT_FOUND:
                raise
            return {}
        try:
            listed: list[Any] = json.loads(answer.body)["resources"]
            return {
                str(each["kind"]): (str(each["name"]), each["namespaced"] is True)
                for each in listed
                if "/" not in each["name"]
            }
        except (*NO_JSON, KeyError, TypeError):
            raise unlike(self._connection.server, path) from None

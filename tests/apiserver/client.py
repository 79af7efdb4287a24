"""The smallest client: one request, one answer."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.apiserver.server import ApiServer


@dataclass(frozen=True)
class Reply:
    """What came back; the names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def document(self) -> dict[str, Any]:
        """The body, which is JSON."""
        document: dict[str, Any] = json.loads(self.body)
        return document

    @property
    def names(self) -> list[str]:
        """The names of the items."""
        return [each["metadata"]["name"] for each in self.document["items"]]

    @property
    def token(self) -> str:
        """The continue token of a list."""
        return str(self.document["metadata"]["continue"])


@dataclass(frozen=True)
class Client:
    """Sends requests as a user, "" for nobody, each on a connection of its own."""

    server: ApiServer
    user: str = "admin"

    def send(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send a request; a body that is no bytes is sent as JSON."""
        content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        token = self.server.access.token(self.user) if self.user else ""
        sent = {"Authorization": f"Bearer {token}"} if token else {}
        connection = http.client.HTTPConnection(self.server.address, timeout=10)
        try:
            connection.request(method, path, content, sent | dict(headers or {}))
            response = connection.getresponse()
            shown = {name.lower(): value for name, value in response.getheaders()}
            return Reply(response.status, shown, response.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Reply:
        """Send a GET; `_` in the names of headers stands for `-`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send("GET", path, headers=named)

    def apply(
        self, path: str, document: object, manager: str, query: str = ""
    ) -> Reply:
        """Send a server-side apply."""
        return self.send(
            "PATCH",
            f"{path}?fieldManager={manager}{query}",
            document,
            {"Content-Type": "application/apply-patch+yaml"},
        )

"""An identity provider for OIDC, and tokens of it."""

import base64
import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from tests.apiserver.certificates import Certificates


def id_token(seconds: float) -> str:
    """Return a token that is good for so many seconds."""
    parts = ({"alg": "none"}, {"exp": int(time.time() + seconds)})
    texts = [base64.urlsafe_b64encode(json.dumps(each).encode()) for each in parts]
    return ".".join(each.decode().rstrip("=") for each in texts) + ".c2lnbmVk"


@dataclass
class Provider:
    """What the provider answers, and the refreshes that it was asked for."""

    url: str
    answer: dict[str, Any]
    asked: list[dict[str, list[str]]] = field(default_factory=list)
    status: int = 200


@contextmanager
def provider(certificates: Certificates, fresh: str) -> Iterator[Provider]:
    """Serve one that refreshes tokens."""
    tokens = {"id_token": fresh, "refresh_token": "next", "access_token": "unused"}
    found = Provider("", {**tokens, "token_type": "Bearer", "expires_in": 9})

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send(200, {"token_endpoint": f"{found.url}/token"})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.asked.append(parse_qs(body.decode()))
            self._send(found.status, found.answer)

        def _send(self, status: int, answer: dict[str, Any]) -> None:
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with _listening(Answers, certificates.context()) as found.url:
        yield found


@contextmanager
def _listening(
    handler: type[BaseHTTPRequestHandler], tls: ssl.SSLContext
) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients that do not trust it
        server.socket = tls.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"https://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()

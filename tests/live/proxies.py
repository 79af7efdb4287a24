"""A proxy that tunnels and forwards, and one that only answers what a test says."""

import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlsplit

from tests.live.serving import serving


@dataclass
class Proxy:
    """Where it listens, and the first lines and logins of what it was asked."""

    address: str = ""
    asked: list[str] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    refuses: bool = False


@contextmanager
def proxy() -> Iterator[Proxy]:
    """Run a proxy."""
    found = Proxy()

    class Tunnel(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            host, _, port = self.path.partition(":")
            self._through(host, int(port), b"")

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            first = f"GET {parts.path} HTTP/1.1\r\n"
            head = "".join(f"{key}: {value}\r\n" for key, value in self.headers.items())
            assert parts.hostname is not None
            assert parts.port is not None
            self._through(
                parts.hostname,
                parts.port,
                f"{first}{head}Connection: close\r\n\r\n".encode(),
            )

        def _through(self, host: str, port: int, head: bytes) -> None:
            found.asked.append(f"{self.command} {self.path}")
            found.logins.append(self.headers.get("Proxy-Authorization", ""))
            self.close_connection = True
            if found.refuses:
                self.send_error(403)
                return
            with socket.create_connection((host, port), timeout=10) as other:
                if head:
                    other.sendall(head)
                else:
                    self.send_response(200)
                    self.end_headers()
                _pump(self.connection, other)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with serving(Tunnel) as found.address:
        yield found


def _pump(one: socket.socket, other: socket.socket) -> None:
    """Pass on what comes from either side until one of them ends."""
    across = {one: other, other: one}
    while True:
        ready, _, _ = select.select(list(across), [], [], 10)
        for each in ready:
            data = each.recv(1 << 16)
            if not data:
                return
            across[each].sendall(data)


@contextmanager
def speaking(*pieces: bytes, pause: float = 0.0) -> Iterator[str]:
    """Answer every connection with the pieces, then end it; yield the address."""
    ended = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(connection: socket.socket) -> None:
        with connection:
            connection.recv(1 << 16)
            for piece in pieces:
                try:
                    connection.sendall(piece)
                except ConnectionError:
                    return
                if ended.wait(pause):
                    return

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        host, port = listener.getsockname()
        yield f"http://{host}:{port}"
    finally:
        ended.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()

"""HTTP/1.1 on a loopback port, with keep-alive, gzip and chunks."""

import contextlib
import gzip
import socket
import ssl
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import urlsplit

from tests.apiserver.clock import Clock
from tests.apiserver.messages import Answer, Delivery, Request

# Servers compress from this size on (apiserver's response writers).
GZIP_FROM: Final = 128 * 1024
_GZIP_LEVEL: Final = 1


class Transport:
    """Listens and passes requests on; `stop` ends all connections."""

    def __init__(
        self,
        answer: Callable[[Request], Answer],
        clock: Clock,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._server = _Server(answer, clock)
        if tls is not None:
            # The handshake waits for the thread of its connection.
            self._server.socket = tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), name="apiserver"
        )

    @property
    def address(self) -> str:
        """Host and port."""
        host, port = self._server.server_address[:2]
        return f"{host!s}:{port}"

    def start(self) -> None:
        """Listen."""
        self._thread.start()

    def stop(self) -> None:
        """Close all connections, and wait for the threads that served them."""
        self._server.shutdown()
        self._thread.join()
        self._server.close_connections()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # so that server_close waits for them
    request_queue_size = 128

    def __init__(self, answer: Callable[[Request], Answer], clock: Clock) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.answer = answer
        self.clock = clock
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._guard:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def close_connections(self) -> None:
        """Wake the threads that wait for a next request."""
        with self._guard:
            for each in self._open:
                with contextlib.suppress(OSError):  # who is there no more has left
                    each.shutdown(socket.SHUT_RDWR)


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # one packet for a small answer
    server: _Server

    def handle(self) -> None:
        try:
            super().handle()
        except (ConnectionError, ssl.SSLError):
            # The client has gone, which is its right, or does not trust the server.
            self.close_connection = True

    def finish(self) -> None:
        try:
            super().finish()
        except ConnectionError:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing on stderr; the server keeps a log of its own."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        del timestamp
        return self.server.clock.http_date

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        parts = urlsplit(self.path)
        headers: dict[str, str] = {}
        for name, value in self.headers.items():
            key = name.lower()
            headers[key] = f"{headers[key]}, {value}" if key in headers else value
        self._send(
            self.server.answer(
                Request(
                    self.command,
                    parts.path,
                    parts.query,
                    headers,
                    body,
                    _certified(self.connection),
                )
            )
        )

    do_GET = _serve  # noqa: N815 - the base class looks for these names
    do_POST = _serve  # noqa: N815 - as above
    do_PUT = _serve  # noqa: N815 - as above
    do_PATCH = _serve  # noqa: N815 - as above
    do_DELETE = _serve  # noqa: N815 - as above

    def _send(self, answer: Answer) -> None:
        if answer.delivery is Delivery.NONE:
            self.close_connection = True
            return
        if answer.lines is not None:
            self._stream(answer)
            return
        self._head(answer)
        body = answer.body
        if len(body) > GZIP_FROM and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, _GZIP_LEVEL, mtime=0)
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Vary", "Accept-Encoding")
        if answer.delivery is Delivery.HALF_CHUNKED:
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self._chunk(body[: len(body) // 2])
            self.close_connection = True
            return
        self.send_header("Content-Length", str(len(body)))
        if answer.delivery is Delivery.HALF:
            body = body[: len(body) // 2]
            self.close_connection = True
        self.end_headers()
        self.wfile.write(body)

    def _head(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Cache-Control", "no-cache, private")
        for name, value in answer.headers.items():
            self.send_header(name, value)

    def _stream(self, answer: Answer) -> None:
        self._head(answer)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.flush()
        for line in answer.lines or ():
            self._chunk(line)
        self.wfile.write(b"0\r\n\r\n")

    def _chunk(self, content: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(content), content))
        self.wfile.flush()


def _certified(connection: socket.socket) -> str:
    """Return the common name in the certificate of a client, "" without one."""
    if not isinstance(connection, ssl.SSLSocket):
        return ""
    subject: Any = (connection.getpeercert() or {}).get("subject", ())
    parts = [pair for part in subject for pair in part]
    return next((str(value) for kind, value in parts if kind == "commonName"), "")

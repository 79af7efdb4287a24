"""A server that gives recorded answers, and notes what it was asked."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any, Final

from tests.live.serving import serving
from tests.scenarios import SHARED

_FILE: Final = SHARED / "vectors" / "http.json"
RECORDED: Final[Mapping[str, dict[str, Any]]] = (
    {each["note"]: each for each in json.loads(_FILE.read_text("utf-8"))}
    if _FILE.exists()
    else {}
)
"""The exchanges with a 1.36.2 API server, by what they show."""


@dataclass
class Replay:
    """Where it listens, what it answers by method and path, and what it was asked."""

    answers: Mapping[tuple[str, str], tuple[int, str, bytes]]
    url: str = ""
    asked: list[tuple[str, str, Any]] = field(default_factory=list)


@contextmanager
def replaying(*notes: str) -> Iterator[Replay]:
    """Serve the answers of some exchanges; anything else is not found."""
    found = Replay(dict(_answer(RECORDED[note]) for note in notes))

    class Answers(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            found.asked.append((self.command, self.path, json.loads(body or b"null")))
            key = (self.command, self.path.partition("?")[0])
            status, kind, answer = found.answers.get(key, (404, "text/plain", b"no"))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = _serve  # noqa: N815 - the base class looks for these names
        do_POST = _serve  # noqa: N815 - as above
        do_PATCH = _serve  # noqa: N815 - as above
        do_DELETE = _serve  # noqa: N815 - as above

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with serving(Answers) as address:
        found.url = f"http://{address}"
        yield found


def _answer(exchange: dict[str, Any]) -> tuple[tuple[str, str], tuple[int, str, bytes]]:
    request, response = exchange["request"], exchange["response"]
    body = response["body"]
    text = body if isinstance(body, str) else json.dumps(body)
    key = (request["method"], request["path"].partition("?")[0])
    return key, (response["status"], response["contentType"], text.encode())

"""A real browser without a window, spoken to over a pipe, as its DevTools do."""

import contextlib
import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
from base64 import b64decode
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
_FLAGS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
_READING, _WRITING = 3, 4  # descriptors at which the browser expects its pipe
_PARTING: Final = 5  # seconds in which a browser ends
_SECONDS: Final = 60  # until a browser that is silent is taken for hung


def installed() -> str | None:
    """Return the path of a browser; None: there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextlib.contextmanager
def browser(path: str, profile: Path) -> Iterator["Browser"]:
    """Start a browser, and end it with all its processes."""
    their_input, our_output = map(_high, os.pipe())
    our_input, their_output = map(_high, os.pipe())

    def place() -> None:
        os.setsid()
        os.dup2(their_input, _READING)
        os.dup2(their_output, _WRITING)

    process = subprocess.Popen(
        [path, *_FLAGS, f"--user-data-dir={profile}", "about:blank"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=(_READING, _WRITING),
        preexec_fn=place,  # noqa: PLW1509 - descriptors 3 and 4 need it
    )
    os.close(their_input)
    os.close(their_output)
    try:
        with os.fdopen(our_output, "wb") as out, os.fdopen(our_input, "rb") as answers:
            yield Browser(out, answers)
    finally:
        # Its pipe is closed, and it ends; what it does not end itself is killed.
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_PARTING)
        _end(process.pid)
        process.wait()


def _high(descriptor: int) -> int:
    """Return another descriptor for the same, out of the way of those to be set."""
    other = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 10)
    os.close(descriptor)
    return other


def _end(group: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


class Browser:
    """A browser; `page` opens a file in a tab of its own."""

    def __init__(self, out: Any, answers: Any) -> None:
        self._out = out
        self._answers = answers
        self._number = 0
        self._rest = b""
        self.events: deque[dict[str, Any]] = deque()

    def call(
        self, method: str, session: str | None = None, **parameters: object
    ) -> dict[str, Any]:
        """Ask for something, and return the answer."""
        self._number += 1
        asked: dict[str, object] = {
            "id": self._number,
            "method": method,
            "params": parameters,
        }
        if session is not None:
            asked["sessionId"] = session
        self._out.write(json.dumps(asked).encode() + b"\0")
        self._out.flush()
        while True:
            told = self._next()
            if told.get("id") == self._number:
                assert "error" not in told, (method, told["error"])
                result: dict[str, Any] = told["result"]
                return result
            self.events.append(told)

    def wait_for(self, method: str, session: str) -> None:
        """Read until something happens; it may have happened before."""
        while not any(
            each.get("method") == method and each.get("sessionId") == session
            for each in self.events
        ):
            self.events.append(self._next())

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._answers], [], [], _SECONDS)
            assert ready, "the browser does not answer"
            piece = os.read(self._answers.fileno(), 1 << 20)
            assert piece, "the browser has ended"
            self._rest += piece
        line, _, self._rest = self._rest.partition(b"\0")
        told: dict[str, Any] = json.loads(line)
        return told

    def page(
        self,
        file: Path,
        *,
        width: int = 1280,
        scheme: str = "light",
        has_scripts: bool = True,
    ) -> "Page":
        """Open a file and wait until it is loaded."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)
        page = Page(self, session["sessionId"])
        for domain in ("Page", "Runtime", "Network", "Log"):
            page.call(f"{domain}.enable")
        page.resize(width)
        feature = {"name": "prefers-color-scheme", "value": scheme}
        page.call("Emulation.setEmulatedMedia", features=[feature])
        page.call("Emulation.setScriptExecutionDisabled", value=not has_scripts)
        page.call("Page.navigate", url=file.as_uri())
        self.wait_for("Page.loadEventFired", page.session)
        return page


class Page:
    """A tab with a file."""

    def __init__(self, owner: Browser, session: str) -> None:
        self._owner = owner
        self.session = session

    def call(self, method: str, **parameters: object) -> dict[str, Any]:
        """Ask the tab for something."""
        return self._owner.call(method, self.session, **parameters)

    def resize(self, width: int, height: int = 900) -> None:
        """Make the window so wide."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def value(self, expression: str) -> Any:
        """Return what an expression has for a value; it works without scripts, too."""
        answer = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def press(self, key: str, code: int, text: str = "") -> None:
        """Press a key."""
        named: Mapping[str, object] = {"key": key, "windowsVirtualKeyCode": code}
        self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **named)
        self.call("Input.dispatchKeyEvent", type="keyUp", **named)

    def type(self, text: str) -> None:
        """Type a text."""
        self.call("Input.insertText", text=text)

    def happened(self, method: str) -> list[dict[str, Any]]:
        """Return what was told of so far under a name."""
        self.value("0")  # what was on its way is here before its answer
        return [
            each["params"]
            for each in self._owner.events
            if each.get("sessionId") == self.session and each.get("method") == method
        ]

    def picture(self, *, whole: bool = True) -> bytes:
        """Return the page as PNG."""
        answer = self.call("Page.captureScreenshot", captureBeyondViewport=whole)
        return b64decode(answer["data"])

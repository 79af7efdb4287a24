"""The door to the official client: from options to a connection."""

import os
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, NoReturn

import urllib3
from kubernetes.client import ApiClient
from kubernetes.client.exceptions import ApiException
from urllib3 import exceptions

from dractl import __version__
from dractl.errors import DractlError
from dractl.live.connection import Answer, Connection, LostConnection, Request
from dractl.live.credentials import Credentials, credentials
from dractl.live.entries import broken, no_proxy
from dractl.live.target import Target

_CHUNK: Final = 1 << 20
_LONGEST: Final = 1 << 26  # bytes of a line; an object has no more than some 2^21
_CONNECT: Final = 10.0  # seconds for a connection; without a network it takes minutes


def connect(target: Target, pause: Callable[[float], None] = time.sleep) -> Connection:
    """Return the connection that the options choose; nothing is sent yet.

    `pause` waits before another try. Raises DractlError where no cluster is named, and
    where the kubeconfig or the program that gives its credentials is broken.
    """
    transport = _Official(target)
    return Connection(
        transport,
        namespace=transport.credentials.namespace,
        user=transport.credentials.user,
        timeout=target.timeout,
        pause=pause,
    )


class _Official:
    """Requests through the official client, with its configuration and connections."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._lock = threading.Lock()
        self._was_reached = False
        self.generation = 0
        self._use(credentials(target, os.environ, _home()))

    def _use(self, found: Credentials) -> None:
        self.credentials = found
        self.server = found.configuration.host
        if not found.configuration.verify_ssl:
            # The user has asked for it, as with kubectl, which does not complain.
            urllib3.disable_warnings(exceptions.InsecureRequestWarning)
        try:
            self._client = ApiClient(found.configuration)
        except ImportError:
            raise broken(
                f"the proxy for {self.server} needs the package PySocks",
                hint="pip install pysocks",
            ) from None
        except exceptions.LocationValueError:
            raise no_proxy() from None
        self._client.user_agent = f"dractl/{__version__}"

    def renew(self, generation: int) -> bool:
        """Read the kubeconfig again, and ask the program that gives credentials.

        Several threads may be refused at once; the first of them does it for all.
        """
        with self._lock:
            if self.generation > generation:
                return True
            found = credentials(self._target, os.environ, _home())
            if found.secrets == self.credentials.secrets:
                return False
            self._use(found)
            self.generation += 1
            return True

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def send(self, request: Request, seconds: float | None) -> Answer:
        """Send the request and return the answer, whatever its status."""
        end = None if seconds is None else time.monotonic() + seconds
        return self._whole(self._opened(request, seconds), end)

    def lines(
        self, request: Request, seconds: float | None
    ) -> Iterator[bytes] | Answer:
        """Send the request; return its lines as they come, or an answer that refuses.

        Both this and the lines raise LostConnection where the connection breaks.
        """
        end = None if seconds is None else time.monotonic() + seconds
        raw = self._opened(request, seconds)
        if raw.status != HTTPStatus.OK:
            return self._whole(raw, end)
        return self._lines(raw, end)

    def _whole(self, raw: Any, end: float | None = None) -> Answer:
        try:
            body = b"".join(_pieces(raw, end))
        except exceptions.HTTPError as error:
            self._fail(error)
        finally:
            raw.close()  # of an answer that was read, it is free for the next already
        if raw.status < HTTPStatus.MULTIPLE_CHOICES and _is_cut(raw, body):
            raise LostConnection("the answer ends in the middle")
        return Answer(raw.status, raw.headers, body)

    def _lines(self, raw: Any, end: float | None) -> Iterator[bytes]:
        rest = b""
        try:
            for piece in _pieces(raw, end):
                *whole, rest = (rest + piece).split(b"\n")
                yield from whole
                if len(rest) > _LONGEST:
                    raise LostConnection("a line has no end")
            if rest:
                yield rest
        except exceptions.HTTPError as error:
            self._fail(error)
        finally:
            raw.close()

    def _opened(self, request: Request, seconds: float | None) -> Any:
        headers = {"Accept": "application/json"}
        if request.content_type is not None:
            headers["Content-Type"] = request.content_type
        client = self._client
        method, url, sent, body, _ = client.param_serialize(
            request.method,
            request.path,
            query_params=list(request.query),
            header_params=headers,
            body=request.body,
            auth_settings=["BearerToken"],
        )
        all_headers = urllib3.HTTPHeaderDict(sent)
        for name, value in self.credentials.headers:
            all_headers.add(name, value)  # a user may act with several groups
        try:
            answer = client.call_api(
                method,
                url,
                header_params=all_headers,
                body=body,
                _request_timeout=(min(seconds or _CONNECT, _CONNECT), seconds),
            )
        except exceptions.HTTPError as error:
            self._fail(error)
        except ApiException as error:
            # This is how the client passes an SSLError on.
            self._fail(error.__context__ or error)
        self._was_reached = True
        return answer.response

    def _fail(self, error: BaseException) -> NoReturn:
        """Raise what a failure on the way means.

        A server that answered before and now refuses connections is starting again.
        """
        match error:
            case exceptions.ReadTimeoutError():
                raise LostConnection("no answer in time") from error
            case exceptions.ProtocolError() | exceptions.DecodeError():
                raise LostConnection("the connection broke") from error
            case exceptions.NewConnectionError() if self._was_reached:
                raise LostConnection("it takes no connections any more") from error
            case exceptions.SSLError() if self._was_reached:
                raise LostConnection("the connection broke") from error
        message, hint = _explained(error)
        message = f"{self.server} cannot be reached: {message}"
        raise DractlError("unreachable", message, hint=hint) from error


def _explained(error: BaseException) -> tuple[str, str]:
    match error:
        case exceptions.NameResolutionError():
            return "its name is unknown", "check the server of the kubeconfig"
        case exceptions.ProxyError():
            return (
                "the proxy does not let it through",
                "check proxy-url in the kubeconfig, HTTPS_PROXY and NO_PROXY",
            )
        case exceptions.NewConnectionError():
            return (
                _system_reason(error),
                "is the cluster running, and the server of the kubeconfig right?",
            )
        case exceptions.ConnectTimeoutError():
            return "no connection in time", "check the network, or --request-timeout"
        case exceptions.SSLError():
            return _tls(error)
    return "its address is none", "check the server of the kubeconfig"


def _system_reason(error: BaseException) -> str:
    """Return what the operating system says: `connection refused`."""
    cause = error.__cause__
    text = cause.strerror if isinstance(cause, OSError) else None
    return (text or "it takes no connections").lower()


def _home() -> Path:
    """Return the home folder; the folder `~` where there is none, as in some pods."""
    return Path(os.path.expanduser("~"))  # noqa: PTH111 - Path.home raises there


def _tls(error: exceptions.SSLError) -> tuple[str, str]:
    """Return what the TLS library says, which is wrapped or stands alone."""
    cause = error.args[0] if error.args else error
    reason = str(cause)[:200]
    if isinstance(cause, ssl.SSLCertVerificationError):
        return (
            f"its certificate is not accepted ({reason})",
            "check certificate-authority in the kubeconfig, or --tls-server-name",
        )
    return (
        f"it does not speak TLS as it should ({reason})",
        "check port and https:// of the server in the kubeconfig",
    )


def _pieces(raw: Any, end: float | None) -> Iterator[bytes]:
    while piece := raw.read1(_CHUNK, decode_content=True):
        yield piece
        if end is not None and time.monotonic() > end:
            raise LostConnection("the answer does not come in time")


def _is_cut(raw: Any, body: bytes) -> bool:
    """Tell whether an answer lacks its end, where the transfer itself shows no loss."""
    is_json = "json" in raw.headers.get("Content-Type", "")
    return not body or (is_json and not body.rstrip().endswith(b"}"))

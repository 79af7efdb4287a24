import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from dractl.errors import DractlError
from dractl.live.connect import connect
from dractl.live.connection import Connection
from dractl.live.place import Asked
from dractl.live.target import Target
from tests.apiserver import ApiServer
from tests.apiserver.certificates import Certificates, needs_openssl
from tests.live.configs import connected, written
from tests.live.proxies import proxy, speaking

VERSION = Asked("get", path="/version")
JSON = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def refusal(connection: Connection, asked: Asked = VERSION) -> str:
    with pytest.raises(DractlError) as caught:
        connection.get(asked)
    return f"{caught.value} ({caught.value.hint})"


def reached(server: str, **options: object) -> Connection:
    return connect(Target(server=server, **{"timeout": 5.0, **options}), lambda _: None)  # type: ignore[arg-type]  # options of a Target


def changed(path: Path, **cluster: object) -> Path:
    """Change the cluster's entry of a kubeconfig; None takes something out."""
    content = yaml.safe_load(path.read_text())
    entry = content["clusters"][0]["cluster"] | cluster
    kept = {key: value for key, value in entry.items() if value is not None}
    content["clusters"][0]["cluster"] = kept
    return written(path, content)


def test_requests_say_who_asks_and_what_with(
    api_server: ApiServer, tmp_path: Path
) -> None:
    with connected(api_server.kubeconfig(tmp_path / "config")) as connection:
        connection.get(VERSION)

    (request,) = api_server.requests
    assert request.user == "admin"
    assert request.headers["user-agent"].startswith("dractl/")
    assert request.headers["accept"] == "application/json"
    assert request.headers["accept-encoding"] == "gzip"


def test_groups_to_act_as_reach_the_server_all(
    api_server: ApiServer, tmp_path: Path
) -> None:
    path = api_server.kubeconfig(tmp_path / "config")
    groups = ("x", "y")

    with connected(path, impersonate="alice", impersonate_groups=groups) as connection:
        assert connection.who() == "alice"

    assert api_server.requests[-1].headers["impersonate-group"] == "x, y"


def test_compression_can_be_switched_off(api_server: ApiServer, tmp_path: Path) -> None:
    path = api_server.kubeconfig(tmp_path / "config")
    changed(path, **{"disable-compression": True})

    with connected(path) as connection:
        connection.get(VERSION)

    assert "gzip" not in api_server.requests[-1].headers.get("accept-encoding", "")


# -- TLS


@pytest.fixture
def tls_server(tmp_path: Path) -> Iterator[ApiServer]:
    with ApiServer(certificates=Certificates(tmp_path)) as server:
        yield server


@needs_openssl
def test_a_server_is_trusted_by_its_authority(
    tls_server: ApiServer, tmp_path: Path
) -> None:
    with connected(tls_server.kubeconfig(tmp_path / "config")) as connection:
        assert connection.get(VERSION).status == 200


@needs_openssl
def test_a_server_of_an_unknown_authority_is_not_trusted(
    tls_server: ApiServer, tmp_path: Path
) -> None:
    path = tls_server.kubeconfig(tmp_path / "config")
    changed(path, **{"certificate-authority": None})

    with connected(path) as connection:
        said = refusal(connection)

    assert "its certificate is not accepted" in said
    assert "CERTIFICATE_VERIFY_FAILED" in said
    assert "certificate-authority" in said
    assert tls_server.requests == []


@needs_openssl
def test_checks_of_certificates_can_be_left_out(
    tls_server: ApiServer, tmp_path: Path
) -> None:
    path = tls_server.kubeconfig(tmp_path / "config")

    with connected(path, insecure=True) as connection:
        assert connection.get(VERSION).status == 200


@needs_openssl
def test_a_certificate_has_to_have_the_name_that_is_asked_for(
    tls_server: ApiServer, tmp_path: Path
) -> None:
    path = tls_server.kubeconfig(tmp_path / "config")

    with connected(path, tls_server_name="other.example.com") as connection:
        assert "its certificate is not accepted (" in refusal(connection)


def test_a_server_that_speaks_no_tls(api_server: ApiServer) -> None:
    said = refusal(reached(api_server.url.replace("http:", "https:")))

    assert "it does not speak TLS as it should (" in said
    assert "check port and https:// of the server" in said


def test_a_server_that_ends_the_handshake() -> None:
    with speaking() as url:
        said = refusal(reached(url.replace("http:", "https:")))

    assert "cannot be reached: it does not speak TLS as it should (" in said


@needs_openssl
def test_a_server_that_speaks_only_tls(tls_server: ApiServer) -> None:
    said = refusal(reached(tls_server.url.replace("https:", "http:")))

    assert "does not answer when asked to get /version: the connection broke" in said


def test_a_request_without_tls_that_is_refused() -> None:
    answer = b"HTTP/1.0 400 Bad Request\r\n\r\nuse HTTPS\n"
    with speaking(answer) as url:
        said = refusal(reached(url))

    assert "answers 400 when asked to get /version (check that" in said


@needs_openssl
def test_a_client_certificate_tells_who_asks(
    tls_server: ApiServer, tmp_path: Path
) -> None:
    assert tls_server.certificates is not None
    certificate, key = tls_server.certificates.client("alice")
    files = {"client-certificate": certificate.name, "client-key": key.name}
    path = tls_server.kubeconfig(tmp_path / "config", credentials=files)

    with connected(path) as connection:
        assert connection.who() == "alice"


@needs_openssl
def test_an_authority_that_is_no_certificate_is_told(
    tls_server: ApiServer, tmp_path: Path
) -> None:
    path = tls_server.kubeconfig(tmp_path / "config")
    changed(path, **{"certificate-authority": str(path)})

    with pytest.raises(DractlError, match="certificate-authority cannot be used"):
        connect(Target(kubeconfig=str(path)))


# -- ways that lead nowhere


def test_a_port_where_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    said = refusal(reached(f"http://127.0.0.1:{port}"))

    assert f"http://127.0.0.1:{port} cannot be reached: connection refused" in said
    assert "is the cluster running" in said


@pytest.mark.parametrize(
    ("server", "message"),
    [
        ("https://no-such-host.invalid", "its name is unknown"),
        ("https://[::1", "its address is none"),
        ("https://host:99999", "its address is none"),
        ("https://x..y", "its address is none"),
    ],
)
def test_an_address_that_leads_nowhere(server: str, message: str) -> None:
    try:
        connection = reached(server)
    except DractlError as error:
        assert "has no server of the form" in str(error)  # noqa: PT017 - some are refused before
        return

    assert f"cannot be reached: {message}" in refusal(connection)


def test_a_server_that_takes_no_connections_any_more_is_tried_again(
    tmp_path: Path,
) -> None:
    with ApiServer() as server:
        path = server.kubeconfig(tmp_path / "config")
        with connected(path) as connection:
            connection.get(VERSION)
            server.__exit__(None, None, None)
            said = refusal(connection)

    assert "does not answer when asked to get /version" in said


# -- proxies


def test_a_proxy_is_used_with_its_login(api_server: ApiServer, tmp_path: Path) -> None:
    path = api_server.kubeconfig(tmp_path / "config")
    with proxy() as found:
        changed(path, **{"proxy-url": f"http://me:p%40ss@{found.address}"})
        with connected(path) as connection:
            assert connection.get(VERSION).status == 200

    assert found.asked == [f"GET {api_server.url}/version"]
    assert found.logins == ["Basic bWU6cEBzcw=="]


@needs_openssl
def test_a_proxy_tunnels_tls(tls_server: ApiServer, tmp_path: Path) -> None:
    path = tls_server.kubeconfig(tmp_path / "config")
    with proxy() as found:
        changed(path, **{"proxy-url": f"http://{found.address}"})
        with connected(path) as connection:
            assert connection.get(VERSION).status == 200

    assert found.asked == [f"CONNECT {tls_server.address}"]


@needs_openssl
def test_a_proxy_that_refuses_is_told(tls_server: ApiServer, tmp_path: Path) -> None:
    path = tls_server.kubeconfig(tmp_path / "config")
    with proxy() as found:
        found.refuses = True
        changed(path, **{"proxy-url": f"http://{found.address}"})
        with connected(path) as connection:
            said = refusal(connection)

    assert "the proxy does not let it through" in said
    assert "HTTPS_PROXY" in said


@pytest.mark.parametrize(
    ("exceptions", "asked"), [("", True), ("127.0.0.1", False), ("127.0.0.0/8", False)]
)
def test_the_environment_names_a_proxy_and_who_needs_none(
    api_server: ApiServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    exceptions: str,
    asked: bool,
) -> None:
    path = api_server.kubeconfig(tmp_path / "config")
    with proxy() as found:
        monkeypatch.setenv("HTTP_PROXY", f"http://{found.address}")
        monkeypatch.setenv("NO_PROXY", exceptions)
        with connected(path) as connection:
            connection.get(VERSION)

    assert bool(found.asked) is asked


@pytest.mark.parametrize("address", ["nothing", "ftp://x:1", "http://", "http://[::1"])
def test_a_proxy_without_an_address_is_told(
    api_server: ApiServer, tmp_path: Path, address: str
) -> None:
    path = api_server.kubeconfig(tmp_path / "config")
    changed(path, **{"proxy-url": address})

    with pytest.raises(DractlError, match="prox"), connected(path) as connection:
        connection.get(VERSION)


# -- answers that do not come, or not whole


def test_a_connection_that_does_not_come_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        address = server.getsockname()
        # Nobody accepts these, so that there is no room for another one.
        waiting = [socket.socket() for _ in range(8)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(address)
        started = time.monotonic()
        said = refusal(reached(f"http://127.0.0.1:{address[1]}", timeout=0.3))
        for each in waiting:
            each.close()

    assert "cannot be reached: no connection in time" in said
    assert time.monotonic() - started < 2


def test_an_answer_that_does_not_come_in_time() -> None:
    with speaking(JSON, pause=10) as url:
        started = time.monotonic()
        said = refusal(reached(url, timeout=0.3))

    assert "does not answer when asked to get /version: no answer in time" in said
    assert "--request-timeout" in said
    assert time.monotonic() - started < 2


def test_an_answer_that_drips_does_not_last_longer_than_it_may() -> None:
    head = b"%sContent-Length: 9999\r\n\r\n" % JSON
    with speaking(head, *[b"x"] * 200, pause=0.05) as url:
        started = time.monotonic()
        said = refusal(reached(url, timeout=0.4))

    assert "the answer does not come in time" in said
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (b"", "the connection broke"),
        (b"HTTP/1.1 200 OK\r\nContent-Le", "the answer ends in the middle"),
        (b"nonsense\r\n\r\n", "the connection broke"),
        (b"%sContent-Length: 9\r\n\r\n{}" % JSON, "the connection broke"),
        (
            b"%sTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n" % JSON,
            "the connection broke",
        ),
        (b"%sContent-Encoding: gzip\r\n\r\n{}" % JSON, "the connection broke"),
        (b'%s\r\n{"a":' % JSON, "the answer ends in the middle"),
    ],
    ids=["nothing", "head", "nonsense", "length", "chunks", "gzip", "json"],
)
def test_an_answer_that_does_not_come_whole(answer: bytes, message: str) -> None:
    with speaking(answer) as url:
        said = refusal(reached(url, timeout=5.0))

    assert f"does not answer when asked to get /version: {message}" in said


def test_a_redirect_is_not_followed() -> None:
    to = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n"
    with speaking(to + b"\r\n") as url:
        said = refusal(reached(url, token="secret"))

    assert "answers 302 when asked to get /version" in said
    assert "no proxy answers in its place" in said

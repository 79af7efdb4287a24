"""A cluster that is asked from inside, as the pod's service account."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from kubernetes.config import incluster_config

from dractl.live.connect import connect
from dractl.live.place import Asked
from dractl.live.target import Target
from tests.apiserver import ApiServer, User
from tests.apiserver.certificates import Certificates, needs_openssl

VERSION = Asked("get", path="/version")
ACCOUNT = User("system:serviceaccount:tools:dractl")

pytestmark = needs_openssl


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ApiServer]:
    """Return the server of the pod, whose token and authority lie in a folder."""
    certificates = Certificates(tmp_path)
    with ApiServer(certificates=certificates, users=[ACCOUNT]) as found:
        (tmp_path / "token").write_text(found.access.token(ACCOUNT.name))
        for name, path in (
            ("SERVICE_TOKEN_FILENAME", tmp_path / "token"),
            ("SERVICE_CERT_FILENAME", certificates.authority),
        ):
            monkeypatch.setattr(incluster_config, name, str(path))
        host, _, port = found.address.partition(":")
        monkeypatch.setenv("KUBERNETES_SERVICE_HOST", host)
        monkeypatch.setenv("KUBERNETES_SERVICE_PORT", port)
        yield found


@pytest.mark.usefixtures("server")
def test_a_pod_asks_as_its_service_account() -> None:
    connection = connect(Target())

    assert connection.who() == ACCOUNT.name
    assert connection.namespace == "default"


def test_a_token_that_was_rotated_is_read_again(
    server: ApiServer, tmp_path: Path
) -> None:
    connection = connect(Target())
    server.access.revoke(server.access.token(ACCOUNT.name))
    (tmp_path / "token").write_text(server.access.renew(ACCOUNT))

    assert connection.get(VERSION).status == 200


@pytest.mark.usefixtures("server")
def test_an_empty_kubeconfig_does_not_hide_the_service_account(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").write_text("")
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "config"))

    assert connect(Target()).who() == ACCOUNT.name


def test_a_kubeconfig_goes_first(
    server: ApiServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ApiServer() as other:
        path = other.kubeconfig(tmp_path / "config")
        monkeypatch.setenv("KUBECONFIG", str(path))

        connection = connect(Target())

        assert connection.server == other.url
    assert server.requests == []

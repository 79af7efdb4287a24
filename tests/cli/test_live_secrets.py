"""Nothing secret in kubeconfigs and clusters shows, whatever goes wrong."""

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.apiserver import ApiServer, Fault, Kind, Rule, User
from tests.apiserver.certificates import Certificates, needs_openssl
from tests.cli.clusters import served
from tests.cli.run import Ran, Runner, program
from tests.cli.waiting import CLUSTER
from tests.live.identity import id_token

MARK = "SECRET"
"""Stands in everything that nobody may see."""

COMMANDS = [
    ["explain", "-A"],
    ["explain", "-A", "-o", "json"],
    ["explain", "pod", "default/waits", "-o", "wide"],
    ["allocate", "-A", "-o", "json"],
    ["attributes", "-o", "yaml"],
    ["cel", "true", "-o", "wide"],
    ["snapshot", "-A"],
    ["snapshot", "-A", "--redact"],
    ["cleanup", "-A", "-o", "json"],
]


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def waiting_pod() -> dict[str, Any]:
    """Return a pod with secrets where pods have them, that waits for devices."""
    (found,) = [each for each in CLUSTER if each["metadata"]["name"] == "waits"]
    container = {
        "name": "main",
        "image": "x",
        "env": [{"name": "TOKEN", "value": f"{MARK}-env"}],
        "command": ["run", f"--password={MARK}-command"],
        "args": [f"{MARK}-argument"],
        "livenessProbe": {"exec": {"command": [f"{MARK}-probe"]}},
        "resources": {"claims": [{"name": "c0"}]},
    }
    applied = "kubectl.kubernetes.io/last-applied-configuration"
    metadata = {**found["metadata"], "annotations": {applied: f"{MARK}-annotation"}}
    return {
        **found,
        "metadata": metadata,
        "spec": {**found["spec"], "containers": [container]},
    }


@pytest.fixture
def server(api_server: ApiServer) -> ApiServer:
    data = {"data": {"key": encoded(f"{MARK}-data")}, "stringData": {"x": MARK}}
    metadata = {"name": "hidden", "namespace": "default"}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, **data}
    api_server.add([*CLUSTER, waiting_pod(), secret])
    return api_server


def hidden(ran: Ran) -> None:
    """Check that nothing secret was printed."""
    for text in (ran.out, ran.err):
        assert MARK not in text
        assert encoded(MARK)[:8] not in text


@pytest.mark.parametrize("words", COMMANDS, ids="-".join)
def test_what_is_secret_in_a_cluster_shows_in_no_answer(
    dractl: Runner, server: ApiServer, tmp_path: Path, words: list[str]
) -> None:
    ran = dractl(*words, *served(server, tmp_path), "-v")

    assert ran.status in {0, 1}
    hidden(ran)


@pytest.mark.parametrize("words", COMMANDS, ids="-".join)
def test_no_command_reads_secrets(
    dractl: Runner, server: ApiServer, tmp_path: Path, words: list[str]
) -> None:
    dractl(*words, *served(server, tmp_path))

    assert not any("secrets" in each.path for each in server.requests)


PLUGIN = {
    "apiVersion": "client.authentication.k8s.io/v1",
    "command": "false",
    "args": [f"{MARK}-argument"],
    "env": [{"name": "PASSWORD", "value": f"{MARK}-env"}],
}
OIDC = {
    "client-id": "x",
    "client-secret": f"{MARK}-client",
    "refresh-token": f"{MARK}-refresh",
    "idp-issuer-url": "http://127.0.0.1:1",
}
USERS: Mapping[str, dict[str, Any]] = {
    "token": {"token": f"{MARK}-token"},
    "line": {"token": f"{MARK}-token\n"},
    "password": {"username": "me", "password": f"{MARK}-password"},
    "key": {
        "client-certificate-data": encoded(f"{MARK}-certificate"),
        "client-key-data": encoded(f"{MARK}-key"),
    },
    "key that is none": {"client-key-data": f"{MARK} %"},
    "plugin": {"exec": PLUGIN},
    "printing plugin": {"exec": {**PLUGIN, "command": "echo"}},
    "plugin without a version": {"exec": {"command": "x", "args": [MARK]}},
    "oidc": {
        "auth-provider": {
            "name": "oidc", "config": {**OIDC, "id-token": id_token(-9)},
        },
    },
    "oidc that is none": {
        "auth-provider": {"name": "oidc", "config": {**OIDC, "id-token": MARK}}
    },
    "cloud": {"auth-provider": {"name": "gcp", "config": {"access-token": MARK}}},
    "list": {"token": [MARK]},
    "mapping": {"exec": [MARK]},
}  # fmt: skip


@pytest.mark.parametrize("entry", USERS.values(), ids=USERS)
def test_what_is_secret_in_a_kubeconfig_shows_in_no_error(
    dractl: Runner, server: ApiServer, tmp_path: Path, entry: dict[str, Any]
) -> None:
    options = served(server, tmp_path, credentials=entry)

    ran = dractl("explain", "-A", *options, "-v")

    assert (ran.status, ran.out) == (3, "")
    assert ran.err.count("hint: ") == 1
    hidden(ran)


@pytest.mark.parametrize("kind", Kind)
def test_a_token_shows_in_no_error_of_a_server(
    dractl: Runner, server: ApiServer, tmp_path: Path, kind: Kind
) -> None:
    token = f"{MARK}-token"
    server.access._tokens[token] = User("admin")
    options = served(server, tmp_path, credentials={"token": token})
    server.faults.add(
        Fault(kind, times=None, seconds=0.5, location=f"{server.url}/elsewhere")
    )

    ran = dractl("explain", "-A", *options, "-v", "--request-timeout", "200ms")

    is_interrupted = kind in {Kind.INTERRUPT_BEFORE, Kind.INTERRUPT_AFTER}
    assert ran.status in ({130} if is_interrupted else {1, 3})
    hidden(ran)


def test_a_token_shows_in_no_refusal(dractl: Runner, server: ApiServer) -> None:
    token = f"{MARK}-token"
    server.access._tokens[token] = User("alice", deny=(Rule(),))

    ran = dractl("attributes", "--server", server.url, "--token", token, "-v")

    assert ran.status == 3
    assert "alice" in ran.err
    hidden(ran)


def test_the_login_of_a_proxy_shows_in_no_error(
    dractl: Runner, server: ApiServer, tmp_path: Path
) -> None:
    _, path = served(server, tmp_path)
    content = yaml.safe_load(Path(path).read_text())
    cluster = content["clusters"][0]["cluster"]
    cluster["proxy-url"] = f"http://me:{MARK}@127.0.0.1:1"
    Path(path).write_text(json.dumps(content))

    ran = dractl("explain", "--kubeconfig", path, "-v")

    assert ran.status == 3
    hidden(ran)


@pytest.mark.parametrize(
    "text",
    [f"users: [{MARK}", f"- {MARK}", MARK, f"token: {MARK}\n  x: y", f"a: !{MARK} b"],
)
def test_what_stands_in_a_broken_kubeconfig_shows_nowhere(
    dractl: Runner, tmp_path: Path, text: str
) -> None:
    path = tmp_path / "config"
    path.write_text(text)

    ran = dractl("explain", "--kubeconfig", str(path), "-v")

    assert ran.status in {2, 3}
    hidden(ran)


@needs_openssl
def test_a_key_does_not_stay_in_the_folder_for_temporary_files(tmp_path: Path) -> None:
    certificates = Certificates(tmp_path)
    folder = tmp_path / "temporary"
    folder.mkdir()
    files = dict(
        zip(
            ("client-certificate", "client-key"),
            certificates.client("admin"),
            strict=True,
        )
    )
    data = {f"{key}-data": encoded(path.read_text()) for key, path in files.items()}
    with ApiServer(certificates=certificates) as server:
        server.add(CLUSTER)
        options = served(server, tmp_path, credentials=data)

        ran = program("attributes", *options, environment={"TMPDIR": str(folder)})

    assert ran.status == 0
    assert list(folder.iterdir()) == []

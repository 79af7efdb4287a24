import base64
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from dractl.errors import DractlError
from dractl.live.credentials import Credentials, credentials
from dractl.live.target import Target
from tests.apiserver.certificates import Certificates, needs_openssl
from tests.live.configs import config, written
from tests.live.identity import Provider, id_token, provider

SECRET = "do-not-show-this"
EXEC = "client.authentication.k8s.io/v1"


def found(path: Path, user: dict[str, Any], **options: Any) -> Credentials:
    """Return the credentials of a user's entry."""
    content = config("a", user={"token": "", **user})
    written(path / "config", content)
    return credentials(Target(str(path / "config"), **options), {}, path)


def refusal(path: Path, user: dict[str, Any], **options: Any) -> str:
    """Return what is said of a user's entry, which never is a secret."""
    with pytest.raises(DractlError) as caught:
        found(path, user, **options)
    text = f"{caught.value} ({caught.value.hint})"
    assert SECRET not in text
    return text


def sent(credentials: Credentials) -> object:
    """Return what stands in the header of requests."""
    return credentials.configuration.get_api_key_with_prefix("BearerToken")


def program(folder: Path, text: str) -> dict[str, Any]:
    """Write a program for credentials; return the entry that names it."""
    path = folder / "login"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return {"exec": {"apiVersion": EXEC, "command": "./login", "args": [SECRET]}}


def credential(**status: str) -> str:
    """Return the command that gives a credential."""
    made = {"apiVersion": EXEC, "kind": "ExecCredential", "status": status}
    return f"cat <<'END'\n{json.dumps(made)}\nEND"


def test_a_token_is_sent(tmp_path: Path) -> None:
    assert sent(found(tmp_path, {"token": "x"})) == "Bearer x"


def test_a_token_from_a_file_has_no_end_of_line_and_goes_first(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from-file\n")

    both = found(tmp_path, {"tokenFile": "token", "token": "x"})

    assert sent(both) == "Bearer from-file"


def test_a_name_with_a_password_is_sent(tmp_path: Path) -> None:
    basic = found(tmp_path, {"username": "me", "password": "pass"})

    assert sent(basic) == f"Basic {base64.b64encode(b'me:pass').decode()}"


def test_without_any_entry_nothing_is_sent(tmp_path: Path) -> None:
    assert sent(found(tmp_path, {})) is None


def test_a_program_gives_a_token_once(tmp_path: Path) -> None:
    soon = "2020-01-01T00:00:00Z"
    text = credential(token="given", expirationTimestamp=soon)
    entry = program(tmp_path, f"echo ran >> {tmp_path}/ran\n{text}")

    given = found(tmp_path, entry)

    assert [sent(given), sent(given)] == ["Bearer given", "Bearer given"]
    assert (tmp_path / "ran").read_text() == "ran\n"


def test_a_program_gets_its_arguments_and_environment(tmp_path: Path) -> None:
    text = credential(token="X").replace("'END'", "END").replace('"X"', '"$1-$WHO"')
    entry = program(tmp_path, text)
    entry["exec"] |= {"args": ["one"], "env": [{"name": "WHO", "value": "me"}]}

    assert sent(found(tmp_path, entry)) == "Bearer one-me"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("echo expired, log in >&2; exit 3", "process returned 3. expired, log in"),
        (f"echo {SECRET}", "failed to decode process output"),
        ("echo '{}'", "missing key 'apiVersion'"),
        (credential(), "missing token or clientCertificateData"),
        (credential(clientCertificateData=SECRET), "missing clientKeyData"),
    ],
)
def test_a_program_that_fails_is_named_with_what_it_says(
    tmp_path: Path, text: str, reason: str
) -> None:
    said = refusal(tmp_path, program(tmp_path, text))

    assert f"the program '{tmp_path}/login' of user 'a' gives no credentials: " in said
    assert reason in said
    assert "log in again" in said


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    missing = {"exec": {"apiVersion": EXEC, "command": "no-such-program"}}

    said = refusal(tmp_path, missing)

    assert "the program 'no-such-program' of user 'a'" in said
    assert "No such file or directory" in said


def test_a_program_that_is_not_there_can_say_how_to_get_it(tmp_path: Path) -> None:
    missing = {"apiVersion": EXEC, "command": "no-such-program"}
    entry = {"exec": {**missing, "installHint": "install it from example.com"}}

    assert refusal(tmp_path, entry).endswith("(install it from example.com)")


@pytest.mark.parametrize(
    ("user", "message"),
    [
        ({"client-key": "gone"}, "gone: client-key of user 'a' is a file that is not"),
        ({"tokenFile": "gone"}, "gone: tokenFile is a file that cannot be read"),
        (
            {"client-certificate-data": f"{SECRET}!"},
            "client-certificate-data of user 'a' is not base64",
        ),
        ({"token": f"{SECRET}\nX: y"}, "the token has characters that no token has"),
        ({"token": f"{SECRET}€"}, "the token has characters that no token has"),
        (
            {"auth-provider": {"name": "gcp", "config": {"access-token": SECRET}}},
            "auth-provider of user 'a' is not oidc",
        ),
        (
            {"auth-provider": {"name": "oidc", "config": {"id-token": SECRET}}},
            "the identity provider of user 'a' gives no credentials",
        ),
        (
            {"auth-provider": {"name": "oidc", "config": {"refresh-token": SECRET}}},
            "the identity provider of user 'a' gives no credentials",
        ),
    ],
)
def test_an_entry_that_cannot_be_used_is_named(
    tmp_path: Path, user: dict[str, Any], message: str
) -> None:
    assert message in refusal(tmp_path, user)


def data(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "user",
    [
        {"client-certificate-data": data("no PEM"), "client-key-data": data(SECRET)},
        {"client-certificate-data": data("no PEM")},
    ],
)
def test_certificates_that_are_none_are_told_before_anything_is_sent(
    tmp_path: Path, user: dict[str, Any]
) -> None:
    said = refusal(tmp_path, user)

    assert "client-certificate with its client-key cannot be used for TLS" in said


@needs_openssl
def test_a_key_that_fits_another_certificate_is_told(tmp_path: Path) -> None:
    certificates = Certificates(tmp_path)
    certificate, _ = certificates.client("one")
    _, key = certificates.client("two")

    said = refusal(
        tmp_path, {"client-certificate": str(certificate), "client-key": str(key)}
    )

    assert "client-certificate with its client-key cannot be used for TLS" in said


def test_options_to_act_as_another_go_before_the_entry(tmp_path: Path) -> None:
    entry = {"as": "bob", "as-uid": "1", "as-groups": ["x"]}

    by_entry = found(tmp_path, {"token": "t", **entry})
    by_options = found(
        tmp_path, entry, impersonate="zoë", impersonate_groups=("a", "b")
    )

    assert by_entry.headers[:-1] == (
        ("Impersonate-User", "bob"),
        ("Impersonate-Uid", "1"),
        ("Impersonate-Group", "x"),
    )
    assert [value for _, value in by_options.headers] == [
        "zoë".encode().decode("latin-1"), "1", "a", "b", "gzip",
    ]  # fmt: skip
    assert by_entry.user == "bob"


def test_what_one_is_known_by_beside_the_name_is_sent(tmp_path: Path) -> None:
    entry = {"as": "bob", "as-user-extra": {"acme.com/Team": ["gpu"]}}

    headers = found(tmp_path, entry).headers

    assert ("Impersonate-Extra-acme.com%2FTeam", "gpu") in headers


def test_a_group_without_a_user_is_refused(tmp_path: Path) -> None:
    said = refusal(tmp_path, {}, impersonate_groups=("x",))

    assert "--as-group and --as-uid need --as" in said


def test_a_user_to_act_as_cannot_add_headers(tmp_path: Path) -> None:
    said = refusal(tmp_path, {}, impersonate="x\r\nAuthorization: y")

    assert "characters that no name has" in said


def test_outside_of_a_pod_a_cluster_has_to_be_named(tmp_path: Path) -> None:
    with pytest.raises(DractlError, match="no cluster is named") as caught:
        credentials(Target(), {}, tmp_path)

    assert "--demo" in caught.value.hint
    assert "--kubeconfig" in caught.value.hint


def test_in_a_pod_without_a_token_the_service_account_is_told(tmp_path: Path) -> None:
    pod = {"KUBERNETES_SERVICE_HOST": "10.0.0.1", "KUBERNETES_SERVICE_PORT": "443"}

    with pytest.raises(DractlError, match="the pod's service account cannot be used"):
        credentials(Target(), pod, tmp_path)


def test_options_that_name_entries_need_a_kubeconfig(tmp_path: Path) -> None:
    with pytest.raises(DractlError, match="there is no kubeconfig that could have"):
        credentials(Target(context="prod"), {}, tmp_path)


# -- OIDC


def oidc(issuer: str, token: str, **more: str) -> dict[str, Any]:
    known = {"client-id": "dractl", "client-secret": SECRET}
    shown = {"id-token": token, "refresh-token": SECRET}
    settings = {"idp-issuer-url": issuer, **known, **shown, **more}
    return {"auth-provider": {"name": "oidc", "config": settings}}


def test_a_token_that_is_still_good_is_sent(tmp_path: Path) -> None:
    token = id_token(3600)

    good = found(tmp_path, oidc("https://nowhere.invalid", token))

    assert sent(good) == f"Bearer {token}"


@pytest.fixture
def issuer(tmp_path: Path) -> Any:
    with provider(Certificates(tmp_path), id_token(3600)) as found:
        yield found


@needs_openssl
def test_a_token_is_refreshed_and_kept_in_the_file(
    tmp_path: Path, issuer: Provider
) -> None:
    authority = {"idp-certificate-authority": str(tmp_path / "authority.pem")}
    entry = oidc(issuer.url, id_token(-9), **authority)
    path = written(tmp_path / "config", config("a", user={"token": "", **entry}))
    path.chmod(0o640)

    refreshed = credentials(Target(str(path)), {}, tmp_path)

    assert sent(refreshed) == f"Bearer {issuer.answer['id_token']}"
    assert issuer.asked[0]["refresh_token"] == [SECRET]
    kept = yaml.safe_load(path.read_text())["users"][0]["user"]["auth-provider"]
    assert kept["config"] == {
        **entry["auth-provider"]["config"],
        "id-token": issuer.answer["id_token"],
        "refresh-token": "next",
    }
    assert path.stat().st_mode & 0o777 == 0o640


@needs_openssl
def test_a_provider_that_nobody_vouches_for_learns_nothing(
    tmp_path: Path, issuer: Provider
) -> None:
    said = refusal(tmp_path, oidc(issuer.url, id_token(-9)))

    assert "the identity provider of user 'a' gives no credentials" in said
    assert issuer.asked == []


@needs_openssl
@pytest.mark.parametrize(
    ("status", "answer"),
    [(400, {"error": "invalid_grant"}), (400, {"error": "invalid_client"}),
     (200, {"access_token": "x"}), (500, {})],
)  # fmt: skip
def test_a_provider_that_refuses_is_told_and_the_file_stays(
    tmp_path: Path, issuer: Provider, status: int, answer: dict[str, Any]
) -> None:
    issuer.status, issuer.answer = status, answer
    authority = {"idp-certificate-authority": str(tmp_path / "authority.pem")}

    said = refusal(tmp_path, oidc(issuer.url, id_token(-9), **authority))

    assert "the identity provider of user 'a' gives no credentials" in said
    assert SECRET in (tmp_path / "config").read_text()

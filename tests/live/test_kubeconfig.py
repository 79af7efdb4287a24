from pathlib import Path

import pytest

from dractl.errors import DractlError, ExitStatus
from dractl.live.kubeconfig import Access, access
from dractl.live.target import Target
from tests.live.configs import Config, config, written

SECRET = "do-not-show-this"


def chosen(
    folder: Path, *files: Config, target: Target | None = None, **environment: str
) -> Access:
    """Return what a list of files in KUBECONFIG and options choose."""
    paths = [
        written(folder / f"config-{number}", each) for number, each in enumerate(files)
    ]
    listed = ":".join(map(str, paths))
    found = access(target or Target(), {"KUBECONFIG": listed, **environment}, folder)
    assert found is not None
    return found


def refused(folder: Path, content: object) -> DractlError:
    """Return the error of a kubeconfig, which shows no secret."""
    target = Target(kubeconfig=str(written(folder / "config", content)))
    with pytest.raises(DractlError) as caught:
        access(target, {}, folder)
    assert SECRET not in f"{caught.value} {caught.value.hint}"
    return caught.value


def test_without_a_kubeconfig_there_is_no_access(tmp_path: Path) -> None:
    assert access(Target(), {}, tmp_path) is None


@pytest.mark.parametrize(
    "content",
    ["", "{}", {"kind": "Config", "contexts": None, "current-context": ""}],
    ids=["nothing", "mapping", "what kubectl leaves"],
)
def test_an_empty_kubeconfig_is_like_none(tmp_path: Path, content: object) -> None:
    target = Target(kubeconfig=str(written(tmp_path / "config", content)))

    assert access(target, {}, tmp_path) is None


def test_the_file_in_the_home_folder_is_read_where_nothing_else_is_named(
    tmp_path: Path,
) -> None:
    (tmp_path / ".kube").mkdir()
    written(tmp_path / ".kube" / "config", config("home"))

    found = access(Target(), {}, tmp_path)

    assert found is not None
    assert found.cluster == {"server": "https://home.example.com"}
    assert found.user == {"token": "of-home"}
    assert (found.cluster_name, found.user_name) == ("cluster 'home'", "home")
    assert found.namespace == "default"


def test_of_entries_with_one_name_that_of_the_first_file_counts(tmp_path: Path) -> None:
    second = config("a", user={"token": "other"})

    found = chosen(tmp_path, config("a", namespace="one"), second)

    assert (found.user["token"], found.namespace) == ("of-a", "one")


def test_the_first_current_context_counts(tmp_path: Path) -> None:
    none = {**config("a"), "current-context": ""}

    assert chosen(tmp_path, none, config("b"), config("c")).user_name == "b"


def test_files_of_the_list_may_be_missing(tmp_path: Path) -> None:
    path = written(tmp_path / "config", config("a"))
    listed = f"{tmp_path}/gone::{path}"

    found = access(Target(), {"KUBECONFIG": listed}, tmp_path)

    assert found is not None
    assert found.user_name == "a"


def test_a_file_that_an_option_names_has_to_be_there(tmp_path: Path) -> None:
    target = Target(kubeconfig=str(tmp_path / "gone"))

    with pytest.raises(DractlError, match="gone: there is no such file"):
        access(target, {}, tmp_path)


def test_a_file_that_an_option_names_is_the_only_one(tmp_path: Path) -> None:
    target = Target(kubeconfig=str(written(tmp_path / "named", config("named"))))

    assert chosen(tmp_path, config("other"), target=target).user_name == "named"


def test_options_choose_other_entries_than_the_context(tmp_path: Path) -> None:
    target = Target(context="b", cluster="c", user="a")

    found = chosen(tmp_path, config("a"), config("b"), config("c"), target=target)

    assert found.cluster["server"] == "https://c.example.com"
    assert found.user == {"token": "of-a"}


def test_a_token_replaces_the_user_whom_the_context_names(tmp_path: Path) -> None:
    found = chosen(tmp_path, config("a"), target=Target(token="mine"))

    assert (found.user, found.user_name) == ({"token": "mine"}, "a")


def test_a_server_needs_no_kubeconfig(tmp_path: Path) -> None:
    found = access(Target(server="https://x:6443"), {}, tmp_path)

    assert found is not None
    assert found.cluster == {"server": "https://x:6443"}
    assert (found.user, found.user_name) == ({}, "(anonymous)")


def test_insecure_leaves_the_authority_out(tmp_path: Path) -> None:
    authorities = {"certificate-authority": "x", "certificate-authority-data": "eA=="}
    target = Target(insecure=True, tls_server_name="name", server="https://y")

    found = chosen(tmp_path, config("a", authorities), target=target)

    assert found.cluster == {
        "server": "https://y",
        "insecure-skip-tls-verify": True,
        "tls-server-name": "name",
    }


def test_paths_are_those_of_the_folder_of_their_file(tmp_path: Path) -> None:
    user = {"client-certificate": "crt", "client-key": "/abs/key", "tokenFile": "d/t"}

    found = chosen(tmp_path, config("a", {"certificate-authority": "ca"}, user))

    assert found.cluster["certificate-authority"] == str(tmp_path / "ca")
    assert found.user["client-certificate"] == str(tmp_path / "crt")
    assert found.user["client-key"] == "/abs/key"
    assert found.user["tokenFile"] == str(tmp_path / "d/t")


@pytest.mark.parametrize(
    ("command", "resolved"), [("./login", "{}/login"), ("login", "login")]
)
def test_only_a_program_with_a_path_is_looked_for_beside_the_file(
    tmp_path: Path, command: str, resolved: str
) -> None:
    found = chosen(tmp_path, config("a", user={"exec": {"command": command}}))

    assert found.user["exec"]["command"] == resolved.format(tmp_path)


def test_a_program_beside_a_file_of_this_folder_is_not_looked_up_on_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path / "config", config("a", user={"exec": {"command": "./login"}}))
    monkeypatch.chdir(tmp_path)

    found = access(Target(kubeconfig="config"), {}, tmp_path)

    assert found is not None
    assert found.user["exec"]["command"] == str(tmp_path / "login")


def test_what_is_empty_counts_as_absent(tmp_path: Path) -> None:
    empty = {"certificate-authority-data": "", "proxy-url": None}

    found = chosen(tmp_path, config("a", empty, {"username": "", "exec": None}))

    assert found.cluster == {"server": "https://a.example.com"}
    assert found.user == {"token": "of-a"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (f"users: [{SECRET}\n  x: {{", "config:2: is not YAML"),
        (f"{SECRET}: \x00", "config: is not YAML"),
        (f"a: &a [*a]\nb: !!python/{SECRET} x", "config:2: is not YAML"),
        (f"token: {SECRET}\n token: x", "config:2: is not YAML"),
        (SECRET, "config: is no kubeconfig: it holds no mapping"),
        ([SECRET], "config: is no kubeconfig: it holds no mapping"),
        ({"users": {SECRET: 1}}, "config: users is not a list"),
        ({"users": SECRET}, "config: users is not a list"),
        ({"clusters": [SECRET]}, "config: clusters[0] is no entry with name and"),
        ({"users": [{"name": "a", "user": [SECRET]}]}, "users[0] is no entry with"),
        ({"users": [{"user": {"token": SECRET}}]}, "users[0] is no entry with name"),
        (config("a", user={"token": [SECRET]}), "token is not text in user 'a'"),
        (config("a", user={"password": 123}), "password is not text in user 'a'"),
        (config("a", user={"exec": SECRET}), "exec is not a mapping in user 'a'"),
        (config("a", user={"exec": {"args": [SECRET]}}), "exec names no command"),
        (
            config("a", {"insecure-skip-tls-verify": "false"}),
            "insecure-skip-tls-verify is not true or false in cluster 'a'",
        ),
    ],
)
def test_a_broken_kubeconfig_is_named_with_the_place_but_not_the_content(
    tmp_path: Path, content: object, message: str
) -> None:
    error = refused(tmp_path, content)

    assert message in str(error)
    assert error.where.startswith(str(tmp_path / "config"))
    assert error.status is ExitStatus.ENVIRONMENT
    assert "--kubeconfig" in error.hint


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"\x80token"])
def test_a_kubeconfig_that_is_no_text_is_refused(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "config"
    path.write_bytes(content)

    with pytest.raises(DractlError, match="config: cannot be read: is not text"):
        access(Target(kubeconfig=str(path)), {}, tmp_path)


def test_a_folder_is_no_kubeconfig(tmp_path: Path) -> None:
    with pytest.raises(DractlError, match="cannot be read: Is a directory"):
        access(Target(), {"KUBECONFIG": str(tmp_path)}, tmp_path)


@pytest.mark.parametrize(
    ("content", "message", "hint"),
    [
        (
            {**config("a"), "current-context": ""},
            "the kubeconfig has no current context",
            "there are a",
        ),
        (
            {**config("prod"), "current-context": "prd"},
            "the kubeconfig has no context 'prd'",
            "did you mean --context prod?",
        ),
        (
            {**config("a"), "clusters": []},
            "the kubeconfig has no cluster 'a'",
            "there are none",
        ),
        (
            {**config("a"), "users": []},
            "the kubeconfig has no user 'a'",
            "there are none",
        ),
        (
            config("a", {"server": ""}),
            "cluster 'a' has no server of the form https://HOST:PORT",
            "--server",
        ),
        (config("a", {"server": "host:6443"}), "has no server of the form", "--server"),
        (config("a", {"server": "https://"}), "has no server of the form", "--server"),
        (
            config("a", {"server": f"https://me:{SECRET}@host"}),
            "has no server of the form",
            "--server",
        ),
        (
            {"contexts": [{"name": "a", "context": {}}], "current-context": "a"},
            "the cluster has no server of the form",
            "--server",
        ),
    ],
)
def test_a_kubeconfig_that_chooses_no_cluster_says_what_is_missing(
    tmp_path: Path, content: object, message: str, hint: str
) -> None:
    error = refused(tmp_path, content)

    assert message in str(error)
    assert hint in error.hint
    assert error.status is ExitStatus.USAGE


def test_no_secret_shows_when_things_are_printed(tmp_path: Path) -> None:
    target = Target(token=SECRET)
    users = {"token": SECRET, "password": SECRET, "client-key-data": SECRET}
    found = chosen(tmp_path, config("a", {"proxy-url": SECRET}, users))

    assert SECRET not in f"{target!r} {found!r} {found}"

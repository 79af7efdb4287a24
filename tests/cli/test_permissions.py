"""`--explain-permissions`: a role that suffices, and no more."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from dractl.cli.permissions import permissions
from dractl.live.kinds import NEEDS
from tests.answers import from_yaml
from tests.apiserver import ApiServer, Rule, User
from tests.cli.clusters import served
from tests.cli.run import Runner
from tests.cli.waiting import CLUSTER

COMMANDS = {
    "allocate": ["-A"],
    "attributes": [],
    "cel": ["true"],
    "cleanup": ["-A"],
    "diff": ["pod.yaml", "-A"],
    "doctor": [],
    "doctor upgrade": ["--kubernetes", "1.37"],
    "explain": ["-A"],
    "health": ["-A"],
    "migrate plan": ["-A"],
    "migrate render": ["-A", "-o", "-"],
    "report": ["-o", "report.html"],
    "snapshot": ["-A"],
    "taint": ["gpu.example.com/n1/gpu-0", "example.com/bad:NoSchedule", "--yes"],
    "top": ["-A"],
    "validate": ["pod.yaml"],
}
"""What each command is given."""


def role(dractl: Runner, command: str) -> dict[str, Any]:
    found: dict[str, Any] = from_yaml(
        dractl(*command.split(), "--explain-permissions").out
    )
    return found


def rules(role: dict[str, Any]) -> list[Rule]:
    """Return what a role allows, as the double has it."""
    found = []
    for each in role["rules"]:
        for verb in each["verbs"]:
            found += [Rule(verb, path=path) for path in each.get("nonResourceURLs", ())]
            found += [
                Rule(verb, group, resource, path="", name=name)
                for group in each.get("apiGroups", ())
                for resource in each["resources"]
                for name in each.get("resourceNames", ("*",))
            ]
    return found


@pytest.mark.parametrize("command", COMMANDS)
def test_a_role_lets_its_command_run(
    dractl: Runner,
    api_server: ApiServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
) -> None:
    api_server.add(CLUSTER)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pod.yaml").write_text(yaml.safe_dump(CLUSTER[-1]))
    allowed = tuple(rules(role(dractl, command)))
    api_server.access.change(User("alice", allow=allowed))

    ran = dractl(
        *command.split(),
        *COMMANDS[command],
        *served(api_server, tmp_path, user="alice"),
    )

    assert ran.status in {0, 1}
    assert "may not" not in ran.err
    # Some resources are not in every version of their group.
    assert {each.status for each in api_server.requests} <= {200, 201, 404}


def test_the_role_of_explain_lets_it_watch(
    dractl: Runner, api_server: ApiServer, tmp_path: Path
) -> None:
    api_server.add(CLUSTER)
    allowed = tuple(rules(role(dractl, "explain")))
    api_server.access.change(User("alice", allow=allowed))

    argv = ("-A", "--watch", "--timeout", "1s")
    ran = dractl("explain", *argv, *served(api_server, tmp_path, user="alice"))

    assert ran.status == 1
    assert "may not" not in ran.err
    assert {each.status for each in api_server.requests} <= {200, 404}
    watched = [each for each in api_server.requests if "watch" in each.query]
    assert {
        each.query.get("fieldSelector")
        for each in watched
        if each.path.endswith("/configmaps")
    } == {
        "metadata.name=cluster-autoscaler-status",
        "metadata.name=kueue-manager-config",
    }


@pytest.mark.parametrize("command", NEEDS)
def test_a_role_names_what_is_asked_for_and_nothing_secret(command: str) -> None:
    text = permissions(command)

    assert from_yaml(text)["metadata"] == {
        "name": f"dractl-{command}".replace(" ", "-")
    }
    assert "secrets" not in text
    assert "*" not in text


def test_a_role_of_a_command_that_only_reads_changes_nothing(dractl: Runner) -> None:
    verbs = {
        verb for each in role(dractl, "explain")["rules"] for verb in each["verbs"]
    }

    assert verbs == {"get", "list", "watch"}


def test_only_a_command_that_can_follow_changes_may_watch() -> None:
    assert [each for each in NEEDS if "watch" in permissions(each)] == [
        "explain",
        "health",
    ]


def test_of_single_objects_only_those_are_named(dractl: Runner) -> None:
    named = [
        each["resourceNames"]
        for each in role(dractl, "explain")["rules"]
        if "configmaps" in each.get("resources", ())
    ]

    assert ["cluster-autoscaler-status"] in named

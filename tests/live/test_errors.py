"""What refusals are told as, beside those in test_recordings.py."""

import json
from itertools import product
from typing import Any

import pytest

from dractl.live.errors import ClusterError, denied, grant, refusal, refused
from dractl.live.place import Asked, Place
from tests.batches import batched

RULES = Place("resource.k8s.io", "v1beta2", "devicetaintrules")
PODS = Place("", "v1", "pods", "a b")


def status(code: int, **fields: Any) -> bytes:
    return json.dumps({"kind": "Status", "code": code, **fields}).encode()


def told(asked: Asked, code: int, body: bytes) -> ClusterError:
    return refused(asked, refusal(code, body), lambda: "alice", "https://x")


BODIES = [
    b"", b"no backend\n", b"<html>", b"[]", b'{"kind": "Pod"}', b"\xff",
    b'{"kind": "Status", "message": 5, "reason": [], "details": "x"}',
    b'{"kind": "Status", "details": {"causes": [1, {"field": 2}], "name": 3}}',
]  # fmt: skip
CODES = [302, 400, 401, 403, 404, 405, 409, 418, 422, 429, 503]


@batched(list(product(CODES, BODIES)))
def test_every_answer_is_told_even_if_it_is_no_status(case: tuple[int, bytes]) -> None:
    code, body = case
    error = told(Asked("list", RULES), code, body)

    assert error.http == code
    assert error.message
    assert error.hint


@pytest.mark.parametrize(
    ("asked", "user", "rule", "commands"),
    [
        (
            Asked("patch", RULES.of("x")),
            "system:serviceaccount:tools:dractl",
            "verbs: [create,patch]",
            (
                "kubectl create clusterrole dractl-patch-devicetaintrules "
                "--verb=create,patch --resource=devicetaintrules.resource.k8s.io && "
                "kubectl create clusterrolebinding dractl-patch-devicetaintrules "
                "--clusterrole=dractl-patch-devicetaintrules "
                "--serviceaccount=tools:dractl"
            ),
        ),
        (
            Asked("create", Place("", "v1", "pods", "a", "b", "eviction")),
            "mary ann",
            'apiGroups: [""], resources: [pods/eviction], verbs: [create]',
            (
                "kubectl create role dractl-create-pods-eviction -n a --verb=create "
                "--resource=pods/eviction && kubectl create rolebinding "
                "dractl-create-pods-eviction -n a --role=dractl-create-pods-eviction "
                "--user='mary ann'"
            ),
        ),
        (
            Asked("get", path="/metrics"),
            "alice",
            'nonResourceURLs: ["/metrics"], verbs: [get]',
            (
                "kubectl create clusterrole dractl-get-metrics --verb=get "
                "--non-resource-url=/metrics && kubectl create clusterrolebinding "
                "dractl-get-metrics --clusterrole=dractl-get-metrics --user=alice"
            ),
        ),
    ],
    ids=["service account", "subresource", "path"],
)
def test_a_missing_permission_comes_with_commands_that_give_it(
    asked: Asked, user: str, rule: str, commands: str
) -> None:
    text = grant(asked, user)

    assert rule in text
    assert text.endswith(commands)


def test_what_goes_into_a_shell_is_quoted() -> None:
    text = grant(Asked("list", PODS), "$(reboot)")

    assert "--user='$(reboot)'" in text
    assert "-n 'a b'" in text


def test_whom_one_may_not_act_as_is_told() -> None:
    details = {"kind": "users", "name": "bob"}

    error = told(Asked("list", RULES), 403, status(403, details=details))

    assert str(error) == (
        "these credentials may not act as others: impersonate users 'bob'"
    )
    assert "--as" in error.hint


def test_what_admission_forbids_is_no_lack_of_permissions() -> None:
    answer = refusal(403, status(403, message="exceeded quota: gpus"))

    error = denied(Asked("create", PODS), answer)

    assert str(error) == (
        "a rule of the cluster forbids to create pods in namespace a b: "
        "exceeded quota: gpus"
    )
    assert "no lack of permissions" in error.hint
    assert error.http == 403


@pytest.mark.parametrize(
    ("code", "fields", "message"),
    [
        (400, {"message": "unknown field"}, "resource.k8s.io x: unknown field"),
        (404, {"details": {}}, "does not serve devicetaintrules in resource.k8s.io/v1"),
        (409, {"reason": "Conflict"}, "was changed by somebody else meanwhile"),
        (409, {"reason": "AlreadyExists"}, "resource.k8s.io x already"),
        (415, {"message": "not in yaml"}, "answers 415 when asked to patch"),
        (503, {}, "https://x still answers 503 when asked to patch"),
    ],
)  # fmt: skip
def test_other_refusals_of_a_change(
    code: int, fields: dict[str, Any], message: str
) -> None:
    asked = Asked("patch", RULES.of("x"))

    assert message in str(told(asked, code, status(code, **fields)))

"""RBAC: what is told of who may do what, and what is not."""

from typing import Any, Final

import pytest

import dractl.doctor.checks.access
import dractl.doctor.checks.permissions  # noqa: F401 - enters its checks
from dractl.rules.registry import Severity
from tests.doctor.looking import (
    GROUP,
    Wire,
    bound,
    case_of,
    namespace,
    only,
    role,
    rule,
    said,
    skipped,
)
from tests.solver.clusters import gpus, pod

LABEL: Final = "resource.kubernetes.io/admin-access"
CODES: Final = (
    "admin-access-creators", "admin-access-labellers", "claim-status-writers",
    "device-object-writers", "driver-permissions", "status-permissions",
    "resource-names",
)  # fmt: skip
ANYTHING: Final = {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}
OF_DRIVERS: Final = (
    rule("get list watch create update patch delete", "resourceslices"),
    rule("get", "resourceclaims"),
)
GRANULAR: Final = rule(
    "associated-node:update associated-node:patch",
    "resourceclaims/driver",
    names="gpu.example.com",
)
STATUS: Final = rule("update patch", "resourceclaims/status")
CONTROL_PLANE: Final = (
    role("cluster-admin", ANYTHING),
    bound("cluster-admin", "Group system:masters", "User root"),
    role(
        "system:kube-scheduler",
        rule("update patch", "resourceclaims/status", "resourceclaims/binding"),
    ),
    bound("system:kube-scheduler", "User system:kube-scheduler"),
    role("system:controller", STATUS, rule("update patch", "namespaces", group="")),
    bound("system:controller", "ServiceAccount kube-system/namespace-controller"),
)


def driver_pod(account: str = "dra-driver") -> Wire:
    """Return a pod that looks like the driver's of the slices."""
    made = pod("example-dra-driver-x", serviceAccountName=account, nodeName="n1")
    owners = [{"kind": "DaemonSet", "name": "d", "uid": "u", "apiVersion": "apps/v1"}]
    made["metadata"]["ownerReferences"] = owners
    return made


def driver(*rules: Wire) -> list[Wire]:
    """Return the control plane, and a driver that may do this."""
    return [
        *CONTROL_PLANE,
        gpus("n1", "gpu-0"),
        driver_pod(),
        role("driver", *rules),
        bound("driver", "ServiceAccount default/dra-driver"),
    ]


HEALTHY: Final = [
    *driver(*OF_DRIVERS, STATUS, GRANULAR),
    namespace("monitoring", **{LABEL: "true"}),
    namespace("default"),
    role("edit", rule("create get", "resourceclaims")),
    bound("edit", "User jo", namespace="default", kind="ClusterRole"),
]


@pytest.mark.parametrize("code", CODES)
def test_nothing_is_said_of_a_cluster_whose_rights_are_in_order(code: str) -> None:
    case = case_of(HEALTHY)

    assert said(code, case) == []
    assert skipped(code, case) == []


@pytest.mark.parametrize("code", CODES)
def test_a_source_without_rbac_is_no_good_news(code: str) -> None:
    assert skipped(code, case_of([namespace("default")])) == [
        "the source has no ClusterRoleBinding"
    ]


def gap(kind: str, **fields: str) -> Wire:
    told = {"kind": kind, "resource": f"{kind.lower()}s", "group": "x", **fields}
    return {
        "apiVersion": "dractl/v1",
        "kind": "ClusterInfo",
        "metadata": {"name": "cluster"},
        "kubernetes": "v1.36.2",
        "unread": [{"cause": "forbidden", **told}],
    }


@pytest.mark.parametrize("code", [each for each in CODES if each != "resource-names"])
def test_roles_that_may_not_be_read_are_told(code: str) -> None:
    assert "may not be read" in " ".join(
        skipped(code, case_of([*HEALTHY, gap("ClusterRole")]))
    )


@pytest.mark.parametrize("kind", ["resourceclaims", "resourceclaimtemplates"])
def test_who_may_create_claims_where_admin_access_is_allowed(kind: str) -> None:
    documents = [
        *HEALTHY,
        role("makers", rule("create", kind), namespace="monitoring"),
        bound("makers", "User jo", "ServiceAccount ci/bot", namespace="monitoring"),
    ]

    found = only("admin-access-creators", case_of(documents))

    assert (found.severity, found.subject) == (Severity.INFO, "Namespace/monitoring")
    assert "User jo, ServiceAccount ci/bot" in found.message


@pytest.mark.parametrize(
    "group",
    [
        "Group system:authenticated",
        "Group system:serviceaccounts",
        "User system:anonymous",
    ],
)
def test_rights_of_everybody_are_a_warning(group: str) -> None:
    documents = [*HEALTHY, role("all", rule("*", "*")), bound("all", group)]
    case = case_of(documents)

    codes = ("admin-access-creators", "claim-status-writers", "device-object-writers")
    for code in codes:
        assert {each.severity for each in said(code, case)} == {Severity.WARNING}


def test_without_admin_access_nobody_is_told_of() -> None:
    documents = [*HEALTHY, role("all", rule("*", "*")), bound("all", "User jo")]
    case = case_of(documents, gates={"DRAAdminAccess": False})

    assert said("admin-access-creators", case) == []
    assert said("admin-access-labellers", case) == []


def labellers(at: str = "") -> list[Wire]:
    patch = rule("patch", "namespaces", group="", names="team" if at else "")
    return [
        *HEALTHY,
        role("owners", patch, namespace=at),
        bound("owners", "Group team-owners", namespace=at),
    ]


@pytest.mark.parametrize("at", ["", "team"])
def test_who_may_label_a_namespace_may_allow_admin_access(at: str) -> None:
    found = only("admin-access-labellers", case_of(labellers(at)))

    assert found.severity is Severity.INFO
    assert "Group team-owners" in found.message
    assert LABEL in found.message


def policy(operation: str, group: str, resource: str, *actions: str) -> list[Wire]:
    admission = "admissionregistration.k8s.io/v1"
    looked_at = {
        "operations": [operation], "apiGroups": [group], "resources": [resource],
    }  # fmt: skip
    return [
        {
            "apiVersion": admission,
            "kind": "ValidatingAdmissionPolicy",
            "metadata": {"name": "guard"},
            "spec": {"matchConstraints": {"resourceRules": [looked_at]}},
        },
        {
            "apiVersion": admission,
            "kind": "ValidatingAdmissionPolicyBinding",
            "metadata": {"name": "guard"},
            "spec": {"policyName": "guard", "validationActions": list(actions)},
        },
    ]


@pytest.mark.parametrize(
    ("actions", "told"), [(["Deny"], True), (["Warn"], False), ([], False)]
)
def test_a_policy_that_can_refuse_labels_is_told(actions: Any, told: bool) -> None:
    documents = [*labellers(), *policy("UPDATE", "", "namespaces", *actions)]

    found = only("admin-access-labellers", case_of(documents))

    assert ("ValidatingAdmissionPolicy guard" in found.message) is told


def test_users_who_may_write_the_status_of_claims_are_told() -> None:
    documents = [
        *HEALTHY,
        role("admins", rule("update", "resourceclaims/status")),
        bound("admins", "User jo"),
    ]

    found = only("claim-status-writers", case_of(documents))

    assert found.message.startswith("User jo may write the status of claims")


def test_accounts_and_namespaces_that_may_do_so_are_told_too() -> None:
    rules = rule("patch", "resourceclaims/status")
    documents = [
        *HEALTHY,
        role("bots", rules),
        bound("bots", "ServiceAccount team/bot"),
        role("own", rules, namespace="team"),
        bound("own", "User jo", namespace="team"),
    ]

    found = only("claim-status-writers", case_of(documents))

    assert found.severity is Severity.INFO
    assert "ServiceAccount team/bot, User jo may write" in found.message


@pytest.mark.parametrize(
    "resource", ["devicetaintrules", "deviceclasses", "resourceslices"]
)
def test_users_who_may_write_what_admins_and_drivers_write(resource: str) -> None:
    documents = [
        *HEALTHY,
        role("writers", rule("create", resource)),
        bound("writers", "User jo"),
    ]

    found = only("device-object-writers", case_of(documents))

    assert found.subject == f"{resource}.{GROUP}"
    assert "User jo" in found.message


@pytest.mark.parametrize(
    ("rules", "missing"),
    [
        ([*OF_DRIVERS, STATUS], ["update", "patch"]),
        (
            [
                *OF_DRIVERS,
                STATUS,
                rule("*", "resourceclaims/driver", names="other.com"),
            ],
            ["update", "patch"],
        ),
        (
            [
                *OF_DRIVERS,
                STATUS,
                rule("associated-node:update", "resourceclaims/driver"),
            ],
            ["patch"],
        ),
        ([*OF_DRIVERS, rule("patch", "resourceclaims/status")], ["patch"]),
    ],
)
def test_verbs_that_a_driver_lacks_since_1_36(
    rules: list[Wire], missing: list[str]
) -> None:
    found = only("driver-permissions", case_of(driver(*rules)))

    assert found.severity is Severity.ERROR
    assert found.evidence["missing"] == [
        f"associated-node:{verb} on resourceclaims/driver" for verb in missing
    ]
    (command,) = found.commands
    assert command.startswith("dractl render rbac --role driver")
    assert command.endswith(
        "--driver gpu.example.com --service-account default/dra-driver"
    )
    made = found.evidence["role"]
    assert isinstance(made, dict)
    assert "resourceclaims/driver" in str(made["rules"])


@pytest.mark.parametrize(
    ("kubernetes", "gates"),
    [("1.35", None), ("1.36", {"DRAResourceClaimGranularStatusAuthorization": False})],
)
def test_where_the_release_does_not_ask_for_these_verbs_none_is_missing(
    kubernetes: str, gates: dict[str, bool] | None
) -> None:
    case = case_of(driver(*OF_DRIVERS, STATUS), kubernetes, gates)

    assert said("driver-permissions", case) == []
    assert said("status-permissions", case) == []


@pytest.mark.parametrize("verbs", ["arbitrary-node:update arbitrary-node:patch", "*"])
def test_wider_verbs_do_as_well(verbs: str) -> None:
    rules = (*OF_DRIVERS, STATUS, rule(verbs, "resourceclaims/driver"))

    assert said("driver-permissions", case_of(driver(*rules))) == []


def test_a_driver_that_writes_no_status_needs_no_such_verbs() -> None:
    assert said("driver-permissions", case_of(driver(*OF_DRIVERS))) == []


def test_a_driver_that_may_not_write_slices_is_told() -> None:
    found = only("driver-permissions", case_of(driver(OF_DRIVERS[1])))

    assert "create on resourceslices" in found.message


def test_a_driver_whose_account_is_not_known_is_told() -> None:
    documents = [*CONTROL_PLANE, gpus("n1", "gpu-0")]

    assert skipped("driver-permissions", case_of(documents)) == [
        "no pod looks like that of driver gpu.example.com"
    ]


def test_rights_through_the_group_of_all_accounts_count() -> None:
    documents = [
        *driver(),
        role("drivers", *OF_DRIVERS),
        bound("drivers", "Group system:serviceaccounts:default"),
    ]

    assert said("driver-permissions", case_of(documents)) == []


def test_a_scheduler_that_may_not_change_allocations_is_told() -> None:
    documents = [
        *HEALTHY,
        role("batch", STATUS),
        bound("batch", "ServiceAccount batch/scheduler"),
    ]

    found = only("status-permissions", case_of(documents))

    assert "ServiceAccount batch/scheduler" in found.message
    assert "resourceclaims/binding" in found.message


@pytest.mark.parametrize(
    "further",
    [
        rule("update patch", "resourceclaims/binding"),
        rule("arbitrary-node:update", "resourceclaims/driver", names="a.example.com"),
    ],
)
def test_a_scheduler_or_driver_with_its_verbs_is_not_told(further: Wire) -> None:
    documents = [
        *HEALTHY,
        role("batch", STATUS, further),
        bound("batch", "ServiceAccount batch/scheduler"),
    ]

    assert said("status-permissions", case_of(documents)) == []

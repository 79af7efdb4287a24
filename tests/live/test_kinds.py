"""What commands read: all that their answers are made from."""

import pytest

from dractl.api import cluster_info
from dractl.api.decode import CONFIG_MAPS, DECODERS
from dractl.api.decode_kubelets import CONFIGURATION as KUBELETS
from dractl.cli.permissions import permissions
from dractl.leftovers.known import MAKERS
from dractl.live.kinds import NEEDS, WORKLOADS, Kind
from tests.batches import batched

RBAC = "rbac.authorization.k8s.io"
ADMISSION = "admissionregistration.k8s.io"
# The document of a source itself, and another group for Events that core has, too.
NOT_READ = {(cluster_info.GROUP, cluster_info.KIND), ("events.k8s.io", "Event")}
NOT_EXPLAINED = {("policy", "PodDisruptionBudget")} | {
    key for key in DECODERS if key[0] in {RBAC, ADMISSION, "nvidia.com"}
}


def kinds(command: str) -> set[tuple[str, str]]:
    return {(each.group, each.kind) for each in NEEDS[command].kinds}


def config_maps(command: str) -> set[str]:
    return {each.only[1] for each in NEEDS[command].kinds if each.only is not None}


def test_a_snapshot_has_all_that_is_ever_read() -> None:
    assert kinds("snapshot") >= DECODERS.keys() - NOT_READ
    assert config_maps("snapshot") == set(CONFIG_MAPS)


def test_explain_reads_all_that_it_tells_of() -> None:
    assert kinds("explain") >= DECODERS.keys() - NOT_READ - NOT_EXPLAINED
    assert config_maps("explain") == set(CONFIG_MAPS) - {KUBELETS}


@pytest.mark.parametrize("command", sorted(NEEDS))
def test_a_snapshot_does_for_every_command(command: str) -> None:
    assert set(NEEDS[command].kinds) <= set(NEEDS["snapshot"].kinds)


@pytest.mark.parametrize("command", sorted(NEEDS))
def test_a_kind_is_read_once(command: str) -> None:
    assert len(set(NEEDS[command].kinds)) == len(NEEDS[command].kinds)


def test_what_makes_pods_in_every_cluster_is_missed_where_it_is_not_served() -> None:
    missed = {each.kind for each in WORKLOADS if not each.optional}

    assert missed == set(MAKERS)


@batched(
    [each for each in NEEDS["snapshot"].kinds if each not in NEEDS["allocate"].kinds],
    ids=lambda each: f"{each.resource}.{each.group}",
)
def test_a_kind_that_not_every_cluster_has_is_optional(kind: Kind) -> None:
    is_built_in = kind.group in {"", "apps", "batch", "policy"}

    assert kind.optional or is_built_in


def test_a_role_gives_the_config_maps_by_name_alone() -> None:
    role = permissions("explain")

    assert role.count("- configmaps\n") == 2
    assert "resourceNames:\n  - cluster-autoscaler-status\n" in role

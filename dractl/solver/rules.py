"""Which allocator answers: upstream's three variants and releases as plain data.

Upstream keeps three copies of its allocator (stable, incubating, experimental) and runs
the first that supports every feature asked for (Kubernetes 1.36, allocator.go of
dynamic-resource-allocation/structured). dractl has one search; what differs between the
copies is a field here.
"""

from dataclasses import dataclass
from typing import Final

from dractl.cel.environment import Environment
from dractl.cel.selector import stored_environment_of
from dractl.model.cluster import (
    CLAIM_CONFIG_ONCE,
    COUNTER_POOLS_FOLLOW_NODES,
    Profile,
)

MAX_DEVICES: Final = 32  # AllocationResultsMaxSize of the API: devices in one claim


@dataclass(frozen=True, slots=True)
class Rules:
    """Answers to every question in which variants or releases differ.

    `binding` needs two gates, as upstream's feature of that name does. `permutations`:
    the devices of a request are tried in every order, not in ascending order only,
    which shows where refusals leave traces. The last block are upstream's quirks that a
    later release has repaired.
    """

    admin_access: bool
    prioritized_list: bool
    partitionable: bool
    taints: bool
    consumable: bool
    binding: bool
    list_values: bool
    taint_rules: bool
    derived_attributes: bool
    capacity_requests_ignored: bool
    distinct_supported: bool
    binding_pools_last: bool
    permutations: bool
    shared_use_counts: bool
    binds_to_node: bool

    counter_pools_everywhere: bool
    claim_config_repeats: bool
    covering_requests_cleared: bool

    environment: Environment


def rules_of(profile: Profile) -> Rules:
    """Return what the scheduler of that release with those gates does.

    The plugin of 1.36 never asks for list values in constraints, even with the gate on;
    upstream's allocator library does when it is given the feature. Here the gate
    decides, since that is what the gate is for.
    """
    consumable = profile.enabled("DRAConsumableCapacity")
    binding = profile.enabled("DRADeviceBindingConditions") and profile.enabled(
        "DRAResourceClaimDeviceStatus"
    )
    lists = profile.enabled("DRAListTypeAttributes")
    stable = not (consumable or binding or lists)
    newer_pools = profile.since(COUNTER_POOLS_FOLLOW_NODES) and not stable
    return Rules(
        admin_access=profile.enabled("DRAAdminAccess"),
        prioritized_list=profile.enabled("DRAPrioritizedList"),
        partitionable=profile.enabled("DRAPartitionableDevices"),
        taints=profile.enabled("DRADeviceTaints"),
        consumable=consumable,
        binding=binding,
        list_values=lists,
        # Until 1.34, the gate for taints was that for rules as well.
        taint_rules=profile.enabled(
            "DRADeviceTaintRules"
            if profile.knows("DRADeviceTaintRules")
            else "DRADeviceTaints"
        ),
        derived_attributes=profile.enabled("DRADerivedAttributes"),
        capacity_requests_ignored=stable,
        distinct_supported=not stable,
        binding_pools_last=not stable,
        permutations=stable,
        shared_use_counts=not stable,
        binds_to_node=not stable,
        counter_pools_everywhere=not newer_pools,
        claim_config_repeats=not profile.since(CLAIM_CONFIG_ONCE),
        covering_requests_cleared=profile.since(CLAIM_CONFIG_ONCE),
        environment=stored_environment_of(profile),
    )

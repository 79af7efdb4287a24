"""Facts of the hosts that are kept as trees, and of those that tests put together."""

from pathlib import Path

from dractl.hardware.facts import facts
from dractl.model.hosts import HostFacts, Nvml
from tests.hardware.nvml_recording import recorded
from tests.hosts.permissions import unprivileged
from tests.hosts.trees import Tree, tree


def host_facts(name: str, folder: Path, nvml: Nvml | None = None) -> HostFacts:
    """Return the facts of `NAME.tree`, which is unpacked in an empty folder.

    What NVML tells is by default what is recorded under the same name.
    """
    return facts_of(tree(name), folder, nvml or recorded(name))


def facts_of(host: Tree, folder: Path, nvml: Nvml | None = None) -> HostFacts:
    """Return the facts of a tree as a user without privileges reads them."""
    root = host.unpack(folder)
    with unprivileged():
        return facts(root, nvml or Nvml())

"""Facts of the hosts that are kept as trees, and of those that tests put together."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from dractl.hardware.facts import facts
from dractl.model.hosts import HostFacts, Nvml
from tests.hardware.nvml_recording import recorded
from tests.hosts.permissions import unprivileged
from tests.hosts.trees import Tree, tree


@cache
def host_facts(name: str) -> HostFacts:
    """Return the facts of `NAME.tree`, with what NVML told there if that is kept."""
    return facts_beside(name, recorded(name))


def facts_beside(name: str, nvml: Nvml) -> HostFacts:
    """Return the facts of `NAME.tree` where NVML tells something else."""
    with TemporaryDirectory() as folder:
        return facts_of(tree(name), Path(folder), nvml)


def facts_of(host: Tree, folder: Path, nvml: Nvml | None = None) -> HostFacts:
    """Return the facts of a tree as a user without privileges reads them."""
    root = host.unpack(folder)
    with unprivileged():
        return facts(root, nvml or Nvml())

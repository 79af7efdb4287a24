"""New names for the names of a cluster, in the order of the old ones.

Order matters: the scheduler looks at nodes, pools and slices by their names. So the
names of each kind are numbered in their own order, and of pools, most of which are
called like a node, each comes behind the node that it came behind.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from dractl.capture.spots import NAMES, NODE

KNOWN: Final = frozenset({"default", "kube-node-lease", "kube-public", "kube-system"})
"""Namespaces that every cluster has."""


def numbered(what: str, names: Iterable[str]) -> dict[str, str]:
    """Return `what-001` and so on, as many digits as the last one needs."""
    unique = sorted(set(names))
    width = len(str(len(unique)))
    return {
        name: f"{what}-{number:0{width}}" for number, name in enumerate(unique, start=1)
    }


def new_names(found: Mapping[str, set[str]], pools: set[str]) -> dict[str, str]:
    """Return new names for objects and pools, one for each old name whatever has it."""
    done: dict[str, str] = {name: name for name in KNOWN}
    for what in NAMES:
        done |= numbered(what, found.get(what, set()) - done.keys())
    nodes = found.get(NODE, set()) - KNOWN
    return done | _pool_names(pools, nodes, done)


def _pool_names(
    pools: set[str], nodes: set[str], names: Mapping[str, str]
) -> dict[str, str]:
    own = pools - nodes
    width = len(str(len(own)))
    first = f"{NODE}-{0:0{len(str(len(nodes)))}}"
    node, number, done = first, 0, dict[str, str]()
    for name in sorted(own | nodes):
        if name in nodes:
            node, number = names[name], 0
        else:
            number += 1
            done[name] = f"{node}-pool-{number:0{width}}"
    return done

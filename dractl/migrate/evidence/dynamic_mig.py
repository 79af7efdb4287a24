"""Two who cut GPUs: the MIG manager, and the DRA driver with its gate DynamicMIG."""

import re
from collections.abc import Iterator
from typing import Final

from dractl.api.snapshot import Snapshot
from dractl.migrate.evidence import flags as flag_names
from dractl.migrate.evidence.mig import OFF
from dractl.migrate.evidence.node_labels import LAYOUT
from dractl.migrate.evidence.nvidia import Nvidia
from dractl.migrate.evidence.record import Record

_DRIVER: Final = "gpu.nvidia.com"
_GATE: Final = re.compile(r"(?:.*,)?\s*DynamicMIG\s*=\s*true\s*(?:,.*)?", re.DOTALL)


def check_dynamic_mig(snapshot: Snapshot, nvidia: Nvidia, record: Record) -> None:
    """Record that both cut the GPUs of a cluster, if they do."""
    makers = [*_makers(snapshot, nvidia)]
    removers = [*_removers(snapshot, nvidia)]
    if makers and removers:
        record.complain(
            "mig-manager-with-dynamic-mig",
            f"{makers[0]}, and {removers[0]}: the driver removes partitions that it "
            "does not know",
            subject="MIG manager",
            fix="turn the MIG manager off for nodes of the driver, or its gate "
            "DynamicMIG",
        )


def _makers(snapshot: Snapshot, nvidia: Nvidia) -> Iterator[str]:
    for node in snapshot.nodes:
        layout = node.meta.labels.get(LAYOUT, "")
        if layout not in {"", OFF}:
            yield f"node {node.name} has the label {LAYOUT}={layout}"
    for flag in nvidia.flags:
        if flag.key == flag_names.MIG_MANAGER and flag.value == "true":
            yield f"{flag.subject} has {flag.says}"


def _removers(snapshot: Snapshot, nvidia: Nvidia) -> Iterator[str]:
    for flag in nvidia.flags:
        if flag.key == flag_names.GATES and _GATE.fullmatch(flag.value):
            yield f"{flag.subject} has {flag.says}"
    for each in snapshot.slices:
        if each.driver == _DRIVER and each.shared_counters:
            yield f"the slices of pool {each.pool} have counters, as DynamicMIG makes"

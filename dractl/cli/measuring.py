"""Metrics of components in a live cluster, for those who ask for them."""

from collections.abc import Sequence
from typing import Final

from dractl.api.component_metrics import ComponentMetrics
from dractl.cli.options import usage
from dractl.cli.reading import Cluster
from dractl.cli.source import Source
from dractl.cli.terminal import Terminal
from dractl.doctor.measuring import Measured, endpoints

_OPTION: Final = "--component-metrics"


def check_source(source: Source) -> None:
    """Raise DractlError where no cluster can be asked."""
    if not source.is_live:
        raise usage(
            f"{_OPTION} asks a live cluster, and --demo and --snapshot are none",
            hint="-f takes metrics that were saved",
        )


def with_live(
    given: Sequence[ComponentMetrics], cluster: Cluster, screen: Terminal
) -> Measured:
    """Return the metrics of files, and those that a live cluster's components tell."""
    if cluster.live is None:
        return Measured(tuple(given))
    from dractl.live.measuring import measured

    asked, left_out = endpoints(cluster.snapshot)
    screen.detail(f"asking {len(asked)} components for their metrics")
    found = measured(cluster.live.connection, asked)
    return Measured((*given, *found.metrics), (*left_out, *found.unread))

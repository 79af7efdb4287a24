"""Pictures of capacity, for `dractl top --svg`."""

from dractl.capacity.groups import grouped
from dractl.capacity.look import Look
from dractl.cli.options import usage
from dractl.cli.topviews import View
from dractl.report.states import told
from dractl.report.svg.capacity import capacity_plot

_DEFAULT = "model"


def plotted(look: Look, name: str, view: View | None, output_format: str) -> str:
    """Return a view as SVG, an overview by model; raise DractlError for other views."""
    if output_format != "table":
        raise usage(f"--svg and -o {output_format} exclude each other")
    if view is not None and not view.by:
        raise usage(
            f"--svg draws groups of devices, and {name} are none",
            hint="take nodes, classes, drivers, namespaces, models or pools, or --by",
        )
    by = _DEFAULT if view is None else view.by
    release = look.snapshot.profile.version
    return capacity_plot(
        grouped(look.fleet, by),
        f"Devices by {by.rpartition('/')[2]}",
        f"{look.counts.total:,} devices, judged as Kubernetes {release}: "
        f"{told(look.counts)}",
    )

"""Metrics as components tell them: a few of the lines that each has."""

from collections.abc import Mapping, Sequence
from typing import Final

from dractl.api.component_metrics import ComponentMetrics, component_metrics
from tests.doctor.healthy import DRIVER

_REGISTRY: Final = "/var/lib/kubelet/plugins_registry"
_SERVICE: Final = "/k8s.io.kubelet.pkg.apis.dra.v1.DRAPlugin"
STATES: Final = ("actual_state_of_world", "desired_state_of_world")
GATES: Final = {"DRAAdminAccess": True, "DynamicResourceAllocation": True}
SOCKETS: Final = {f"{DRIVER}-reg.sock": True}


def told(
    *own: str, gates: Mapping[str, bool] = GATES, release: str = "v1.36.2"
) -> list[str]:
    """Return the lines of a component: its own, and those that all have."""
    return sorted(
        [
            *own,
            "apiserver_audit_event_total 0",
            "go_goroutines 2590",
            f'kubernetes_build_info{{git_version="{release}",go_version="go1.26"}} 1',
            *(
                f'kubernetes_feature_enabled{{name="{gate}",stage="BETA"}} {int(is_on)}'
                for gate, is_on in gates.items()
            ),
            "process_start_time_seconds 1.742750571e+09",
            "workqueue_adds_total 5",
        ]
    )


def scheduler(**rest: object) -> list[str]:
    """Return the lines of a scheduler."""
    return told('scheduler_pending_pods{queue="active"} 0', **rest)  # type: ignore[arg-type]


def manager(**rest: object) -> list[str]:
    """Return the lines of a controller manager."""
    own = "garbagecollector_controller_resources_sync_error_total 0"
    return told(own, **rest)  # type: ignore[arg-type]


def kubelet(
    node: str = "n1",
    *,
    sockets: Mapping[str, bool] = SOCKETS,
    calls: Sequence[tuple[str, str, int]] = (),
    **rest: object,
) -> list[str]:
    """Return the lines of a kubelet; `sockets` says which ones it has registered."""
    plugins = [
        f'plugin_manager_total_plugins{{socket_path="{_REGISTRY}/{file}",'
        f'state="{state}"}} 1'
        for file, is_registered in sockets.items()
        for state in STATES
        if is_registered or state != STATES[0]
    ]
    counts = [
        f'dra_grpc_operations_duration_seconds_count{{driver_name="{driver}",'
        f'grpc_status_code="{code}",method_name="{_SERVICE}/NodePrepareResources"}} {n}'
        for driver, code, n in calls
    ]
    return told(
        "kubelet_running_pods 3",
        f'kubelet_node_name{{node="{node}"}} 1',
        *plugins,
        *counts,
        **rest,  # type: ignore[arg-type]
    )


def text(lines: Sequence[str]) -> str:
    """Return the lines as `/metrics` has them, with what says what they are."""
    return "# HELP all [ALPHA] of it\n# TYPE all gauge\n" + "\n".join(lines) + "\n"


def read(lines: Sequence[str], where: str = "node n1") -> ComponentMetrics:
    """Return what the lines tell."""
    return component_metrics(text(lines).encode().split(b"\n"), where)

"""Node labels of clouds and of what provisions machines there."""

from typing import Final

from dractl.vendors.plugins import Label

_GPUS: Final = "gpu.nvidia.com"
_GKE: Final = "cloud.google.com/"
_POOLS: Final = "node pools are found and scaled by it, so it stays"
_SHARES: Final = (
    "GKE's plugin shares GPUs by it; with DRA, shares are asked for as capacity of a "
    "GPU, or through one claim, and pools with it are none for DRA"
)
_MADE: Final = "machines are made by it, so it stays"
CLOUDS: Final = (
    Label(
        f"{_GKE}gke-gpu-partition-size",
        "device",
        driver=_GPUS,
        name="profile",
        device_class="mig.nvidia.com",
    ),
    *(
        Label(_GKE + each, "gone", _SHARES, driver=_GPUS)
        for each in ("gke-gpu-sharing-strategy", "gke-max-shared-clients-per-gpu")
    ),
    *(
        Label(_GKE + each, "node", _POOLS)
        for each in (
            "gke-accelerator", "gke-accelerator-count", "gke-tpu-*", "gke-nodepool",
            "gke-gpu-driver-version", "machine-family", "compute-class",
        )
    ),
    *(
        Label(f"karpenter.{each}", "node", _MADE)
        for each in (
            "k8s.aws/instance-gpu-*", "k8s.aws/instance-accelerator-*",
            "k8s.aws/instance-*", "azure.com/sku-gpu-*",
        )
    ),
    Label(
        "eks.amazonaws.com/instance-*",
        "node",
        "it is of EKS Auto Mode, which has no DRA: such nodes cannot change",
    ),
    *(
        Label(each, "node", _POOLS)
        for each in (
            "kubernetes.azure.com/accelerator", "eks.amazonaws.com/nodegroup",
            "node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type",
        )
    ),
)  # fmt: skip
"""Nearly all of them drive autoscaling, which attributes of devices cannot do."""

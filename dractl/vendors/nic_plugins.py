"""Device plugins of networks: SR-IOV, shared RDMA, and EFA.

Admins choose the names of the first two. The prefixes that they often take are rows;
what a configuration of the plugin defines is known from it.
"""

from typing import Final

from dractl.vendors.plugins import Extended, Label, Plugin, Switch, Trace

_SRIOV: Final = "sriovnetwork.k8snetworkplumbingwg.io"
_NET: Final = "dra.net"
_EFA: Final = "efa.networking.k8s.aws"
_POLICY: Final = (
    "the driver publishes what a SriovResourcePolicy selects: write one for each "
    "resource of the plugin"
)
_LIVE: Final = "see in a published slice how the driver spells resourceName"
_ENVIRONMENT: Final = "PCIDEVICE_* is no longer in the environment"
_EXCLUSIVE: Final = (
    "the plugin lets all pods share the device; dra.net hands it to one, and pods "
    "share it through one ResourceClaim only"
)
_NEAR_GPU: Final = (
    "an EFA near a GPU is asked for with matchAttribute: "
    "resource.kubernetes.io/pcieRoot, or resource.aws.com/devicegroup1_id"
)
_OWN_LABEL: Final = (
    "let a label of your own stand in the node affinity of both DaemonSets"
)
_NAMED: Final = ("k8s.cni.cncf.io/resourceName:string={resource}|{name}",)
SRIOV_PATTERNS: Final = (
    "openshift.io/*",
    "mellanox.com/*",
    "intel.com/*sriov*",
    "nvidia.com/*sriov*",
    "nvidia.com/hostdev*",
)
"""An admin can call functions otherwise: a configuration tells those."""

SRIOV_PLUGIN: Final = Plugin(
    "SR-IOV network device plugin",
    tuple(
        Extended(
            pattern,
            _SRIOV,
            conditions=_NAMED,
            differences=(_POLICY, _LIVE, _ENVIRONMENT),
        )
        for pattern in SRIOV_PATTERNS
    ),
    tuple(
        Label(f"feature.node.kubernetes.io/{each}", "node", "it is about the machine")
        for each in ("network-sriov.*", "pci-*.sriov.capable")
    ),
    (
        Trace(
            "environment",
            "PCIDEVICE_*",
            "the plugin sets it, and DRA does not: read the device from the claim's "
            "status, or from the interface",
        ),
        Trace(
            "annotation",
            "k8s.v1.cni.cncf.io/networks",
            "a network whose definition names a resource lets a webhook add this to "
            "pods again: take k8s.v1.cni.cncf.io/resourceName from the "
            "NetworkAttachmentDefinition, and name the network in the claim's VfConfig",
        ),
    ),
    Switch(
        note="the sriov-network-operator turns DRA on for the whole cluster by its "
        "feature gate, not node by node"
    ),
    ("sriov-network-device-plugin",),
)
RDMA_PLUGIN: Final = Plugin(
    "RDMA shared device plugin",
    (
        Extended(
            "rdma/*",
            _NET,
            conditions=("rdma=true",),
            differences=(_EXCLUSIVE,),
        ),
    ),
    (
        Label(
            "feature.node.kubernetes.io/custom-rdma.*",
            "node",
            "it is about the machine",
        ),
    ),
    (),
    Switch(note=_OWN_LABEL),
    ("k8s-rdma-shared-dev-plugin",),
)
EFA_PLUGIN: Final = Plugin(
    "AWS EFA plugin",
    (
        Extended(
            "vpc.amazonaws.com/efa",
            _NET,
            _EFA,
            differences=(_NEAR_GPU,),
        ),
    ),
    (),
    (),
    Switch(note=_OWN_LABEL),
    ("aws-efa-k8s-device-plugin",),
)

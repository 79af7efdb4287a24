"""Rows of the mapping from extended resources to DRA, as the reference has them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dractl.migrate.answer import Meaning

_NVIDIA = 'device.attributes["gpu.nvidia.com"]'
_AMD = 'device.attributes["gpu.amd.com"]'
_INTEL = 'device.attributes["gpu.intel.com"]'
WHOLE = Meaning("device")
PART = Meaning("partition")


@dataclass(frozen=True)
class Row:
    """A row of the mapping: what a resource in a meaning has to become.

    `keeper` is the class with which pods stay as they are, `shipped` tells that the
    driver's chart has it; `said` is a word of the differences.
    """

    resource: str
    meaning: Meaning
    driver: str
    device_class: str
    expressions: tuple[str, ...] = ()
    capacity: Mapping[str, str] = field(default_factory=dict)
    keeper: str | None = None
    shipped: bool = False
    said: str = ""
    is_admin: bool = False
    schemas: Mapping[str, str] = field(default_factory=dict)


ROWS = (
    Row(
        "nvidia.com/gpu", WHOLE, "gpu.nvidia.com", "gpu.nvidia.com",
        keeper="gpu.nvidia.com", shipped=True, said="do not ask for a GPU see none",
    ),
    Row(
        "nvidia.com/gpu", Meaning("partition", "1g.5gb"), "gpu.nvidia.com",
        "mig.nvidia.com", (f'{_NVIDIA}.profile == "1g.5gb"',),
        said="hands out whole GPUs",
    ),
    Row(
        "nvidia.com/mig-1g.5gb", PART, "gpu.nvidia.com", "mig.nvidia.com",
        (f'{_NVIDIA}.profile == "1g.5gb"',), keeper="mig-1g.5gb.nvidia.com",
        said="depends on the GPU",
    ),
    *(
        Row(
            f"nvidia.com/mig-{name}", PART, "gpu.nvidia.com", "mig.nvidia.com",
            (f'{_NVIDIA}.profile == "{profile}"',), keeper=f"mig-{name}.nvidia.com",
        )
        for name, profile in (
            ("1g.5gb.me", "1g.5gb+me"), ("1g.24gb.gfx", "1g.24gb+gfx"),
            ("1g.5gb.me.all", "1g.5gb+me.all"), ("2g.10gb-me", "2g.10gb-me"),
        )
    ),
    *(
        Row(
            name, Meaning("time-slice", replicas=4), "gpu.nvidia.com",
            "gpu.nvidia.com", capacity={"shares": "1"}, keeper=keeper,
            shipped=name == "nvidia.com/gpu", said="ConsumableShares",
        )
        for name, keeper in (
            ("nvidia.com/gpu", "gpu.nvidia.com"),
            ("nvidia.com/gpu.shared", "gpu.shared.nvidia.com"),
        )
    ),
    *(
        Row(
            name, Meaning("time-slice", "1g.5gb", replicas=2), "gpu.nvidia.com",
            "mig.nvidia.com", (f'{_NVIDIA}.profile == "1g.5gb"',),
            capacity={"shares": "1"}, said="ConsumableShares",
        )
        for name in ("nvidia.com/gpu", "nvidia.com/gpu.shared")
    ),
    Row(
        "nvidia.com/mig-1g.5gb.shared", Meaning("time-slice", replicas=2),
        "gpu.nvidia.com", "mig.nvidia.com", (f'{_NVIDIA}.profile == "1g.5gb"',),
        {"shares": "1"}, "mig-1g.5gb.shared.nvidia.com",
    ),
    Row(
        "nvidia.com/gpu", Meaning("mps-share", replicas=4), "gpu.nvidia.com",
        "gpu-mps-4.nvidia.com", said="MPSSupport",
    ),
    Row(
        "nvidia.com/gpu.shared", Meaning("mps-share"), "gpu.nvidia.com",
        "gpu.shared-mps.nvidia.com", said="defaultPinnedDeviceMemoryLimit",
    ),
    Row(
        "nvidia.com/GA100_A100_PCIe_40GB", WHOLE, "gpu.nvidia.com",
        "vfio.gpu.nvidia.com",
        (
            (f'{_NVIDIA}.productName.replace(" ", "_").replace("/", "_")'
            '.replace(".", "_").replace("-", "").replace("[", "").replace("]", "")'
            '.replace("(", "").replace(")", "") == "GA100_A100_PCIe_40GB"'),
        ),
        keeper="ga100-a100-pcie-40gb-949e11f8.nvidia.com", said="virtual machines",
    ),
    Row(
        "nvidia.com/pgpu", WHOLE, "gpu.nvidia.com", "vfio.gpu.nvidia.com",
        keeper="pgpu.nvidia.com", said="alpha",
    ),
    Row(
        "nvidia.com/gpumem", Meaning("fraction"), "gpu.nvidia.com", "gpu.nvidia.com",
        capacity={"memory": "1Mi"}, said="does not limit",
    ),
    Row(
        "amd.com/gpu", WHOLE, "gpu.amd.com", "gpu.amd.com", keeper="gpu.amd.com",
        shipped=True, said="deviceClass.extendedResourceName=amd.com/gpu",
    ),
    Row(
        "amd.com/gpu", WHOLE, "gpu.amd.com", "gpu.amd.com",
        (f'{_AMD}.type == "amdgpu"',), keeper="gpu-extended.amd.com",
        schemas={"amd": "0.1"},
    ),
    Row(
        "amd.com/gpu", WHOLE, "gpu.amd.com", "gpu.amd.com-spx",
        keeper="gpu.amd.com-spx", shipped=True, schemas={"amd": "auto-partition"},
    ),
    Row(
        "amd.com/cpx_nps4", PART, "gpu.amd.com", "gpu.amd.com",
        (f'{_AMD}.partitionProfile == "cpx_nps4"',), keeper="cpx-nps4-70449fa1.amd.com",
        said="pciBusID",
    ),
    Row(
        "amd.com/spx_nps1", PART, "gpu.amd.com", "gpu.amd.com",
        (f'{_AMD}.computePartition == "spx"', f'{_AMD}.memoryPartition == "nps1"'),
        {"partitions": "1"}, "spx-nps1-1d2cdbba.amd.com",
        schemas={"amd": "auto-partition"},
    ),
    Row(
        "amd.com/gpu", Meaning("partition", "cpx_nps4"), "gpu.amd.com", "gpu.amd.com",
        (f'{_AMD}.partitionProfile == "cpx_nps4"',),
        keeper="gpu-cpx-nps4-a63590da.amd.com",
    ),
    Row(
        "gpu.intel.com/i915", WHOLE, "gpu.intel.com", "gpu.intel.com",
        (f'{_INTEL}.driver == "i915"',), keeper="i915.gpu.intel.com",
        said="enableDRAExtendedResources",
    ),
    Row(
        "gpu.intel.com/i915", Meaning("time-slice", replicas=3), "gpu.intel.com",
        "gpu.intel.com", (f'{_INTEL}.driver == "i915"',), said="-shared-dev-num",
    ),
    Row(
        "gpu.intel.com/xe", WHOLE, "gpu.intel.com", "gpu.intel.com",
        (f'{_INTEL}.driver == "xe"',), keeper="xe.gpu.intel.com",
    ),
    Row(
        "gpu.intel.com/monitoring", WHOLE, "gpu.intel.com", "gpu.intel.com",
        is_admin=True, said="admin access",
    ),
    Row(
        "gpu.intel.com/xe_monitoring", WHOLE, "gpu.intel.com", "gpu.intel.com",
        (f'{_INTEL}.driver == "xe"',), is_admin=True,
    ),
    *(
        Row(
            f"habana.ai/{name}", WHOLE, "gaudi.intel.com", "gaudi.intel.com",
            keeper=f"{name}.habana.ai", said="runtime class habana",
        )
        for name in ("gaudi", "gaudi2")
    ),
    Row(
        "qat.intel.com/generic", WHOLE, "qat.intel.com", "qat.intel.com",
        keeper="generic.qat.intel.com",
    ),
    Row(
        "qat.intel.com/cy", WHOLE, "qat.intel.com", "qat.intel.com",
        (
            ('device.attributes["qat.intel.com"].services in '
            '["sym;asym", "asym;sym"]'),
        ),
        keeper="cy.qat.intel.com",
    ),
    Row(
        "qat.intel.com/dc", WHOLE, "qat.intel.com", "qat.intel.com",
        ('device.attributes["qat.intel.com"].services == "dc"',),
        keeper="dc.qat.intel.com",
    ),
    *(
        Row(
            name, WHOLE, "sriovnetwork.k8snetworkplumbingwg.io",
            "sriovnetwork.k8snetworkplumbingwg.io",
            (
                ('device.attributes["k8s.cni.cncf.io"].resourceName in '
                f'["{name}", "{name.partition("/")[2]}"]'),
            ),
            keeper=keeper, said="SriovResourcePolicy",
        )
        for name, keeper in (
            ("openshift.io/nic_a", "nic-a-e273a5e5.openshift.io"),
            ("mellanox.com/mlnx_sriov", "mlnx-sriov-73ce6bb1.mellanox.com"),
            ("intel.com/intel_sriov_net", "intel-sriov-net-777b31e4.intel.com"),
            ("nvidia.com/hostdev", "hostdev.nvidia.com"),
        )
    ),
    Row(
        "rdma/hca_shared_devices_a", WHOLE, "dra.net",
        "hca-shared-devices-a-64da6d25.rdma",
        keeper="hca-shared-devices-a-64da6d25.rdma", said="one ResourceClaim",
    ),
    Row(
        "vpc.amazonaws.com/efa", WHOLE, "dra.net", "efa.networking.k8s.aws",
        keeper="efa.vpc.amazonaws.com", said="pcieRoot",
    ),
    *(
        Row(
            f"aws.amazon.com/{name}", WHOLE, "neuron.aws.com", "neuron.aws.com",
            ('device.attributes["neuron.aws.com"].resourceType == "neuron_device"',),
            keeper=f"{name}.aws.amazon.com", said="whole",
        )
        for name in ("neuron", "neurondevice")
    ),
    Row(
        "aws.amazon.com/neuroncore", Meaning("core"), "neuron.aws.com",
        "neuron.aws.com",
        ('device.attributes["neuron.aws.com"].resourceType == "neuron_device"',),
    ),
    Row(
        "google.com/tpu", WHOLE, "tpu.google.com", "tpu.google.com",
        keeper="tpu-extended.google.com", said="TPU slice",
    ),
    Row(
        "rebellions.ai/npu", WHOLE, "npu.rebellions.ai", "npu.rebellions.ai",
        keeper="npu.rebellions.ai", shipped=True,
    ),
    *(
        Row(
            f"rebellions.ai/{name}", WHOLE, "npu.rebellions.ai", "npu.rebellions.ai",
            (
                ('device.attributes["npu.rebellions.ai"].productName.startsWith('
                f'"{begin}")'),
            ),
            keeper=keeper, said=begin,
        )
        for name, begin, keeper in (
            ("ATOM", "RBLN-CA", "atom-448768e0.rebellions.ai"),
            ("REBEL", "RBLN-CR", "rebel-3f9481e1.rebellions.ai"),
        )
    ),
    Row(
        "huawei.com/Ascend910B", WHOLE, "ascend.project-hami.io",
        "npu-910b.project-hami.io",
        ('device.attributes["ascend.project-hami.io"].model.contains("910B")',),
        keeper="ascend910b-d564d633.huawei.com",
    ),
)  # fmt: skip

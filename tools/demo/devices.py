"""Nodes, classes and slices of the sample cluster.

Attributes, names and the layout of slices are those of the drivers: NVIDIA's 0.5 with
dynamic MIG or consumable shares, AMD's 1.0, Intel's 0.11, dranet 1.0.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from tools.demo.objects import Object, identity, metadata, owner, resource, suffix

NVIDIA: Final = "gpu.nvidia.com"
AMD: Final = "gpu.amd.com"
INTEL: Final = "gpu.intel.com"
DRANET: Final = "dra.net"
BUS: Final = "resource.kubernetes.io/pciBusID"
ROOT: Final = "resource.kubernetes.io/pcieRoot"


class Profile(NamedTuple):
    """A MIG profile of the A100 40GB: what an instance of it has, and where it fits."""

    name: str
    number: int
    memory: int  # MiB
    multiprocessors: int
    copy_engines: int
    decoders: int
    others: int  # JPEG and optical flow engines, one of each
    starts: Sequence[int]
    slices: int


PROFILES: Final = (
    Profile("1g.5gb", 19, 4864, 14, 1, 0, 0, range(7), 1),
    Profile("1g.5gb+me", 20, 4864, 14, 1, 1, 1, range(7), 1),
    Profile("1g.10gb", 15, 9856, 14, 1, 1, 0, range(0, 8, 2), 2),
    Profile("2g.10gb", 14, 9984, 28, 2, 1, 0, range(0, 6, 2), 2),
    Profile("3g.20gb", 9, 20096, 42, 3, 2, 0, range(0, 8, 4), 4),
    Profile("4g.20gb", 5, 20096, 56, 4, 2, 0, (0,), 4),
    Profile("7g.40gb", 0, 40320, 98, 7, 5, 1, (0,), 8),
)
_MEMORY_SLICES: Final = 8


def classes() -> Iterator[Object]:
    """Yield the classes that the drivers' charts install, and one for RDMA NICs."""
    nvidia = f'device.driver == "{NVIDIA}" && device.attributes["{NVIDIA}"].type == '
    yield _class(NVIDIA, nvidia + '"gpu"', "nvidia.com/gpu")
    yield _class("mig.nvidia.com", nvidia + '"mig"')
    yield _class(AMD, f'device.driver == "{AMD}"', "amd.com/gpu")
    yield _class(INTEL, f'device.driver == "{INTEL}"')
    rdma = f'device.driver == "{DRANET}" && device.attributes["{DRANET}"].rdma'
    yield _class("rdma-nic", rdma)


def _class(name: str, expression: str, extended: str = "") -> Object:
    spec: Object = {"selectors": [{"cel": {"expression": expression}}]}
    if extended:
        spec["extendedResourceName"] = extended
    return resource("DeviceClass", name, spec)


def nodes() -> Iterator[Object]:
    """Yield the nodes, in the order in which the first that fits is taken."""
    yield _node("control-1", cpu=8, memory=32, role="control-plane")
    yield _node("a100-1", cpu=128, memory=1024)
    yield _node("h100-1", cpu=192, memory=2048)
    yield _node("h100-2", cpu=192, memory=2048)
    yield _node("mi300x-1", cpu=192, memory=2048)
    yield _node("flex-1", cpu=64, memory=256)
    yield _node("l40s-1", cpu=64, memory=512)


def _node(name: str, *, cpu: int, memory: int, role: str = "worker") -> Object:
    labels = {
        "kubernetes.io/hostname": name,
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/os": "linux",
        f"node-role.kubernetes.io/{role}": "",
    }
    taint = {"key": f"node-role.kubernetes.io/{role}", "effect": "NoSchedule"}
    amounts = {"cpu": str(cpu), "memory": f"{memory}Gi", "pods": "110"}
    ready = {
        "type": "Ready",
        "status": "True",
        "reason": "KubeletReady",
        "message": "kubelet is posting ready status",
        "lastTransitionTime": "2026-11-02T08:00:00Z",
    }
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": metadata("Node", name, labels=labels),
        "spec": {"taints": [taint]} if role == "control-plane" else {},
        "status": {
            "capacity": amounts,
            "allocatable": amounts,
            "conditions": [ready],
            "nodeInfo": {"kubeletVersion": "v1.36.2"},
        },
    }


def slices() -> Iterator[Object]:
    """Yield what the drivers publish, node by node."""
    yield from _a100("a100-1")
    for node in ("h100-1", "h100-2"):
        yield from _pool(node, NVIDIA, [{"devices": list(_h100(node))}])
        yield from _pool(node, DRANET, [{"devices": list(_nics())}])
    yield from _pool("mi300x-1", AMD, [{"devices": list(_mi300x())}])
    yield from _pool("flex-1", INTEL, [{"devices": list(_flex())}])
    yield from _pool("l40s-1", NVIDIA, [{"devices": list(_l40s())}])


def _pool(node: str, driver: str, bodies: Sequence[Mapping[str, Any]]) -> list[Object]:
    pool = {"name": node, "generation": 1, "resourceSliceCount": len(bodies)}
    return [
        resource(
            "ResourceSlice",
            f"{node}-{driver}-{suffix(node, driver, str(number))}",
            {"driver": driver, "pool": pool, "nodeName": node, **body},
            ownerReferences=[owner("Node", node)],
        )
        for number, body in enumerate(bodies)
    ]


def _device(
    name: str, attributes: Mapping[str, Any], capacity: Mapping[str, str], **more: Any
) -> Object:
    amounts = {key: {"value": amount} for key, amount in capacity.items()}
    body = {"attributes": {k: _value(v) for k, v in attributes.items()}}
    return {"name": name, **body, **({"capacity": amounts} if amounts else {}), **more}


def _value(value: Any) -> Object:
    if isinstance(value, bool):
        return {"bool": value}
    if isinstance(value, int):
        return {"int": value}
    if isinstance(value, Version):
        return {"version": str(value)}
    return {"string": value}


class Version(str):
    """The text of a version attribute."""

    __slots__ = ()


def _nvidia(
    product: str, architecture: str, compute: str, bus: str, root: str
) -> Object:
    return {
        "productName": product,
        "brand": "Nvidia",
        "architecture": architecture,
        "cudaComputeCapability": Version(compute),
        "driverVersion": Version("580.126.20"),
        "cudaDriverVersion": Version("13.0.0"),
        "addressingMode": "HMM",
        BUS: bus,
        ROOT: root,
    }


def _a100(node: str) -> Iterator[Object]:
    """Two GPUs in MIG mode, for which every instance is published, and two whole."""
    places = (("07", "00"), ("0f", "00"), ("47", "40"), ("4e", "40"))
    bodies: list[Object] = [{"sharedCounters": [_counters(f"gpu-{n}") for n in (0, 1)]}]
    for number, (bus, root) in enumerate(places):
        name, uuid = f"gpu-{number}", f"GPU-{identity(node, str(number))}"
        common = _nvidia(
            "NVIDIA A100-SXM4-40GB",
            "Ampere",
            "8.0.0",
            f"0000:{bus}:00.0",
            f"pci0000:{root}",
        )
        if number < 2:  # noqa: PLR2004 - the first two are in MIG mode
            bodies.append({"devices": list(_partitions(name, uuid, common))})
        else:
            whole = {"type": "gpu", "uuid": uuid, **common}
            bodies.append({"devices": [_device(name, whole, {"memory": "40960Mi"})]})
    yield from _pool(node, NVIDIA, bodies)


def _partitions(gpu: str, uuid: str, common: Mapping[str, Any]) -> Iterator[Object]:
    for profile in PROFILES:
        text = profile.name.replace(".", "").replace("+", "-")
        capacity = {
            "memory": f"{profile.memory}Mi",
            "multiprocessors": str(profile.multiprocessors),
            "copyEngines": str(profile.copy_engines),
            "decoders": str(profile.decoders),
            "encoders": "0",
            "jpegEngines": str(profile.others),
            "ofaEngines": str(profile.others),
        }
        for start in profile.starts:
            yield _device(
                f"{gpu}-mig-{text}-{profile.number}-{start}",
                {"type": "mig", "parentUUID": uuid, "profile": profile.name, **common},
                capacity,
                consumesCounters=[_consumption(gpu, profile, start, capacity)],
            )


_COUNTERS: Final = {
    "memory": "memory",
    "multiprocessors": "multiprocessors",
    "copyEngines": "copy-engines",
    "decoders": "decoders",
    "encoders": "encoders",
    "jpegEngines": "jpeg-engines",
    "ofaEngines": "ofa-engines",
}


def _consumption(
    gpu: str, profile: Profile, start: int, capacity: Mapping[str, str]
) -> Object:
    taken = {_COUNTERS[key]: {"value": amount} for key, amount in capacity.items()}
    for place in range(start, start + profile.slices):
        taken[f"memory-slice-{place}"] = {"value": "1"}
    return {"counterSet": f"{gpu}-counter-set", "counters": taken}


def _counters(gpu: str) -> Object:
    whole = PROFILES[-1]
    amounts = {
        "memory": f"{whole.memory}Mi",
        "multiprocessors": str(whole.multiprocessors),
        "copy-engines": str(whole.copy_engines),
        "decoders": str(whole.decoders),
        "encoders": "0",
        "jpeg-engines": "1",
        "ofa-engines": "1",
        **{f"memory-slice-{place}": "1" for place in range(_MEMORY_SLICES)},
    }
    counters = {key: {"value": amount} for key, amount in amounts.items()}
    return {"name": f"{gpu}-counter-set", "counters": counters}


# Bus of the GPU, bus of the NIC below the same root, and the root.
_HGX: Final = (
    ("1b", "18", "15"), ("43", "40", "37"), ("52", "4f", "48"), ("61", "5e", "59"),
    ("9d", "9a", "97"), ("c3", "c0", "b7"), ("d1", "ce", "c7"), ("df", "dc", "d7"),
)  # fmt: skip


def _h100(node: str) -> Iterator[Object]:
    for number, (bus, _, root) in enumerate(_HGX):
        uuid = f"GPU-{identity(node, str(number))}"
        common = _nvidia(
            "NVIDIA H100 80GB HBM3",
            "Hopper",
            "9.0.0",
            f"0000:{bus}:00.0",
            f"pci0000:{root}",
        )
        broken = (node, number) == ("h100-2", 7)
        xid = {
            "key": "gpu.nvidia.com/xid",
            "value": "79",
            "effect": "NoSchedule",
            "timeAdded": "2026-11-20T04:12:31Z",
        }
        yield _device(
            f"gpu-{number}",
            {"type": "gpu", "uuid": uuid, **common},
            {"memory": "81559Mi"},
            **({"taints": [xid]} if broken else {}),
        )


def _nics() -> Iterator[Object]:
    for number, (_, bus, root) in enumerate(_HGX):
        attributes = {
            "dra.net/ifName": f"ibp{number}s0",
            "dra.net/type": "infiniband",
            "dra.net/mtu": 4092,
            "dra.net/state": "up",
            "dra.net/pciAddress": f"0000:{bus}:00.0",
            "dra.net/pciVendor": "Mellanox Technologies",
            "dra.net/pciDevice": "MT2910 Family [ConnectX-7]",
            "dra.net/numaNode": number // 4,
            "dra.net/rdma": True,
            "dra.net/sriov": False,
            "dra.net/virtual": False,
            ROOT: f"pci0000:{root}",
        }
        yield _device(f"pci-0000-{bus}-00-0", attributes, {})


def _mi300x() -> Iterator[Object]:
    buses = ("05", "26", "46", "65", "85", "a6", "c6", "e5")
    for number, bus in enumerate(buses):
        attributes = {
            "type": "amdgpu",
            "deviceID": "0x74a1",
            "productName": "AMD_Instinct_MI300X_OAM",
            "driverVersion": Version("6.12.12"),
            "driverVersionFull": "6.12.12",
            "numaNode": number // 4,
            BUS: f"0000:{bus}:00.0",
            ROOT: f"pci0000:{bus[0]}0",
        }
        capacity = {"memory": "192Gi", "computeUnits": "304", "simdUnits": "1216"}
        yield _device(f"gpu-{1 + number * 8}-{128 + number * 8}", attributes, capacity)


def _flex() -> Iterator[Object]:
    for bus, root in (("4d", "4a"), ("b3", "b0")):
        attributes = {
            "model": "Flex 170",
            "family": "Data Center Flex",
            "driver": "i915",
            "sriov": True,
            "type": "gpu",
            "pciId": "0x56c0",
            "health": "Healthy",
            BUS: f"0000:{bus}:00.0",
            ROOT: f"pci0000:{root}",
        }
        capacity = {"memory": "16384Mi", "millicores": "1k"}
        yield _device(f"0000-{bus}-00-0-0x56c0", attributes, capacity)


def _l40s() -> Iterator[Object]:
    """Whose memory can be shared out, a MiB at a time."""
    for number, (bus, root) in enumerate((("17", "16"), ("ca", "c9"))):
        common = _nvidia(
            "NVIDIA L40S",
            "Ada Lovelace",
            "8.9.0",
            f"0000:{bus}:00.0",
            f"pci0000:{root}",
        )
        uuid = f"GPU-{identity('l40s-1', str(number))}"
        device = _device(
            f"gpu-{number}",
            {"type": "gpu", "uuid": uuid, **common},
            {"memory": "46068Mi"},
            allowMultipleAllocations=True,
        )
        device["capacity"]["memory"]["requestPolicy"] = {
            "default": "46068Mi",
            "validRange": {"min": "1Mi", "step": "1Mi"},
        }
        yield device

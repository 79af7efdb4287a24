"""Pods and claims of the sample cluster: some run, some could, some cannot."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tools.demo.devices import AMD, INTEL, NVIDIA, ROOT
from tools.demo.objects import (
    BORN,
    Object,
    identity,
    metadata,
    owner,
    resource,
    suffix,
)

MIG: Final = "mig.nvidia.com"
NIC: Final = "rdma-nic"
NAMESPACES: Final = ("inference", "research", "training", "video")
DEVICES: Final = "devices"  # what the pods call their claim


@dataclass(frozen=True)
class Work:
    """A pod with one claim that is made from a template, or with none.

    `node` and `given` (request, driver, device, and what else the result says) are set
    for pods that run. `limits` asks for extended resources instead of a claim.
    """

    namespace: str
    name: str
    asks: Mapping[str, Any] | None = None
    node: str = ""
    given: Sequence[tuple[str, str, str, Mapping[str, Any]]] = ()
    limits: Mapping[str, str] = field(default_factory=dict)
    cpu: str = "4"
    memory: str = "16Gi"

    @property
    def claim(self) -> str:
        """The name that the claim controller generated."""
        return f"{self.name}-{DEVICES}-{suffix(self.namespace, self.name)}"


def request(name: str, device_class: str, *selectors: str, **more: Any) -> Object:
    """Return an exact request; `more` adds to it (count, capacity, ...)."""
    return {"name": name, "exactly": option(device_class, *selectors, **more)}


def option(device_class: str, *selectors: str, **more: Any) -> Object:
    """Return what an exact request and an alternative have in common."""
    body: Object = {"deviceClassName": device_class}
    if selectors:
        body["selectors"] = [{"cel": {"expression": each}} for each in selectors]
    return {**body, "allocationMode": "ExactCount", "count": 1, **more}


def ask(*requests: Object, match: str = "") -> Object:
    """Return the spec of a claim, with a matchAttribute constraint if asked for."""
    constraints = [{"matchAttribute": match}] if match else []
    devices: Object = {"requests": list(requests)}
    return {"devices": {**devices, **({"constraints": constraints} if match else {})}}


def nvidia(test: str) -> str:
    """Return a selector on an attribute of NVIDIA's driver."""
    return f'device.attributes["{NVIDIA}"].{test}'


def mig(profile: str) -> Object:
    """Return a request for one MIG instance."""
    return request("mig", MIG, nvidia(f'profile == "{profile}"'))


HOPPER: Final = nvidia('architecture == "Hopper"')
AMPERE: Final = nvidia('architecture == "Ampere"')
SHARED: Final = nvidia('productName == "NVIDIA L40S"')


def running() -> Iterator[Work]:
    """Yield the pods that run on devices."""
    four = ask(request("gpus", NVIDIA, HOPPER, count=4))
    for number, node in enumerate(("h100-1", "h100-2")):
        yield Work("training", f"llama-{number}", four, node,
                   [("gpus", NVIDIA, f"gpu-{n}", {}) for n in range(4)],
                   cpu="64", memory="512Gi")  # fmt: skip
    yield Work("inference", "chat-0", ask(mig("3g.20gb")), "a100-1",
               [("mig", NVIDIA, "gpu-0-mig-3g20gb-9-0", {})])  # fmt: skip
    for number in range(2):
        device = f"gpu-{number}-mig-1g5gb-19-{6 - 2 * number}"
        yield Work("inference", f"embed-{number}", ask(mig("1g.5gb")), "a100-1",
                   [("mig", NVIDIA, device, {})])  # fmt: skip
    yield Work("research", "notebook-0", ask(request("gpu", NVIDIA, AMPERE)), "a100-1",
               [("gpu", NVIDIA, "gpu-2", {})])  # fmt: skip
    six = ask(request("gpus", AMD, count=6))
    yield Work("training", "diffusion-0", six, "mi300x-1",
               [("gpus", AMD, f"gpu-{1 + n * 8}-{128 + n * 8}", {}) for n in range(6)],
               cpu="96", memory="1Ti")  # fmt: skip
    yield Work("video", "transcode-0", ask(request("gpu", INTEL)), "flex-1",
               [("gpu", INTEL, "0000-4d-00-0-0x56c0", {})])  # fmt: skip
    share = {"shareID": identity("share", "0"), "consumedCapacity": {"memory": "30Gi"}}
    yield Work("inference", "rerank-0", ask(_shared("30Gi")), "l40s-1",
               [("gpu", NVIDIA, "gpu-0", share)])  # fmt: skip


def _shared(memory: str) -> Object:
    return request("gpu", NVIDIA, SHARED, capacity={"requests": {"memory": memory}})


def pending() -> Iterator[Work]:
    """Yield the pods that wait: first those that fit, then one for each trouble."""
    pair = request("gpu", NVIDIA, HOPPER), request("nic", NIC)
    yield Work("training", "nccl-test", ask(*pair, match=ROOT))
    either = {
        "name": "mig",
        "firstAvailable": [
            {"name": "large", **option(MIG, nvidia('profile == "2g.10gb"'))},
            {"name": "small", **option(MIG, nvidia('profile == "1g.5gb"'))},
        ],
    }
    yield Work("inference", "embed-2", ask(either))
    yield Work("inference", "rerank-1", ask(_shared("20Gi")))
    yield Work("video", "transcode-1", ask(request("gpu", INTEL)))
    yield Work("research", "legacy-cuda", limits={"nvidia.com/gpu": "1"})
    blackwell = nvidia('architecture == "Blackwell"')
    yield Work("training", "wants-blackwell", ask(request("gpu", NVIDIA, blackwell)))
    yield Work("training", "wants-eight", ask(request("gpus", NVIDIA, HOPPER, count=8)))
    yield Work("inference", "wants-whole-mig", ask(mig("7g.40gb")))
    broken = nvidia(f'uuid == "GPU-{identity("h100-2", "7")}"')
    yield Work("research", "wants-that-gpu", ask(request("gpu", NVIDIA, broken)))
    twins = request("gpus", NVIDIA, HOPPER, count=2)
    yield Work("research", "wants-one-root", ask(twins, match=ROOT))
    yield Work("research", "wants-npu", ask(request("npu", "npu.example.com")))
    unguarded = f'device.attributes["{AMD}"].partitionProfile == "spx_nps1"'
    yield Work("research", "unguarded-cel", ask(request("gpu", AMD, unguarded)))


def lone_claims() -> Iterator[Object]:
    """Yield claims that no pod uses yet."""
    spare = ask(request("gpu", AMD))
    yield resource("ResourceClaim", "spare-mi300x", spare, namespace="research")
    crowd = ask(request("nics", NIC, count=40))
    yield resource("ResourceClaim", "all-the-nics", crowd, namespace="training")


def namespaces() -> Iterator[Object]:
    """Yield the namespaces."""
    for name in NAMESPACES:
        labels = {"kubernetes.io/metadata.name": name}
        yield {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": metadata("Namespace", name, labels=labels),
            "status": {"phase": "Active"},
        }


def objects(work: Work) -> Iterator[Object]:
    """Yield the template, the claim made from it, and the pod."""
    if work.asks is not None:
        yield resource(
            "ResourceClaimTemplate",
            work.name,
            {"spec": work.asks},
            namespace=work.namespace,
        )
        yield _claim(work, work.asks)
    yield _pod(work)


def _claim(work: Work, asks: Mapping[str, Any]) -> Object:
    claim = resource(
        "ResourceClaim",
        work.claim,
        asks,
        namespace=work.namespace,
        generateName=f"{work.name}-{DEVICES}-",
        annotations={"resource.kubernetes.io/pod-claim-name": DEVICES},
        ownerReferences=[owner("Pod", work.name, work.namespace)],
    )
    if work.node:
        claim["metadata"]["finalizers"] = ["resource.kubernetes.io/delete-protection"]
        claim["status"] = _claim_status(work)
    return claim


def _claim_status(work: Work) -> Object:
    here = {"key": "metadata.name", "operator": "In", "values": [work.node]}
    results = [
        {"request": name, "driver": driver, "pool": work.node, "device": device, **more}
        for name, driver, device, more in work.given
    ]
    pod = {"resource": "pods", "name": work.name}
    uid = identity("Pod", work.namespace, work.name)
    return {
        "allocation": {
            "devices": {"results": results},
            "nodeSelector": {"nodeSelectorTerms": [{"matchFields": [here]}]},
            "allocationTimestamp": BORN,
        },
        "reservedFor": [{**pod, "uid": uid}],
    }


def _pod(work: Work) -> Object:
    amounts = {"cpu": work.cpu, "memory": work.memory}
    resources: Object = {"requests": {**amounts, **work.limits}}
    if work.limits:
        resources["limits"] = dict(work.limits)
    container = {"name": "main", "image": "registry.example.com/work:1"}
    spec: Object = {
        "schedulerName": "default-scheduler",
        "restartPolicy": "Always",
        "containers": [{**container, "resources": resources}],
    }
    status: Object = {"phase": "Running" if work.node else "Pending"}
    if work.node:
        spec["nodeName"] = work.node
    if work.asks is not None:
        resources["claims"] = [{"name": DEVICES}]
        template = {"name": DEVICES, "resourceClaimTemplateName": work.name}
        spec["resourceClaims"] = [template]
        made = {"name": DEVICES, "resourceClaimName": work.claim}
        status["resourceClaimStatuses"] = [made]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": metadata("Pod", work.name, work.namespace),
        "spec": spec,
        "status": status,
    }

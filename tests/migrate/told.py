"""What is told of resources, in words, and nodes that tell it."""

from collections.abc import Mapping

from dractl.migrate import evidence
from dractl.migrate.answer import User
from dractl.migrate.evidence import Evidence
from dractl.migrate.evidence.wording import described
from dractl.migrate.users import users
from tests.migrate.builders import inputs, order, snapshot

GPU = "nvidia.com/gpu"


def gathered(text: str, nodes: str = "") -> Evidence:
    """Return the evidence of documents, with a cluster of nodes."""
    return evidence.gathered(inputs(text), snapshot(nodes), order())


def means(found: Evidence, resource: str = GPU, user: User | None = None) -> list[str]:
    """Return what a resource means, in words."""
    return [described(each) for each in found.meanings(resource, user)]


def codes(found: Evidence) -> list[str]:
    """Return the codes of the findings."""
    return [each.code for each in found.findings]


def node(
    name: str = "n1",
    labels: Mapping[str, str] | None = None,
    resource: str = GPU,
    amount: int = 8,
    taint: str = "",
) -> str:
    """Return a node that has a resource."""
    text = "".join(f"    {key}: '{value}'\n" for key, value in (labels or {}).items())
    taints = f"  taints: [{{key: {taint}, effect: NoSchedule}}]\n" if taint else ""
    return (
        f"---\napiVersion: v1\nkind: Node\nmetadata:\n  name: {name}\n  labels:\n"
        f"    host: {name}\n{text}spec:\n  podCIDR: 10.0.0.0/24\n{taints}"
        f"status:\n  allocatable: {{{resource}: '{amount}'}}\n"
    )


def pod(spec: str = "", resources: str = "nvidia.com/gpu: 1") -> User:
    """Return a pod that asks for resources, with some more in its spec."""
    text = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: default}\nspec:\n"
        f"  {spec}\n  containers:\n  - name: c\n    image: i\n    resources:\n"
        f"      limits: {{{resources}}}\n"
    )
    return users(inputs(text))[0]

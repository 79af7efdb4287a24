import pytest

from dractl.diagnose.unchecked import unchecked
from tests.diagnose.cluster import (
    Wire,
    claim,
    cluster,
    event,
    gpu_class,
    gpus,
    made_pod,
    namespace,
    node,
    pod,
    template,
    wish,
)

EVERYTHING = (
    node("n1"), pod("web", "claim/c"), event("web", "x", "y"), gpus("n1", "a"),
    gpu_class(), claim("c"), template("two"), namespace("default"),
)  # fmt: skip


def kinds(*documents: Wire) -> list[str]:
    """Return the kinds that are said to be lacking."""
    return [each.split(" ")[1] for each in unchecked(cluster(*documents))]


def test_nothing_is_unchecked_where_all_kinds_are_there() -> None:
    assert kinds(*EVERYTHING) == []


@pytest.mark.parametrize(
    ("kind", "lacking"),
    [
        ("Node", "Nodes"),
        ("Pod", "Pods"),
        ("Event", "Events"),
        ("ResourceSlice", "ResourceSlices"),
        ("DeviceClass", "DeviceClasses"),
        ("ResourceClaim", "ResourceClaims"),
    ],
)
def test_a_kind_that_lacks_is_said_to(kind: str, lacking: str) -> None:
    assert kinds(*(each for each in EVERYTHING if each["kind"] != kind)) == [lacking]


def test_templates_matter_only_where_a_claim_is_yet_to_be_made() -> None:
    others = [each for each in EVERYTHING if each["kind"] != "ResourceClaimTemplate"]

    assert kinds(*others) == []
    assert kinds(*others, made_pod("made", "c")) == []
    assert kinds(*others, pod("new", "template/two")) == ["ResourceClaimTemplates"]


def test_namespaces_matter_only_where_somebody_asks_for_admin_access() -> None:
    others = [each for each in EVERYTHING if each["kind"] != "Namespace"]
    asking = template("admin", wish(1, adminAccess=True))

    assert kinds(*others) == []
    assert kinds(*others, asking) == ["Namespaces"]


def test_what_follows_from_the_lack_is_said() -> None:
    (said,) = unchecked(cluster(*EVERYTHING[1:]))

    assert said == (
        "no Nodes in the snapshot: node selectors, node taints, readiness, CPU and "
        "memory were not looked at"
    )


READ = [
    "DeviceClass.resource.k8s.io", "Event", "Namespace", "Node", "Pod",
    "ResourceClaim.resource.k8s.io", "ResourceClaimTemplate.resource.k8s.io",
    "ResourceSlice.resource.k8s.io",
]  # fmt: skip


def test_a_source_that_tells_its_gaps_lacks_nothing_else() -> None:
    told = {"apiVersion": "dractl/v1", "kind": "ClusterInfo", "read": READ}
    unread = {"kind": "Event", "resource": "events", "cause": "forbidden"}
    document = {**told, "metadata": {"name": "c"}, "unread": [unread]}
    (said,) = unchecked(cluster(document))
    assert said.startswith("events may not be read: failures to prepare")

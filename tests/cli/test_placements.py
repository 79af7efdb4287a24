import io
import json

from dractl.cli import placements
from dractl.cli.terminal import Terminal
from dractl.model.claims import (
    Allocation,
    ClaimSpec,
    DeviceResult,
    ObjectMeta,
    ResourceClaim,
)
from dractl.model.devices import DeviceId
from dractl.model.quantity import Quantity
from dractl.model.workloads import Pod
from dractl.solver.placement import NodeGroup, Outcome, Placement, Subject


def claim(name: str, namespace: str = "ml") -> ResourceClaim:
    return ResourceClaim(ObjectMeta(name, namespace), ClaimSpec())


def pod(name: str) -> Pod:
    return Pod(ObjectMeta(name, "ml"))


def gpus(*names: str, pool: str = "n1") -> Allocation:
    ids = [DeviceId("gpu.example.com", pool, name) for name in names]
    return Allocation(tuple(DeviceResult("gpus", each) for each in ids))


def placed(claim: ResourceClaim, allocation: Allocation) -> Placement:
    subject = Subject(None, (claim,))
    return Placement(subject, "n1", ((claim, allocation),), (), None, None)


def refused(
    claim: ResourceClaim,
    *groups: NodeGroup,
    pod: Pod | None = None,
    aborted: str | None = None,
) -> Placement:
    reason = None if aborted else "nothing fits"
    return Placement(
        Subject(pod, (claim,)), None, ((claim, None),), groups, reason, aborted
    )


def outcome(*placements: Placement) -> Outcome:
    return Outcome(placements, steps=7)


def screen(columns: int | None = None) -> Terminal:
    return Terminal(io.StringIO(), io.StringIO(), columns=columns)


def test_a_placed_claim_is_a_line_with_its_node_and_devices() -> None:
    answer = outcome(placed(claim("a"), gpus("gpu-0", "gpu-1")))
    assert placements.table(answer, screen()).splitlines() == [
        "CLAIM  NODE  DEVICES",
        "ml/a   n1    gpu.example.com/n1/gpu-0,gpu-1",
    ]


def test_devices_of_several_pools_are_named_pool_by_pool() -> None:
    first, second = gpus("gpu-0"), gpus("gpu-7", pool="n2")
    both = Allocation(first.results + second.results)
    line = placements.table(outcome(placed(claim("a"), both)), screen()).splitlines()[1]
    assert line.endswith("gpu.example.com/n1/gpu-0 gpu.example.com/n2/gpu-7")


def test_a_terminal_gets_long_lists_of_devices_on_several_lines() -> None:
    many = gpus(*[f"gpu-{number}" for number in range(12)])
    lines = placements.table(outcome(placed(claim("a"), many)), screen(60)).splitlines()
    assert lines[1:] == [
        "ml/a   n1    gpu.example.com/n1/gpu-0,gpu-1,gpu-2,gpu-3,",
        "             gpu-4,gpu-5,gpu-6,gpu-7,gpu-8,gpu-9,gpu-10,",
        "             gpu-11",
    ]


def test_what_does_not_fit_has_a_reason_per_group_of_nodes() -> None:
    groups = NodeGroup("in use", ("n1", "n2")), NodeGroup("tainted", ("n3",))
    answer = outcome(refused(claim("a"), *groups, pod=pod("trainer")))
    assert placements.table(answer, screen()).splitlines() == [
        "CLAIM  NODE    DEVICES",
        "ml/a   <none>  <none>",
        "",
        "NOT PLACED",
        "pod ml/trainer",
        "  nothing fits",
        "  2 nodes: in use",
        "    n1, n2",
        "  1 node: tainted",
        "    n3",
    ]


def test_those_who_share_a_cause_are_named_together() -> None:
    group = NodeGroup("in use", tuple(f"node-{number}" for number in range(1000)))
    answer = outcome(*[refused(claim(f"c{number}"), group) for number in range(200)])
    lines = placements.table(answer, screen()).splitlines()
    cause = lines[lines.index("NOT PLACED") + 1 :]
    assert cause == [
        "claim ml/c0, claim ml/c1, claim ml/c2, claim ml/c3, claim ml/c4, and 195 more",
        "  nothing fits",
        "  1000 nodes: in use",
        "    node-0, node-1, node-2, node-3, node-4, node-5, node-6, and 993 more",
    ]


def test_an_abort_is_said_to_be_one() -> None:
    answer = outcome(refused(claim("a"), aborted="no such key: model"))
    lines = placements.table(answer, screen()).splitlines()
    assert lines[-2:] == ["claim ml/a", "  aborted: no such key: model"]


def test_wide_has_a_line_per_device_with_what_was_taken_of_it() -> None:
    share = DeviceResult(
        "share",
        DeviceId("example.com", "n1", "gpu-0"),
        consumed_capacity={"memory": Quantity.parse("10Gi")},
    )
    answer = outcome(placed(claim("a"), Allocation((share,))), refused(claim("b")))
    assert placements.wide(answer, screen()).splitlines()[:3] == [
        "NAMESPACE  POD     CLAIM  REQUEST  NODE    DEVICE                DETAILS",
        "ml         <none>  a      share    n1      example.com/n1/gpu-0  memory 10Gi",
        "ml         <none>  b      <none>   <none>  <none>",
    ]


def test_a_pod_without_claims_is_listed_too() -> None:
    answer = outcome(Placement(Subject(pod("web"), ()), "n1", (), (), None, None))
    assert (
        placements.table(answer, screen()).splitlines()[1] == "pod ml/web  n1    <none>"
    )


def test_no_placements_print_nothing() -> None:
    assert placements.table(outcome(), screen()) == ""


def test_hostile_names_reach_no_terminal_raw() -> None:
    hostile = "\x1b[2J\u202e[bold]"
    group = NodeGroup(hostile, (hostile,))
    answer = outcome(
        placed(claim(hostile, hostile), gpus(hostile, pool=hostile)),
        refused(claim(hostile), group, pod=pod(hostile), aborted=hostile),
    )
    for render in (placements.table, placements.wide):
        text = render(answer, screen())
        assert text.replace("\n", "").isprintable()
        assert "\\x1b[2J\\u202e[bold]" in text
    assert placements.names(answer).replace("\n", "").isprintable()


def test_names_are_those_of_claims_that_got_devices() -> None:
    answer = outcome(placed(claim("a"), gpus("gpu-0")), refused(claim("b")))
    assert placements.names(answer) == "resourceclaim.resource.k8s.io/a\n"


def test_the_document_has_the_fields_of_the_contract() -> None:
    waiting = refused(claim("b"), NodeGroup("in use", ("n1",)), pod=pod("trainer"))
    answer = outcome(placed(claim("a"), gpus("gpu-0")), waiting)
    document = placements.document(answer, (), seconds=0.0123)
    device = {"driver": "gpu.example.com", "pool": "n1", "device": "gpu-0"}
    allocation = {"devices": {"results": [{"request": "gpus", **device}]}}
    assert json.loads(json.dumps(document)) == {
        "apiVersion": "dractl/v1",
        "kind": "AllocateResult",
        "placements": [
            {
                "pod": None,
                "node": "n1",
                "claims": [{"namespace": "ml", "name": "a", "allocation": allocation}],
                "reason": None,
                "aborted": None,
                "hint": None,
                "slow": False,
                "nodes": [],
            },
            {
                "pod": {"namespace": "ml", "name": "trainer"},
                "node": None,
                "claims": [{"namespace": "ml", "name": "b", "allocation": None}],
                "reason": "nothing fits",
                "aborted": None,
                "hint": None,
                "slow": False,
                "nodes": [{"reason": "in use", "count": 1, "names": ["n1"]}],
            },
        ],
        "problems": [],
        "summary": {"placed": 1, "unplaced": 1, "seconds": 0.012, "steps": 7},
    }

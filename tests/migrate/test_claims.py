"""The requests and claims that stand for what containers ask for."""

from collections.abc import Sequence

import pytest

from dractl.migrate.answer import Meaning, Rewrite
from dractl.migrate.inputs import Shares
from dractl.rules.registry import Severity
from tests.migrate.rewriting import CHAT, EFA, GPU, counts, pods, rewrite, template

_LAST = {"i": "a i", "s": "s"}


def claims(made: Rewrite) -> dict[str, list[str]]:
    """Return the requests that the containers of a pod have."""
    spec = made.documents[0]["spec"]
    return {
        each["name"]: [one["request"] for one in each["resources"]["claims"]]
        for each in [*spec.get("initContainers", ()), *spec["containers"]]
        if "claims" in each.get("resources", {})
    }


@pytest.mark.parametrize(
    ("containers", "init", "wanted", "has"),
    [
        ([f"a {GPU}=1", f"b {GPU}=2"], "", {"a": 1, "b": 2}, {"a": "a", "b": "b"}),
        # The devices of a later container do for one that is over by then.
        ([f"a {GPU}=2"], f"i {GPU}=2", {"a": 2}, {"i": "a", "a": "a"}),
        ([f"a {GPU}=1", f"b {GPU}=2"], f"i {GPU}=2", {"a": 1, "b": 2}, {"i": "b"}),
        ([f"a {GPU}=1", f"b {GPU}=2"], f"i {GPU}=3", {"a": 1, "b": 2}, {"i": "a b"}),
        # Only what is beyond them is asked for.
        ([f"a {GPU}=1"], f"i {GPU}=3", {"i": 2, "a": 1}, {"i": "a i", "a": "a"}),
        ([f"a {GPU}=1"], f"i {GPU}=2;j {GPU}=4", {"j": 3, "a": 1}, {"i": "a j"}),
        (["a"], f"i {GPU}=1", {"i": 1}, {"i": "i"}),
        # A sidecar keeps its own, and those before it can have them.
        ([f"a {GPU}=1"], f"s+ {GPU}=1", {"s": 1, "a": 1}, {"s": "s", "a": "a"}),
        ([f"a {GPU}=1"], f"i {GPU}=2;s+ {GPU}=1", {"s": 1, "a": 1}, {"i": "s a"}),
        ([f"a {GPU}=1"], f"s+ {GPU}=1;i {GPU}=2", {"s": 1, "i": 1, "a": 1}, _LAST),
    ],
)  # fmt: skip
def test_counts_as_the_scheduler_does(
    containers: list[str], init: str, wanted: dict[str, int], has: dict[str, str]
) -> None:
    made = rewrite(pods(*containers, init=init))
    assert counts(made) == wanted
    found = claims(made)
    assert {name: found[name] for name in has} == {
        name: each.split() for name, each in has.items()
    }


def test_says_when_an_init_container_sees_more() -> None:
    made = rewrite(pods(f"a {GPU}=4", init=f"i {GPU}=1"))
    (found,) = made.findings
    assert (found.code, found.subject) == ("init-sees-more", "Pod ns/it")
    assert found.severity is Severity.WARNING
    assert "container i asked for 1 nvidia.com/gpu and can use 4" in found.message


def test_names_requests_by_resource_where_a_container_has_several() -> None:
    mig = "nvidia.com/mig-1g.5gb"
    made = rewrite(pods(f"a {GPU}=1 {mig}=2"), {mig: Meaning("partition")})
    assert counts(made) == {"a-gpu": 1, "a-mig-1g-5gb": 2}
    listed = template(made)["spec"]["spec"]["devices"]["requests"]
    assert listed[1]["exactly"]["deviceClassName"] == "mig.nvidia.com"
    assert "1g.5gb" in listed[1]["exactly"]["selectors"][0]["cel"]["expression"]


def test_leaves_resources_without_a_driver_to_their_plugin() -> None:
    made = rewrite(pods(f"a {GPU}=1 furiosa.ai/rngd=1"))
    found = made.documents[0]["spec"]["containers"][0]["resources"]
    assert found["limits"] == {"furiosa.ai/rngd": 1}
    assert rewrite(pods("a furiosa.ai/rngd=1")).documents == {}


def test_gives_monitoring_access_to_all() -> None:
    made = rewrite(pods("a gpu.intel.com/monitoring=1"))
    exactly = template(made)["spec"]["spec"]["devices"]["requests"][0]["exactly"]
    assert exactly["allocationMode"] == "All"
    assert exactly["adminAccess"] is True
    assert "count" not in exactly


def test_asks_for_a_part_of_the_device_beside_it() -> None:
    memory = "nvidia.com/gpumem"
    meanings = {memory: Meaning("fraction"), GPU: Meaning("fraction")}
    made = rewrite(pods(f"a {GPU}=1 {memory}=3000"), meanings)
    (request,) = template(made)["spec"]["spec"]["devices"]["requests"]
    assert request["exactly"]["capacity"] == {"requests": {"memory": "3000Mi"}}
    assert request["exactly"]["count"] == 1


def test_rounds_cores_up_to_devices() -> None:
    cores = "aws.amazon.com/neuroncore"
    made = rewrite(pods(f"a {cores}=5"), {cores: Meaning("core", replicas=2)})
    assert list(counts(made).values()) == [3]


SHARED = {GPU: Meaning("time-slice", replicas=4)}
OTHER = CHAT.replace("chat", "talk").replace("nvidia.com/gpu: 2", "nvidia.com/gpu: 1")


def test_asks_for_shares_as_capacity() -> None:
    made = rewrite(pods(f"a {GPU}=1"), SHARED)
    exactly = template(made)["spec"]["spec"]["devices"]["requests"][0]["exactly"]
    assert exactly["capacity"] == {"requests": {"shares": "1"}}


def test_lets_the_pods_of_a_namespace_share_one_claim() -> None:
    text = f"{CHAT}---{OTHER}---{OTHER.replace('inference', 'batch')}"
    made = rewrite(text, SHARED, shares=Shares.CLAIM)
    assert made.added == {}
    assert [
        (each["kind"], each["metadata"]["namespace"], each["metadata"]["name"])
        for each in made.shared
    ] == [
        ("ResourceClaim", "inference", "nvidia-com-gpu-shared"),
        ("ResourceClaim", "batch", "nvidia-com-gpu-shared"),
    ]
    (request,) = made.shared[0]["spec"]["devices"]["requests"]
    assert request["exactly"]["count"] == 1
    for each in made.documents.values():
        (entry,) = each["spec"]["template"]["spec"]["resourceClaims"]
        assert entry["resourceClaimName"] == "nvidia-com-gpu-shared"


def test_says_that_nothing_notes_how_many_shares_there_were() -> None:
    made = rewrite(pods(f"a {GPU}=2", f"b {GPU}=1"), SHARED, shares=Shares.CLAIM)
    (found,) = made.findings
    assert found.code == "not-reversible"
    assert "container a asked for 2 of nvidia.com/gpu" in found.message


def test_names_the_claim_for_shares_once_for_what_it_is() -> None:
    name = f"{GPU}.shared"
    meant = {name: Meaning("time-slice", replicas=4)}
    made = rewrite(pods(f"a {name}=1"), meant, shares=Shares.CLAIM)
    assert made.shared[0]["metadata"]["name"] == "nvidia-com-gpu-shared"


@pytest.mark.parametrize(
    ("containers", "expected"),
    [
        ((f"a {GPU}=8 {EFA}=24",), [["a-gpu", "a-efa"]]),
        ((f"a {GPU}=8 {EFA}=32",), [["a-gpu"], ["a-efa"]]),
        (
            (f"a {GPU}=8 {EFA}=16", f"b {GPU}=8 {EFA}=16"),
            [["a-gpu", "b-gpu"], ["a-efa", "b-efa"]],
        ),
        (
            (f"a {GPU}=20", f"b {GPU}=20 {EFA}=2", f"c {GPU}=8"),
            [["a"], ["b-gpu", "c", "b-efa"]],
        ),
        (
            [f"c{n} {GPU}=1" for n in range(33)],
            [[f"c{n}" for n in range(32)], ["c32"]],
        ),
    ],
)
def test_makes_several_claims_where_one_cannot_have_all(
    containers: Sequence[str], expected: list[list[str]]
) -> None:
    made = rewrite(pods(*containers))
    requests = {
        each["metadata"]["name"]: [
            one["name"] for one in each["spec"]["spec"]["devices"]["requests"]
        ]
        for each in made.added[0]
    }
    names = ["it-devices", "it-devices-2"][: len(expected)]
    assert requests == dict(zip(names, expected, strict=True))
    spec = made.documents[0]["spec"]
    entries = {
        each["name"]: requests[each["resourceClaimTemplateName"]]
        for each in spec["resourceClaims"]
    }
    assert [*entries] == ["devices", "devices-2"][: len(expected)]
    for each in spec["containers"]:
        for one in each["resources"]["claims"]:
            assert one["request"] in entries[one["name"]]


def test_shows_what_an_init_container_has_of_another_one() -> None:
    init = f"i {GPU}=3;s+ {GPU}=1;j {GPU}=3"
    made = rewrite(pods(f"a {GPU}=1", init=init))
    assert counts(made) == {"s": 1, "j": 2, "a": 1}
    (found,) = made.findings
    assert found.code == "init-sees-more"
    assert "container i asked for 3 nvidia.com/gpu and can use 4" in found.message

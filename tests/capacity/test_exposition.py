import dataclasses

import pytest

from dractl.api.snapshot import Snapshot
from dractl.capacity.audit import CODES
from dractl.capacity.exposition import exposition
from dractl.capacity.look import Look
from dractl.model.claims import Allocation, DeviceResult, ObjectMeta
from dractl.model.workloads import ResourceQuota
from tests.builders import (
    CLASS,
    DRIVER,
    claim,
    class_,
    device,
    held,
    quantities,
    request,
    slice_,
)
from tests.builders import snapshot as made
from tests.capacity.exposition import Sample, parsed


def cluster(model: str = "m", quotas: tuple[ResourceQuota, ...] = ()) -> Snapshot:
    gpus = [device(f"gpu-{n}", attributes={"model": model}) for n in range(3)]
    found = made(
        classes=[class_(), class_("also")],
        slices=[slice_(*gpus)],
        claims=[held(gpus[0])],
    )
    return dataclasses.replace(found, quotas=quotas)


def samples(snapshot: Snapshot, name: str) -> list[Sample]:
    found = parsed(exposition([((), Look(snapshot))]))
    return [each for each in found if each.name == name]


def test_devices_have_all_states_and_add_up() -> None:
    found = samples(cluster(), "dractl_devices")

    values = {dict(each.labels)["state"]: each.value for each in found}
    assert values == {
        "free": 2, "partly": 0, "allocated": 1, "tainted": 0, "unusable": 0,
    }  # fmt: skip
    assert found[0].labels[:4] == (
        ("driver", DRIVER), ("class", f"also,{CLASS}"), ("node", "node-1"),
        ("model", "m"),
    )  # fmt: skip


def test_partitions_that_are_stranded_and_what_is_left_of_shares() -> None:
    whole = device("whole", consumes={"gpu": {"place": "1"}})
    other = device("other", consumes={"gpu": {"place": "1"}})
    shared = device("shared", pool="s", shared=True, memory="80Gi")
    result = DeviceResult(
        "r", shared.id, share_id="1", consumed_capacity=quantities({"memory": "20Gi"})
    )
    sharing = claim(request("r"), allocation=Allocation((result,)))
    found = made(
        slices=[
            slice_(name="c", count=2, counters={"gpu": {"place": "1"}}),
            slice_(whole, other, name="d", count=2),
            slice_(shared, name="s", pool="s"),
        ],
        claims=[held(whole), sharing],
    )
    [stranded] = samples(found, "dractl_devices_stranded")
    assert (dict(stranded.labels)["node"], stranded.value) == ("node-1", 1)
    [total] = samples(found, "dractl_shared_capacity")
    assert total.labels == (("model", ""), ("capacity", "memory"))
    [left] = samples(found, "dractl_shared_capacity_left")
    assert (total.value, left.value) == (80 << 30, 60 << 30)


def test_claims_and_namespaces() -> None:
    claims = samples(cluster(), "dractl_claims")
    assert {dict(each.labels)["phase"]: each.value for each in claims}["idle"] == 1
    [space] = samples(cluster(), "dractl_namespace_devices")
    assert space.labels == (("namespace", "held"), ("driver", DRIVER), ("model", "m"))
    assert space.value == 1


def test_quotas_in_plain_numbers() -> None:
    key = f"{CLASS}.deviceclass.resource.k8s.io/devices"
    quota = ResourceQuota(
        ObjectMeta("q", "a"), quantities({key: "2k"}), quantities({key: "1500m"})
    )
    snapshot = cluster(quotas=(quota,))
    assert samples(snapshot, "dractl_quota_hard")[0].value == 2000
    assert samples(snapshot, "dractl_quota_used")[0].value == 1.5


def test_what_is_wrong_is_counted() -> None:
    gpu = device()
    twice = made(slices=[slice_(gpu)], claims=[held(gpu), held(gpu, name="b")])
    found = samples(twice, "dractl_breaches")
    values = {dict(each.labels)["code"]: each.value for each in found}
    assert values == dict.fromkeys(CODES, 0) | {"device-twice": 1}
    # What is right says so: a series that is away hides zeros.
    assert sum(each.value for each in samples(cluster(), "dractl_breaches")) == 0


def test_small_amounts() -> None:
    key = f"{CLASS}.deviceclass.resource.k8s.io/devices"
    quota = ResourceQuota(ObjectMeta("q", "a"), quantities({key: "1n"}), {})
    assert samples(cluster(quotas=(quota,)), "dractl_quota_hard")[0].value == 1e-9


def test_names_that_look_the_same_are_one_series() -> None:
    looks = [
        Look(dataclasses.replace(
            cluster(), slices=(
                slice_(*(
                    device(name, attributes={"model": model})
                    for name, model in (("a", "\x1b"), ("b", r"\x1b"))
                )),
            ),
        ))
    ]  # fmt: skip
    found = parsed(exposition([((), each) for each in looks]))
    assert sum(each.value for each in found if each.name == "dractl_devices") == 2


def test_clusters_are_told_apart() -> None:
    both = [((("context", name),), Look(cluster())) for name in ("a", "b")]
    found = [s for s in parsed(exposition(both)) if s.name == "dractl_devices"]
    assert [each.labels[0] for each in found] == [("context", "a")] * 5 + [
        ("context", "b")
    ] * 5


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ('a"} 1', 'a"} 1'),
        ("back\\slash", "back\\slash"),
        ("two\nlines", "two\\nlines"),
        ("\x1b[2J", "\\x1b[2J"),
        ("<b>\u202e", "<b>\\u202e"),
    ],
)
def test_hostile_text_stays_text(hostile: str, shown: str) -> None:
    found = samples(cluster(hostile), "dractl_devices")
    assert dict(found[0].labels)["model"] == shown


def test_an_empty_cluster() -> None:
    found = parsed(exposition([((), Look(made()))]))
    assert {each.name: each.value for each in found} == {
        "dractl_breaches": 0, "dractl_unreadable_objects": 0,
    }  # fmt: skip

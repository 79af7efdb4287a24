from dractl.diagnose.answer import Link
from tests.diagnose.cluster import (
    Wire,
    claim,
    cluster,
    given,
    gpu_class,
    gpus,
    held,
    node,
    pod,
    report,
    template,
    wish,
)


def links(*documents: Wire) -> tuple[Link, ...]:
    return report(cluster(node("n1"), gpu_class(), gpus("n1", "a"), *documents)).links


def test_a_claim_that_waits_is_told_with_what_it_wants() -> None:
    assert links(pod("web", "claim/c"), claim("c", wish(2))) == (
        Link("c0", "c", "pending", ("gpu: 2 gpu",)),
    )


def test_a_claim_that_has_devices_is_told_with_them() -> None:
    assert links(pod("web", "claim/c"), held("c", "n1", "a")) == (
        Link("c0", "c", "allocated", ("gpu: 1 gpu",), ("gpu.example.com/n1/a",)),
    )


def test_a_claim_that_is_used_is_reserved() -> None:
    (found,) = links(pod("web", "claim/c"), held("c", "n1", "a", pod="web"))

    assert found.state == "reserved"


def test_a_claim_on_its_way_out_is_deleting() -> None:
    leaving = held("c", "n1", "a", meta={"deletionTimestamp": "2026-01-01T00:00:00Z"})

    (found,) = links(pod("web", "claim/c"), leaving)

    assert found.state == "deleting"


def test_a_claim_that_is_yet_to_be_made_wants_what_the_template_says() -> None:
    assert links(pod("web", "template/two"), template("two", wish(2))) == (
        Link("c0", "", "missing", ("gpu: 2 gpu",)),
    )


def test_a_claim_that_does_not_exist_is_missing_by_its_name() -> None:
    assert links(pod("web", "claim/c")) == (Link("c0", "c", "missing"),)


def test_every_entry_has_its_link() -> None:
    found = links(pod("web", "claim/a", "template/t", "claim/b"))

    assert [each.entry for each in found] == ["c0", "c1", "c2"]


def test_alternatives_and_all_devices_are_put_in_words() -> None:
    spec = {
        "devices": {
            "requests": [
                {"name": "r", "firstAvailable": [
                    {"name": "a", "deviceClassName": "h100", "count": 2},
                    {"name": "b", "deviceClassName": "a100", "allocationMode": "All"},
                ]},
            ]
        }
    }  # fmt: skip

    (found,) = links(pod("web", "claim/c"), claim("c", spec))

    assert found.wants == ("r: 2 h100 or all a100",)


def test_the_claim_for_extended_resources_is_a_link_too() -> None:
    special = claim("web-extended", status=given("a", "n1"))
    web = pod("web", nodeName="n1", status={
        "phase": "Running",
        "extendedResourceClaimStatus": {"resourceClaimName": "web-extended"},
    })  # fmt: skip

    assert links(web, special) == (
        Link("extended resources", "web-extended", "allocated", ("gpu: 1 gpu",),
             ("gpu.example.com/n1/a",)),
    )  # fmt: skip

import io
import json
from collections.abc import Sequence

import pytest

from dractl.api.snapshot import Snapshot
from dractl.cli import explanations
from dractl.cli.terminal import Terminal
from dractl.cli.text import width
from dractl.demo import PATH
from dractl.diagnose.answer import (
    Cause,
    ClaimReport,
    Explanation,
    Link,
    PodReport,
    View,
    WorkloadReport,
)
from dractl.diagnose.explain import explain
from dractl.model.claims import ClaimSpec, ObjectMeta, ResourceClaim
from dractl.model.cluster import Profile
from dractl.model.workloads import Pod

REFUSED = WorkloadReport(
    "DaemonSet", "ml", "plugin", (Cause("quota-exceeded", "no quota"),)
)
IN_USE = Cause("devices-in-use", "all are in use", "c", "gpu", ("n1",))
GATED = Cause("scheduling-gated", "the pod waits")


def screen(columns: int | None = 80) -> Terminal:
    return Terminal(io.StringIO(), io.StringIO(), columns=columns, colour=False)


def pod(
    name: str = "web", *causes: Cause, owner: str = "", lands: str | None = None
) -> PodReport:
    return PodReport(Pod(ObjectMeta(name, "ml")), causes, owner, lands=lands)


def claim(name: str, *causes: Cause, link: Link | None = None) -> ClaimReport:
    return ClaimReport(
        ResourceClaim(ObjectMeta(name, "ml"), ClaimSpec()), causes, link=link
    )


def answer(
    *pods: PodReport,
    claims: Sequence[ClaimReport] = (),
    workloads: Sequence[WorkloadReport] = (),
    release: str = "1.36",
) -> Explanation:
    return Explanation(
        Profile.of(release), pods, tuple(claims), workloads=tuple(workloads)
    )


def shown(*pods: PodReport, columns: int | None = 80, chain: bool = False) -> list[str]:
    text = explanations.table(answer(*pods), screen(columns), has_chain=chain)
    return text.splitlines()


# -- what is told


def test_a_cause_is_told_with_its_code_its_sentence_and_its_fixes() -> None:
    cause = Cause("scheduling-gated", "it waits", fixes=("open the gate", "or not"))

    assert shown(pod("web", cause)) == [
        "pod ml/web",
        "  scheduling-gated: it waits",
        "    fix     open the gate",
        "    fix     or not",
    ]


def test_causes_keep_their_order() -> None:
    told = shown(pod("web", GATED, IN_USE))

    assert [each.split(":")[0].strip() for each in told[1:]] == [
        "scheduling-gated",
        "devices-in-use",
    ]


def test_notes_come_last() -> None:
    report = PodReport(Pod(ObjectMeta("web", "ml")), (GATED,), notes=("by the way",))

    assert shown(report)[-1] == "    note    by the way"


def test_replicas_that_wait_alike_share_a_paragraph() -> None:
    pods = [pod(f"web-{n}", IN_USE, owner="Deployment web") for n in range(3)]

    assert shown(*pods) == [
        "pod ml/web-0, ml/web-1, ml/web-2 (Deployment web)",
        "  devices-in-use: all are in use",
    ]


def test_of_many_replicas_the_first_are_named() -> None:
    pods = [pod(f"web-{n}", IN_USE, owner="Deployment web") for n in range(9)]

    assert shown(*pods)[0] == (
        "pod ml/web-0, ml/web-1, ml/web-2, ml/web-3 and 5 more (Deployment web)"
    )


def test_replicas_that_wait_for_different_things_do_not_share_one() -> None:
    pods = [pod("web-0", IN_USE, owner="Job web"), pod("web-1", GATED, owner="Job web")]

    assert [each for each in shown(*pods) if each.startswith("pod")] == [
        "pod ml/web-0 (Job web)",
        "pod ml/web-1 (Job web)",
    ]


def test_paragraphs_are_set_apart_by_an_empty_line() -> None:
    assert shown(pod("a", IN_USE), pod("b", GATED)).index("") == 2


def test_of_many_that_wait_the_causes_are_counted_first() -> None:
    pods = [*(pod(f"a{n}", IN_USE) for n in range(4)), pod("b", GATED)]

    assert shown(*pods)[:4] == [
        "PODS  CAUSE",
        "4     devices-in-use",
        "1     scheduling-gated",
        "",
    ]


def test_where_all_wait_for_the_same_nothing_is_counted() -> None:
    assert shown(*(pod(f"a{n}", IN_USE) for n in range(9)))[0].startswith("pod ")


def test_what_is_well_is_left_out() -> None:
    assert shown(pod("well", lands="n1"), pod("web", GATED))[0] == "pod ml/web"


def test_with_the_chain_what_is_well_is_there_with_claims_and_devices() -> None:
    link = Link("gpu", "web-gpu", "reserved", ("r: 2 h100",), ("d/p/a", "d/p/b"))
    report = PodReport(
        Pod(ObjectMeta("web", "ml"), "n1", "Running"), links=(link,), owner="Job web"
    )

    assert shown(report, chain=True) == [
        "pod ml/web (Job web)",
        "  Running on n1",
        "  claim gpu: web-gpu (reserved)",
        "    wants  r: 2 h100",
        "    has    d/p/a, d/p/b",
    ]


def test_a_claim_that_is_yet_to_be_made_is_said_to_be_so() -> None:
    report = PodReport(Pod(ObjectMeta("web", "ml")), links=(Link("g", "", "missing"),))

    assert shown(report, chain=True)[-1] == "  claim g: not made yet (missing)"


def test_commands_come_with_the_chain_only() -> None:
    report = pod("web", Cause("unknown", "x", commands=("kubectl get pods",)))

    assert "kubectl" not in " ".join(shown(report))
    assert shown(report, chain=True)[-1] == "    next    kubectl get pods"


def test_a_claim_has_a_paragraph_of_its_own() -> None:
    link = Link("", "c", "pending", ("r: 1 h100",))
    given = answer(claims=[claim("c", GATED, link=link), claim("well")])

    assert explanations.table(given, screen(), has_chain=False).splitlines() == [
        "claim ml/c",
        "  scheduling-gated: the pod waits",
    ]
    assert "    wants  r: 1 h100" in explanations.table(given, screen(), has_chain=True)


# -- evidence


def with_evidence(**evidence: object) -> list[str]:
    return shown(pod("web", Cause("unknown", "x", evidence=evidence)))[2:]


def test_a_funnel_ends_at_the_clause_that_leaves_nothing() -> None:
    stages = [
        {"clause": text, "owner": "request r", "before": a, "after": b, "failing": bad}
        for text, a, b, bad in [("a", 16, 8, 0), ("b", 8, 0, 3), ("c", 0, 0, 0)]
    ]

    assert with_evidence(funnel=stages) == [
        "    16 devices",
        "     8 a  (request r)",
        "     0 b  (request r, fails on 3)",
    ]


def test_of_many_holders_the_first_are_named_and_the_others_counted() -> None:
    claims = [f"claim ml/c{number}" for number in range(9)]

    assert with_evidence(heldBy=claims, heldByCount=9) == [
        "    held by claim ml/c0",
        "    held by claim ml/c1",
        "    held by claim ml/c2",
        "    held by claim ml/c3",
        "    held by and 5 claims more",
    ]


def test_an_event_is_told_with_its_count_and_time() -> None:
    assert with_evidence(lastSeen="2026-01-02T03:04:05Z", count=7) == [
        "    seen    7 times, last at 2026-01-02T03:04:05Z"
    ]


def test_an_event_that_came_once_is_not_told_in_the_plural() -> None:
    (line,) = with_evidence(lastSeen="2026-01-02T03:04:05Z", count=1)

    assert "1 times" not in line


def test_two_nodes_are_in_the_sentence_and_more_get_a_line() -> None:
    few = pod("web", Cause("unknown", "x", nodes=("a", "b")))
    many = pod("web", Cause("unknown", "x", nodes=tuple("abcdefgh")))

    assert shown(few)[2:] == []
    assert shown(many)[2:] == ["    nodes   a, b, c, d, e, f and 2 more"]


# -- width


def test_a_long_sentence_goes_on_below_its_start() -> None:
    report = pod(
        "web", Cause("unknown", "word " * 12 + "end", fixes=("fix " * 13 + "fix",))
    )

    assert shown(report, columns=40) == [
        "pod ml/web",
        "  unknown: word word word word word word",
        "    word word word word word word end",
        "    fix     fix fix fix fix fix fix fix",
        "            fix fix fix fix fix fix fix",
    ]


def test_a_word_that_no_line_holds_stays_whole() -> None:
    long = "x" * 200

    assert f"    {long}" in shown(pod("web", Cause("unknown", f"see {long}")))


def demo() -> Explanation:
    items = json.loads(PATH.read_text("utf-8"))["items"]
    return explain(Snapshot.from_documents(items))


@pytest.mark.parametrize("chain", [True, False], ids=["wide", "table"])
@pytest.mark.parametrize("columns", [80, None], ids=["terminal", "pipe"])
def test_no_line_about_the_sample_cluster_is_wider_than_80_cells(
    columns: int | None, *, chain: bool
) -> None:
    text = explanations.table(demo(), screen(columns), has_chain=chain)

    assert [each for each in text.splitlines() if width(each) > 80] == []


@pytest.mark.parametrize("columns", [40, 60, 80, 120])
def test_only_a_word_that_is_too_long_makes_a_line_too_wide(columns: int) -> None:
    text = explanations.table(demo(), screen(columns), has_chain=True)

    too_wide = [each for each in text.splitlines() if width(each) > columns]
    assert [each for each in too_wide if max(map(width, each.split())) < 26] == []


def test_text_is_never_squeezed_to_nothing() -> None:
    report = pod("web", Cause("unknown", "one two three"))

    assert "one two three" in " ".join(shown(report, columns=1))


def test_wide_characters_count_for_the_cells_that_they_take() -> None:
    report = pod("web", Cause("unknown", "語語語語語 " * 12))

    assert max(map(width, shown(report, columns=40))) <= 40


# -- strangers' text


@pytest.mark.parametrize(
    "text", ["\x1b[31m", "a\u202eb", "a\nb", "a\x07b", "a\x9bb", "a\u2066b", "\ud800"]
)
def test_what_a_terminal_would_obey_is_spelled_out(text: str) -> None:
    cause = Cause(
        "unknown", text, text, text, (text,) * 3,
        {"heldBy": [text], "lastSeen": text, "count": 1},
        (text,), (text,),
    )  # fmt: skip
    link = Link(text, text, "pending", (text,), (text,))
    meta = ObjectMeta(text, text)
    report = PodReport(Pod(meta, text, text), (cause,), text, (link,), text, (text,))

    told = shown(report, chain=True)

    assert all(each.isprintable() for each in told)
    assert any("\\" in each for each in told)


def test_names_of_strangers_are_spelled_out_too() -> None:
    report = PodReport(Pod(ObjectMeta("a\x1bb", "ml")), (GATED,))

    assert explanations.names(answer(report)) == "pod/a\\x1bb\n"


def test_what_others_say_of_a_pod_comes_last_with_the_time() -> None:
    seen = {"count": 3, "lastSeen": "2026-10-05"}
    views = (View("Karpenter", "adds nothing", seen), View("Kueue", "holds it"))
    report = PodReport(Pod(ObjectMeta("web", "ml")), (GATED,), views=views)

    assert shown(report, columns=100)[2:] == [
        "    view    Karpenter adds nothing (seen 3 times, last at 2026-10-05)",
        "    view    Kueue holds it",
    ]


def test_a_workload_without_pods_has_a_paragraph() -> None:
    given = answer(workloads=[REFUSED])

    assert explanations.table(given, screen(), has_chain=False) == (
        "DaemonSet ml/plugin\n  quota-exceeded: no quota\n"
    )


# -- names and summary


def test_names_are_those_of_what_is_stuck() -> None:
    given = answer(
        pod("a", GATED),
        pod("well"),
        claims=[claim("c", IN_USE), claim("fine")],
        workloads=[REFUSED],
    )

    assert explanations.names(given) == (
        "pod/a\nresourceclaim.resource.k8s.io/c\ndaemonset.apps/plugin\n"
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (answer(), "no pod or claim here needs devices"),
        (answer(pod("a", GATED)), "1 of 1 pod with devices stuck"),
        (
            answer(pod("a", GATED), pod("b", lands="n1")),
            "1 of 2 pods with devices stuck, 1 would fit now",
        ),
        (
            answer(claims=[claim("c", GATED), claim("d", IN_USE)]),
            "2 claims stuck",
        ),
        (answer(workloads=[REFUSED]), "1 workload without pods"),
    ],
    ids=["nothing", "stuck", "fits", "claims", "workloads"],
)
def test_the_summary_counts_what_is_stuck(given: Explanation, said: str) -> None:
    assert explanations.summary(given) == f"{said} (judged as Kubernetes 1.36)"

from dractl.diagnose.entries import Entry, entries, is_stored
from dractl.diagnose.world import World
from dractl.model.claims import ObjectMeta
from dractl.model.workloads import Pod
from tests.diagnose.cluster import Wire, claim, cluster, made_pod, pod, template


def found(*documents: Wire) -> list[Entry]:
    snapshot = cluster(*documents)
    return list(entries(World(snapshot), snapshot.pods[0]))


def only(*documents: Wire) -> Entry:
    (entry,) = found(*documents)
    return entry


def owned(name: str, pod: str, *, entry: str | None = None, uid: str = "") -> Wire:
    """Return a claim that was made for an entry of a pod."""
    owner = {"kind": "Pod", "name": pod, "uid": uid or f"uid-{pod}"}
    noted = {} if entry is None else {"resource.kubernetes.io/pod-claim-name": entry}
    return claim(name, meta={"ownerReferences": [owner], "annotations": noted})


def test_a_claim_by_name_is_found_in_the_namespace_of_the_pod() -> None:
    entry = only(pod("web", "claim/mine"), claim("mine"))

    assert (entry.named, entry.claim is not None) == ("mine", True)
    assert not entry.is_unmade


def test_a_claim_of_that_name_elsewhere_is_another_one() -> None:
    entry = only(pod("web", "claim/mine"), claim("mine", meta={"namespace": "ml"}))

    assert (entry.named, entry.claim) == ("mine", None)


def test_an_entry_from_a_template_is_unmade_until_the_status_names_a_claim() -> None:
    entry = only(pod("web", "template/two"), template("two"))

    assert entry.is_unmade
    assert entry.named is None
    assert entry.spec is not None


def test_a_claim_that_the_status_names_is_the_one() -> None:
    entry = only(made_pod("web", "web-c0-x"), template("two"), owned("web-c0-x", "web"))

    assert (entry.named, entry.is_unmade) == ("web-c0-x", False)
    assert entry.claim is not None
    assert entry.template is not None


def test_a_claim_that_the_status_names_may_be_gone() -> None:
    entry = only(made_pod("web", "web-c0-x"), template("two"))

    assert (entry.named, entry.claim, entry.is_unmade) == ("web-c0-x", None, False)


def test_a_claim_of_another_pod_is_not_taken_for_ones_own() -> None:
    entry = only(
        made_pod("web", "web-c0-x"), template("two"), owned("web-c0-x", "web", uid="?")
    )

    assert (entry.named, entry.claim) == ("web-c0-x", None)


def test_a_claim_that_was_made_and_is_not_in_the_status_yet_is_found() -> None:
    entry = only(
        pod("web", "template/two"), template("two"), owned("x", "web", entry="c0")
    )

    assert (entry.named, entry.is_unmade) == ("x", False)


def test_a_claim_made_for_another_entry_does_not_count() -> None:
    entry = only(
        pod("web", "template/two"), template("two"), owned("x", "web", entry="c1")
    )

    assert entry.is_unmade


def test_an_entry_may_need_no_claim() -> None:
    entry = only(made_pod("web"), template("two"))

    assert (entry.is_needless, entry.is_unmade) == (True, False)


def test_an_entry_that_names_nothing_has_nothing_behind_it() -> None:
    web = pod("web")
    web["spec"]["resourceClaims"] = [{"name": "c0", "source": {}}]

    entry = only(web)

    assert (entry.named, entry.claim, entry.template, entry.is_unmade) == (
        None, None, None, False,
    )  # fmt: skip


def test_entries_keep_their_order() -> None:
    web = pod("web", "claim/b", "template/two", "claim/a")

    assert [each.entry.name for each in found(web)] == ["c0", "c1", "c2"]


def test_a_pod_from_a_manifest_is_not_stored() -> None:
    assert is_stored(Pod(ObjectMeta("web", "default", uid="u")))
    assert not is_stored(Pod(ObjectMeta("web", "default")))

from pathlib import Path

import pytest

from dractl.api.conversion import convert
from dractl.api.defaults import with_defaults
from dractl.api.versions import GROUP
from dractl.errors import DractlError
from dractl.live.errors import ClusterError
from dractl.live.kinds import CLAIM, POD, SLICE, Need
from dractl.live.reading import Reading, Scope, read
from dractl.model.cluster_info import Cause
from tests.apiserver import ApiServer, Fault, Kind, Rule, User
from tests.live.configs import connected
from tests.live.readings import CLUSTER, DEVICES, NAMES, named, objects, reading_of
from tests.solver.clusters import Wire, claim, gpus, node, pod


def limited(*allow: Rule) -> User:
    return User("alice", allow=allow)


def test_documents_come_as_the_server_has_them(
    api_server: ApiServer, tmp_path: Path
) -> None:
    api_server.add(CLUSTER)

    reading = reading_of(api_server, tmp_path)

    assert named(reading) == NAMES
    (made,) = objects(reading, "ResourceClaim")
    assert made == api_server.object("ResourceClaim", "one", "default")
    assert reading.version_of(CLAIM) == "v1"


def test_the_server_tells_release_and_gates(tmp_path: Path) -> None:
    gates = {"DRADeviceTaints": False, "DRAPartitionableDevices": True}
    with ApiServer(kubernetes="1.35", feature_gates=gates) as server:
        info = reading_of(server, tmp_path).info

    assert info.kubernetes == "v1.35.2"
    assert info.gates is not None
    assert info.gates["DRADeviceTaints"] is False
    assert info.gates["DRAPartitionableDevices"] is True
    assert info.gaps == ()


@pytest.mark.parametrize("status", [Kind.WRONG_TYPE, Kind.GARBAGE])
def test_a_version_that_is_no_json_is_told(
    api_server: ApiServer, tmp_path: Path, status: Kind
) -> None:
    api_server.faults.add(Fault(status, path="/version", times=None))

    with pytest.raises(DractlError, match="/version"):
        reading_of(api_server, tmp_path)


def test_groups_that_are_no_json_are_told(
    api_server: ApiServer, tmp_path: Path
) -> None:
    api_server.faults.add(Fault(Kind.WRONG_TYPE, path="/apis"))

    with pytest.raises(DractlError, match="answers /apis with something that no"):
        reading_of(api_server, tmp_path)


# -- what may not be read


def test_where_only_one_namespace_may_be_read_that_is_read(
    api_server: ApiServer, tmp_path: Path
) -> None:
    api_server.add(
        [*CLUSTER, pod("far") | {"metadata": {"name": "far", "namespace": "x"}}]
    )
    everywhere = Rule("list", GROUP, "resourceslices")
    inside = Rule("list", namespace="default")
    api_server.access.change(limited(everywhere, inside, Rule(path="/[av]*")))

    reading = reading_of(api_server, tmp_path, Need((POD, CLAIM, SLICE)), user="alice")

    assert named(reading) == [
        "Pod web", "ResourceClaim one", "ResourceSlice n1-gpu", "ResourceSlice n2-gpu",
    ]  # fmt: skip
    assert [str(gap) for gap in reading.info.gaps] == [
        "pods outside of namespace default may not be read",
        "resourceclaims outside of namespace default may not be read",
    ]
    assert reading.info.gaps[0].needs == "needs list on pods"
    assert reading.info.gates is None


def test_what_may_not_be_read_at_all_is_a_gap(
    api_server: ApiServer, tmp_path: Path
) -> None:
    api_server.add(CLUSTER)
    api_server.access.change(limited(Rule(path="/*")))

    info = reading_of(api_server, tmp_path, Need((POD, CLAIM)), user="alice").info

    assert [(gap.kind, gap.cause, gap.only) for gap in info.gaps] == [
        ("Pod", Cause.FORBIDDEN, None),
        ("ResourceClaim", Cause.FORBIDDEN, None),
    ]
    assert info.gaps[1].needs == "needs list on resourceclaims.resource.k8s.io"


def test_without_an_essential_kind_there_is_no_answer(
    api_server: ApiServer, tmp_path: Path
) -> None:
    with pytest.raises(ClusterError) as caught:
        reading_of(api_server, tmp_path, Need((SLICE,), (SLICE,)), user="alice")

    assert str(caught.value) == (
        "user 'alice' may not list resourceslices.resource.k8s.io for the whole cluster"
    )
    assert caught.value.hint == (
        'allow it with the rule {apiGroups: ["resource.k8s.io"], resources: '
        "[resourceslices], verbs: [list]}: kubectl create clusterrole "
        "dractl-list-resourceslices --verb=list "
        "--resource=resourceslices.resource.k8s.io && kubectl create "
        "clusterrolebinding dractl-list-resourceslices "
        "--clusterrole=dractl-list-resourceslices --user=alice"
    )


def test_one_namespace_alone_is_read_if_that_is_wanted(
    api_server: ApiServer, tmp_path: Path
) -> None:
    far = {"apiVersion": "v1", "kind": "Pod"}
    api_server.add([*CLUSTER, {**far, "metadata": {"name": "far", "namespace": "x"}}])
    scope = Scope("x", narrow=[POD])

    reading = reading_of(api_server, tmp_path, Need((POD,)), scope)

    assert named(reading) == ["Pod far"]
    assert str(reading.info.gaps[0]) == "pods outside of namespace x were left out"


# -- what is not served


@pytest.mark.parametrize("version", ["v1beta2", "v1beta1"])
def test_an_older_server_is_read_in_its_version(tmp_path: Path, version: str) -> None:
    release = {"v1beta2": "1.33", "v1beta1": "1.32"}[version]
    with ApiServer(kubernetes=release, served={GROUP: [version]}) as server:
        server.add(CLUSTER)
        reading = reading_of(server, tmp_path)

    claims = objects(reading, "ResourceClaim")
    assert [each["apiVersion"] for each in claims] == [f"{GROUP}/{version}"]
    assert claims[0]["spec"] == convert(with_defaults(claim("one")), version)["spec"]
    assert named(reading) == NAMES
    assert reading.version_of(CLAIM) == version


def test_a_server_without_the_api_has_gaps(tmp_path: Path) -> None:
    with ApiServer(kubernetes="1.36", served={GROUP: []}) as server:
        server.add([node("n1"), pod("web")])
        reading = reading_of(server, tmp_path)

    assert named(reading) == ["Node n1", "Pod web"]
    missing = [gap.kind for gap in reading.info.gaps]
    assert missing == [
        "ResourceSlice", "DeviceClass", "ResourceClaim", "ResourceClaimTemplate",
    ]  # fmt: skip
    assert reading.info.gaps[0].cause is Cause.NOT_SERVED
    assert reading.info.gaps[0].needs == (
        "needs one of resource.k8s.io/v1, resource.k8s.io/v1beta2, "
        "resource.k8s.io/v1beta1 in the --runtime-config of the API server"
    )


def test_without_an_essential_kind_that_is_served_there_is_no_answer(
    tmp_path: Path,
) -> None:
    with (
        ApiServer(served={GROUP: []}) as server,
        pytest.raises(DractlError, match="does not serve resourceslices") as caught,
    ):
        reading_of(server, tmp_path, DEVICES)

    assert "--runtime-config" in caught.value.hint


def test_where_nobody_tells_what_is_served_versions_are_tried(tmp_path: Path) -> None:
    with ApiServer(kubernetes="1.32", served={GROUP: ["v1beta1"]}) as server:
        server.add(CLUSTER)
        server.access.change(User("alice", deny=(Rule(path="/apis"),)))

        reading = reading_of(server, tmp_path, user="alice")

    assert named(reading) == NAMES


# -- the devices of a node


def shared(name: str, count: int, where: str | None, *devices: str) -> Wire:
    """Return a slice of a pool that has several, for a node or for all."""
    place: Wire = {"nodeName": where} if where else {"allNodes": True}
    pool = {"name": "shared", "generation": 1, "resourceSliceCount": count}
    made = gpus(where or "", *devices, pool=pool, **place)
    return made | {"metadata": {"name": name}}


def slices(reading: Reading) -> list[str]:
    return [each for each in named(reading) if each.startswith("ResourceSlice")]


def test_for_a_node_only_its_slices_and_those_of_all_nodes_are_read(
    api_server: ApiServer, tmp_path: Path
) -> None:
    api_server.add([*CLUSTER, shared("all", 1, None, "x")])

    reading = reading_of(api_server, tmp_path, DEVICES, Scope("default", node="n1"))

    assert slices(reading) == ["ResourceSlice all", "ResourceSlice n1-gpu"]
    asked = [
        each.query["fieldSelector"]
        for each in api_server.requests
        if each.path.endswith("resourceslices")
    ]
    assert asked == ["spec.nodeName=n1", "spec.nodeName="]


def test_a_pool_that_other_nodes_share_is_read_whole(
    api_server: ApiServer, tmp_path: Path
) -> None:
    api_server.add([*CLUSTER, shared("s1", 2, "n1", "x"), shared("s2", 2, "n2", "y")])

    reading = reading_of(api_server, tmp_path, DEVICES, Scope("default", node="n1"))

    assert slices(reading) == [
        "ResourceSlice n1-gpu", "ResourceSlice n2-gpu", "ResourceSlice s1",
        "ResourceSlice s2",
    ]  # fmt: skip


# -- on the way


def test_progress_tells_pages_of_those_that_are_known(
    api_server: ApiServer, tmp_path: Path
) -> None:
    told: list[tuple[int, int]] = []
    with connected(api_server.kubeconfig(tmp_path / "config")) as connection:
        read(connection, DEVICES, Scope("default"), lambda *pair: told.append(pair))

    assert told
    assert all(done <= total for done, total in told)


def test_what_the_server_has_at_hand_is_taken_unless_it_has_to_be_fresh(
    api_server: ApiServer, tmp_path: Path
) -> None:
    reading_of(api_server, tmp_path, Need((POD,)))
    reading_of(api_server, tmp_path, Need((POD,)), Scope("default", cached=False))

    versions = [
        each.query.get("resourceVersion")
        for each in api_server.requests
        if each.path.endswith("pods")
    ]
    assert versions == ["0", None]


def test_a_page_that_breaks_off_is_told_with_its_path(
    api_server: ApiServer, tmp_path: Path
) -> None:
    api_server.add(CLUSTER)
    reading = reading_of(api_server, tmp_path, Need((POD,)))
    page = reading.lists[0].pages[0]
    page._text = page._text.replace('"web"', '"web')

    with pytest.raises(DractlError, match="answers /api/v1/pods with something that"):
        list(reading.documents())


def test_a_reading_says_what_it_is_from(api_server: ApiServer, tmp_path: Path) -> None:
    (info, *_) = reading_of(api_server, tmp_path, Need((POD,))).documents()

    assert isinstance(info.document, dict)
    assert (info.document["kind"], info.where) == ("ClusterInfo", api_server.url)

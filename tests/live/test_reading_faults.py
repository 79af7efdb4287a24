"""What is read of a cluster in which something goes wrong."""

import time
import tracemalloc
from pathlib import Path

import pytest

from dractl.live.errors import ClusterError
from dractl.live.kinds import NEEDS, Need
from dractl.live.reading import Scope, read
from dractl.model.cluster_info import Cause
from tests.apiserver import ApiServer, Fault, Kind
from tests.apiserver.child import child_server
from tests.live.configs import Pauses, connected
from tests.live.readings import CLUSTER, DEVICES, NAMES, named, reading_of


@pytest.mark.parametrize(
    ("kind", "tries"),
    [(Kind.UNAUTHORIZED, 1), (Kind.NOT_ALLOWED, 1), (Kind.WRONG_TYPE, 1),
     (Kind.TOO_MANY_REQUESTS, 6), (Kind.INTERNAL_ERROR, 6), (Kind.UNAVAILABLE, 6),
     (Kind.DROP_BEFORE, 6), (Kind.TRUNCATE, 6), (Kind.TRUNCATE_CHUNKED, 6)],
)  # fmt: skip
def test_without_its_metrics_a_server_is_read_all_the_same(
    api_server: ApiServer, tmp_path: Path, kind: Kind, tries: int
) -> None:
    api_server.add(CLUSTER)
    api_server.faults.add(Fault(kind, path="/metrics", times=None))

    reading = reading_of(api_server, tmp_path)

    assert named(reading) == NAMES
    assert (reading.info.kubernetes, reading.info.gates) == ("v1.36.2", None)
    assert api_server.faults.struck() == tries


def test_metrics_that_do_not_come_are_not_waited_for(
    api_server: ApiServer, tmp_path: Path
) -> None:
    api_server.faults.add(Fault(Kind.LATENCY, path="/metrics", seconds=60))
    started = time.monotonic()

    info = reading_of(api_server, tmp_path).info

    assert info.gates is None
    assert time.monotonic() - started < 10


def test_metrics_are_not_held_as_a_whole(tmp_path: Path) -> None:
    line = b'apiserver_request_total{code="200",resource="pods",verb="LIST"} 1\n'
    metrics, documents = tmp_path / "metrics", tmp_path / "documents.json"
    metrics.write_bytes(line * 400_000)
    documents.write_text("[]", "utf-8")
    config = tmp_path / "config"
    with (
        child_server(documents, config, "--metrics", str(metrics)),
        connected(config) as connection,
    ):
        read(connection, Need(()), Scope("default"))  # what is made once, is made now
        tracemalloc.start()
        try:
            info = read(connection, Need(()), Scope("default")).info
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

    assert info.gates
    assert most < 0.3 * metrics.stat().st_size


@pytest.mark.parametrize(
    "kind",
    [Kind.INTERNAL_ERROR, Kind.UNAVAILABLE, Kind.DROP_BEFORE, Kind.DROP_AFTER,
     Kind.TRUNCATE, Kind.TRUNCATE_CHUNKED, Kind.TOO_MANY_REQUESTS],
)  # fmt: skip
def test_faults_now_and_then_change_nothing(tmp_path: Path, kind: Kind) -> None:
    with ApiServer() as server:
        server.add(CLUSTER)
        server.faults.add(Fault(kind, every=10, times=None), Fault(kind, every=3))

        reading = reading_of(server, tmp_path)

        assert server.faults.struck() > 1
    assert named(reading) == NAMES
    assert reading.info.gaps == ()


@pytest.mark.parametrize(
    ("kind", "http"),
    [(Kind.NOT_ALLOWED, 405), (Kind.INTERNAL_ERROR, 500), (Kind.UNAVAILABLE, 503)],
)
def test_what_the_server_fails_to_list_is_a_gap(
    api_server: ApiServer, tmp_path: Path, kind: Kind, http: int
) -> None:
    api_server.add(CLUSTER)
    api_server.faults.add(Fault(kind, path="/api/v1/events", times=None))

    reading = reading_of(api_server, tmp_path)

    assert named(reading) == NAMES
    (gap,) = reading.info.gaps
    assert (gap.kind, gap.cause) == ("Event", Cause.FAILED)
    assert str(gap) == "events could not be read"
    assert gap.needs == f"the server answers {http}; its log tells why"


def test_an_essential_kind_that_the_server_fails_to_list_is_an_error(
    api_server: ApiServer, tmp_path: Path
) -> None:
    api_server.faults.add(Fault(Kind.INTERNAL_ERROR, path="*slices", times=None))

    with pytest.raises(ClusterError, match="still answers 500 when asked to list res"):
        reading_of(api_server, tmp_path, DEVICES)


def test_credentials_that_are_refused_for_one_kind_are_an_error(
    api_server: ApiServer, tmp_path: Path
) -> None:
    api_server.faults.add(Fault(Kind.UNAUTHORIZED, path="/api/v1/events", times=None))

    with pytest.raises(ClusterError, match="does not accept the credentials"):
        reading_of(api_server, tmp_path)


@pytest.mark.parametrize(
    ("resource", "waited"), [("pods", [20.0]), ("devicetaintrules", [])]
)
def test_an_optional_kind_is_not_waited_for_as_long_as_others(
    api_server: ApiServer, tmp_path: Path, resource: str, waited: list[float]
) -> None:
    kinds = {each.resource: each for each in NEEDS["snapshot"].kinds}
    busy = Fault(Kind.TOO_MANY_REQUESTS, path=f"*/{resource}", seconds=20)
    api_server.faults.add(busy)
    pauses = Pauses()

    path = api_server.kubeconfig(tmp_path / "config")
    with connected(path, pauses, timeout=60.0) as connection:
        info = read(connection, Need((kinds[resource],)), Scope("default")).info

    assert pauses == waited
    assert [gap.cause for gap in info.gaps] == [Cause.FAILED][len(waited) :]

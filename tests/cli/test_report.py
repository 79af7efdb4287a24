"""`dractl report`: a page of a cluster, in a file of its own."""

import copy
import html
import json
import os
import re
import stat
from html.parser import HTMLParser
from pathlib import Path

import pytest

from benchmarks.operations import cluster
from tests.apiserver import ApiServer, Rule, User
from tests.cli.clusters import served
from tests.cli.run import Runner
from tests.cli.wire import device_class, node, resource_slice, written
from tests.doctor.healthy import healthy
from tests.report.hostile import SPITE, hostile_cluster

_VOID = {"br", "input", "meta", "circle", "line", "path", "rect", "use"}


class _Outline(HTMLParser):
    """Checks that elements close, and notes headings and identities."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.ids: set[str] = set()
        self.links: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in _VOID:
            self.open.append(tag)
        for name, value in attrs:
            assert not name.startswith("on")
            if name == "id" and value:
                assert value not in self.ids
                self.ids.add(value)
            if name == "href" and value:
                self.links.add(value)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def _outline(text: str) -> _Outline:
    found = _Outline()
    found.feed(text)
    found.close()
    assert not found.open
    return found


def _page(dractl: Runner, tmp_path: Path, *arguments: str, status: int = 0) -> str:
    file = tmp_path / "report.html"
    ran = dractl("report", "-o", str(file), *arguments)
    assert ran.status == status, ran.err
    assert ran.out == ""
    return file.read_text("utf-8")


def test_the_page_of_the_sample_has_all_its_parts(
    dractl: Runner, tmp_path: Path
) -> None:
    text = _page(dractl, tmp_path, "--demo")
    outline = _outline(text)
    sections = {"overview", "waiting", "doctor", "health"}
    sections |= {"capacity", "devices", "taints"}
    assert sections <= outline.ids
    assert {each.removeprefix("#") for each in outline.links} <= outline.ids
    for said in (
        "the sample cluster of dractl · Kubernetes 1.36 · as of 2026-11-20T04:12:31Z",
        "96 devices of 4 drivers on 6 of 7 nodes",
        "training/wants-eight",
        "devices-in-use",
        "ask for 4 devices instead of 8: fits on h100-1",
        "gpu.nvidia.com/xid=79:NoSchedule",
        "claim training/llama-0-devices-1bedb of pod llama-0",
        "class-missing",
    ):
        assert html.escape(said) in text


def test_pods_that_nothing_keeps_are_told_with_where_they_would_fit(
    dractl: Runner, tmp_path: Path
) -> None:
    text = _page(dractl, tmp_path, "--demo")
    assert "8 stuck, 5 pods would fit now" in text
    assert "5 pods that would fit now, not placed yet" in text
    assert re.search("training/nccl-test: would fit on [a-z0-9-]+", text)


def test_pods_without_an_owner_that_wait_alike_are_shown_once(
    dractl: Runner, tmp_path: Path
) -> None:
    items = [each for each in healthy() if each["kind"] != "ClusterInfo"]
    asks = {"requests": [{"name": "a", "exactly": {"deviceClassName": "gone"}}]}
    for number in range(4):
        name = f"lonely-{number}"
        meta = {"name": name, "namespace": "default", "uid": name}
        items.append(
            {
                "apiVersion": "resource.k8s.io/v1",
                "kind": "ResourceClaim",
                "metadata": meta,
                "spec": {"devices": asks},
            }
        )
        claims = [{"name": "a", "resourceClaimName": name if number else "gone"}]
        containers = [{"name": "main", "image": "example.com/job"}]
        items.append(
            {
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": meta,
                "spec": {"containers": containers, "resourceClaims": claims},
                "status": {"phase": "Pending"},
            }
        )
    source = tmp_path / "cluster.json"
    source.write_text(json.dumps({"kind": "List", "apiVersion": "v1", "items": items}))
    text = _page(dractl, tmp_path, "--snapshot", str(source))
    assert "5 stuck" in text
    assert text.count('<article class="stuck">') == 3
    assert "2 more like it" in text
    # What keeps the most comes first.
    assert text.index("default/lonely-1") < text.index("default/lonely-0")
    assert '<strong class="number">4</strong><code>class-missing</code>' in text


def test_taints_are_counted_with_their_devices(dractl: Runner, tmp_path: Path) -> None:
    assert "1 taint on 1 device<" in _page(dractl, tmp_path, "--demo")


def test_what_is_free_is_plotted_where_it_is_spread(
    dractl: Runner, tmp_path: Path
) -> None:
    text = _page(dractl, tmp_path, "--demo")
    captions = re.findall("<figcaption><strong>(.*?)</strong>", text)
    assert captions == ["NVIDIA H100 80GB HBM3", "MT2910 Family [ConnectX-7]"]


def test_partitions_that_overlap_are_free_as_far_as_they_can_be_had_at_once(
    dractl: Runner, tmp_path: Path
) -> None:
    """Of the three places of a GPU that draw from the same counter, two fit."""
    documents = [device_class("gpu")]
    for name in ("n1", "n2"):
        draws = [{"counterSet": "gpu", "counters": {"memory": {"value": "20Gi"}}}]
        kind = {"productName": {"string": "half"}}
        parts = [
            {"name": f"part-{each}", "attributes": kind, "consumesCounters": draws}
            for each in range(3)
        ]
        devices = resource_slice(name, *parts)
        counters = copy.deepcopy(devices)
        counters["metadata"]["name"] += "-counters"
        for each in (devices, counters):
            each["spec"]["pool"]["resourceSliceCount"] = 2
        memory = {"memory": {"value": "40Gi"}}
        counters["spec"]["sharedCounters"] = [{"name": "gpu", "counters": memory}]
        del counters["spec"]["devices"]
        documents += [node(name), devices, counters]
    cluster = written(tmp_path / "cluster.yaml", *documents)
    text = _page(dractl, tmp_path, "--snapshot", cluster)
    assert "4 free on 2 nodes, 2 at most on one" in text
    assert "of the 6 devices that are free or partly in use, 4 can be had" in text

    alone = written(
        tmp_path / "alone.yaml", node("n1"), resource_slice("n1", *parts[:1])
    )
    assert "Partitions overlap" not in _page(dractl, tmp_path, "--snapshot", alone)


def test_marks_are_explained_where_they_are_drawn(
    dractl: Runner, tmp_path: Path
) -> None:
    text = _page(dractl, tmp_path, "--demo")
    section = text[text.index('<section id="devices"') :]
    marks = section[section.index('<ul class="key"') : section.index("</ul>")]
    for word in ("allocated", "partly", "free", "tainted", "unusable"):
        assert f"</svg>{word}</li>" in marks


def test_the_same_cluster_gives_the_same_page(dractl: Runner, tmp_path: Path) -> None:
    assert _page(dractl, tmp_path, "--demo") == _page(dractl, tmp_path, "--demo")
    assert dractl("report", "--demo").out == _page(dractl, tmp_path, "--demo")


def test_parts_can_be_left_out_and_the_title_be_given(
    dractl: Runner, tmp_path: Path
) -> None:
    arguments = ("--demo", "--no-doctor", "--no-health", "--title", "<GPU> & more")
    text = _page(dractl, tmp_path, *arguments)
    ids = _outline(text).ids
    assert not {"doctor", "health"} & ids
    assert "<title>&lt;GPU&gt; &amp; more</title>" in text
    assert "<h1>&lt;GPU&gt; &amp; more</h1>" in text


def test_nothing_in_the_page_is_from_elsewhere(dractl: Runner, tmp_path: Path) -> None:
    text = _page(dractl, tmp_path, "--demo")
    assert "default-src 'none'" in html.unescape(text)
    assert not re.search(r"(?i)\b(src|href|action|poster|data)\s*=\s*\"(?!#)", text)
    assert not re.search(r"(?i)url\((?!#p-)|@import|https?://", text)


def test_spite_is_text(dractl: Runner, tmp_path: Path) -> None:
    source = str(hostile_cluster(tmp_path))
    text = _page(dractl, tmp_path, "--snapshot", source, "--title", SPITE, status=3)
    outline = _outline(text)
    assert outline.tags.count("script") == outline.tags.count("style") == 1
    assert not {"img", "a"} & set(outline.tags) - {"a"}
    assert all(each.startswith("#") for each in outline.links)
    assert text.count("&lt;script&gt;window") > 500
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)
    assert "Not everything could be read" in text
    assert "metadata.name: must be a string" in text


def test_a_large_cluster_is_shown_by_what_nodes_have_in_common(
    dractl: Runner, tmp_path: Path
) -> None:
    source = tmp_path / "fleet.json"
    items = list(cluster(400))
    source.write_text(json.dumps({"kind": "List", "apiVersion": "v1", "items": items}))
    text = _page(dractl, tmp_path, "--snapshot", str(source))
    outline = _outline(text)
    assert len(text) < 400_000
    assert "3,200 devices of 1 driver on 400 nodes" in text
    cards = text.count('class="card"')
    assert cards < 60
    names = {each["metadata"]["name"] for each in items if each["kind"] == "Node"}
    assert all(name in text for name in names)
    assert outline.tags.count("use") < 1000


def test_reasons_of_many_nodes_are_one(dractl: Runner, tmp_path: Path) -> None:
    source = tmp_path / "fleet.json"
    items = list(cluster(30))
    for each in items:
        if each["kind"] == "Node":
            each["spec"] = {"unschedulable": True}
    source.write_text(json.dumps({"kind": "List", "apiVersion": "v1", "items": items}))
    text = _page(dractl, tmp_path, "--snapshot", str(source))
    table = text[text.index("Why devices cannot be had") :]
    rows = re.findall(
        '<tr><th scope="row">(.*?)</th><td data-name="State">(.*?)<', table
    )
    said = "node node-00000 is cordoned, and 19 more like this"
    assert rows == [(said, "unusable")]


def test_what_may_not_be_read_is_told(dractl: Runner, tmp_path: Path) -> None:
    info = {
        "apiVersion": "dractl/v1",
        "kind": "ClusterInfo",
        "unread": [{"kind": "Pod", "resource": "pods", "cause": "forbidden"}],
    }
    source = tmp_path / "cluster.json"
    source.write_text(json.dumps(info))
    text = _page(dractl, tmp_path, "--snapshot", str(source))
    assert "pods may not be read" in text
    assert "No device is published." in text


def test_a_live_cluster_is_read_and_named(
    dractl: Runner, api_server: ApiServer, tmp_path: Path
) -> None:
    api_server.add([each for each in healthy() if each["kind"] != "ClusterInfo"])
    text = _page(dractl, tmp_path, *served(api_server, tmp_path))
    assert f"live from {api_server.url}" in text
    assert "Nothing waits for devices" in text
    assert "Not everything could be read" not in text


def test_a_user_without_rights_gets_what_there_is(
    dractl: Runner, api_server: ApiServer, tmp_path: Path
) -> None:
    api_server.add([each for each in healthy() if each["kind"] != "ClusterInfo"])
    api_server.access.change(
        User("alice", deny=(Rule("list", resource="resourceclaims"),))
    )
    text = _page(dractl, tmp_path, *served(api_server, tmp_path, user="alice"))
    assert "resourceclaims may not be read" in text
    assert "Not everything could be read" in text


# -- files


def test_only_a_report_is_replaced(dractl: Runner, tmp_path: Path) -> None:
    file = tmp_path / "notes.html"
    file.write_text("<p>mine</p>")
    ran = dractl("report", "--demo", "-o", str(file))
    assert ran.status == 3
    assert "no report of dractl" in ran.err
    assert "--force" in ran.err
    assert file.read_text() == "<p>mine</p>"
    assert dractl("report", "--demo", "-o", str(file), "--force").status == 0
    assert file.read_text().startswith("<!doctype html>")
    assert dractl("report", "--demo", "-o", str(file)).status == 0


@pytest.mark.parametrize("options", [(), ("--force",)])
def test_a_folder_is_no_file(
    dractl: Runner, tmp_path: Path, options: tuple[str, ...]
) -> None:
    ran = dractl("report", "--demo", "-o", str(tmp_path), *options)
    assert (ran.status, ran.out) == (3, "")
    assert f"error: {tmp_path}: is a folder\n" in ran.err


def test_an_empty_file_is_nothing_to_lose(dractl: Runner, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.touch(mode=0o600)
    assert dractl("report", "--demo", "-o", str(file)).status == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["", "gone/report.html", "."])
def test_where_nothing_can_be_written_that_is_told(
    dractl: Runner, tmp_path: Path, name: str
) -> None:
    ran = dractl("report", "--demo", "-o", os.fspath(tmp_path / name))
    assert ran.status == 3
    assert "Traceback" not in ran.err
    assert not list(tmp_path.iterdir())


def test_a_terminal_gets_no_page(
    dractl: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    ran = dractl("report", "--demo")
    assert ran.status == 2
    assert "-o report.html" in ran.err


# -- the plots of other commands


def test_top_draws_groups(dractl: Runner) -> None:
    for words in ((), ("nodes",), ("--by", "architecture")):
        ran = dractl("top", *words, "--demo", "--svg")
        assert ran.status == 0
        assert ran.out.startswith("<svg ")
    assert "Devices by node" in dractl("top", "nodes", "--demo", "--svg").out


def test_the_picture_of_the_readme_is_current(dractl: Runner) -> None:
    file = Path(__file__).parents[2] / "docs" / "capacity.svg"
    told = "dractl top --demo --svg > docs/capacity.svg"
    assert dractl("top", "--demo", "--svg").out == file.read_text("utf-8"), told


@pytest.mark.parametrize(
    "arguments",
    [
        ("top", "claims", "--demo", "--svg"),
        ("top", "--demo", "--svg", "-o", "json"),
        ("discover", "--svg"),
        ("discover", "--topology", "--svg", "-o", "json"),
        ("discover", "--topology", "--svg", "--from-pods"),
    ],
)
def test_what_is_no_picture_is_refused(
    dractl: Runner, arguments: tuple[str, ...]
) -> None:
    ran = dractl(*arguments)
    assert ran.status == 2
    assert "--svg" in ran.err

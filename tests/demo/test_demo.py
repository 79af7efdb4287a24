import json

from dractl.api.snapshot import Snapshot
from dractl.demo import PATH, PLUGINS
from dractl.model.cluster import KubernetesVersion
from tools.demo.__main__ import cluster, text
from tools.demo.plugins import plugins


def test_the_sample_cluster_is_what_its_generator_writes() -> None:
    assert PATH.read_text("utf-8") == text(cluster())
    assert PLUGINS.read_text("utf-8") == text(plugins())


def test_every_object_of_the_sample_cluster_is_read() -> None:
    items = json.loads(PATH.read_text("utf-8"))["items"]
    snapshot = Snapshot.from_documents(items)
    assert snapshot.problems == ()
    assert snapshot.profile.version == KubernetesVersion(1, 36)
    kinds = (snapshot.classes, snapshot.claims, snapshot.templates, snapshot.slices,
             snapshot.pods, snapshot.nodes, snapshot.namespaces)  # fmt: skip
    assert sum(map(len, kinds)) == len(items)


def test_no_device_of_the_sample_cluster_was_given_twice() -> None:
    items = json.loads(PATH.read_text("utf-8"))["items"]
    snapshot = Snapshot.from_documents(items)
    published = {each.id for one in snapshot.slices for each in one.devices}
    given = [
        result.device
        for claim in snapshot.claims
        if claim.allocation is not None
        for result in claim.allocation.results
    ]
    assert len(given) == len(set(given))
    assert set(given) <= published

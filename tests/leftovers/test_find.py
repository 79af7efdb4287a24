"""All leftovers: their ages, and the answer as data."""

import json
from datetime import timedelta

from dractl.leftovers.answer import Limits
from dractl.leftovers.codes import CODES
from dractl.leftovers.document import document
from tests.answers import validate
from tests.capture import clusters
from tests.cli.run import ROOT
from tests.leftovers.cluster import base, found, meta, rule, template

SCHEMA = json.loads((ROOT / "schemas/output/cleanup.v1.json").read_text("utf-8"))
OLD = meta(
    template("old"),
    uid="u",
    resourceVersion="7",
    creationTimestamp="2026-11-18T00:00:00Z",
)
YOUNG = meta(template("young"), creationTimestamp="2026-11-19T23:00:00Z")


def test_an_age_limit_leaves_out_what_is_younger_or_does_not_tell() -> None:
    limits = Limits(older_than=timedelta(days=1))
    answer = found([*base(), OLD, YOUNG, template("ageless")], limits)
    assert [each.meta.name for each in answer.findings] == ["old"]
    assert answer.younger == 2


def test_the_answer_as_data_names_the_object_as_it_was_read() -> None:
    data = document(found([*base(), OLD]))
    validate(data, SCHEMA)
    assert data["findings"] == [
        {
            "code": "template-unused",
            "object": {
                "kind": "ResourceClaimTemplate",
                "namespace": "default",
                "name": "old",
                "uid": "u",
                "resourceVersion": "7",
                "creationTimestamp": "2026-11-18T00:00:00Z",
            },
            "ageSeconds": 172800,
            "verdict": "review",
            "delete": True,
            "why": "no pod refers to it, and nothing that makes pods",
            "affects": [
                "a manifest outside of the cluster that names it would wait for it"
            ],
            "managedBy": None,
            "outcome": None,
        }
    ]


def test_limits_leave_out_other_namespaces_and_codes_and_what_is_in_no_namespace() -> (
    None
):
    far = meta(template("far"), namespace="far")
    cluster = [*base(), OLD, far, rule("r", {"driver": "gone.example.com"})]
    limits = Limits(namespace="far", has_cluster_scoped=False)
    named = [each.meta.name for each in found(cluster, limits).findings]
    assert named == ["far"]
    limits = Limits(codes=frozenset({"taint-rule-without-devices"}))
    named = [each.meta.name for each in found(cluster, limits).findings]
    assert named == ["r"]


def test_the_codes_of_the_schema_are_those_that_there_are() -> None:
    stated = SCHEMA["$defs"]["finding"]["properties"]["code"]["enum"]
    assert sorted(CODES) == stated


def test_only_what_is_to_be_deleted_is_proposed() -> None:
    managed = meta(template("m"), annotations={"meta.helm.sh/release-name": "r"})
    answer = found([*base(), managed, OLD])
    assert [each.meta.name for each in answer.proposed] == ["old"]


def test_the_sample_cluster_has_no_workloads_so_nothing_is_proposed() -> None:
    answer = found(clusters.demo())
    validate(document(answer), SCHEMA)
    assert [(each.code, each.verdict.value) for each in answer.findings] == [
        ("claim-unused", "unknown"),
        ("claim-unused", "unknown"),
    ]

"""Clusters about to be upgraded, and what is said of them."""

from collections.abc import Mapping, Sequence
from typing import Any

import dractl.doctor.upgrade.run  # noqa: F401 - fills the tables
from dractl.api.snapshot import Snapshot
from dractl.doctor.answer import Finding, Skipped
from dractl.doctor.case import Case, Given
from dractl.doctor.upgrade.question import DriverQuestion, ReleaseQuestion
from dractl.doctor.upgrade.registry import DRIVERS, RELEASES
from dractl.model.cluster import KubernetesVersion
from tests.doctor.healthy import DRIVER, NOW, gpus, healthy, meta

AMD = "gpu.amd.com"
Wire = dict[str, Any]


def daemon(
    tag: str = "v0.4.0",
    strategy: Wire | None = None,
    release: str = "dra",
    labels: Wire | None = None,
    gates: str | None = None,
) -> Wire:
    """Return the DaemonSet of the driver with an image of that tag.

    `strategy` are fields of its rolling update; without it, one node at a time.
    `gates` are what its variable for feature gates says.
    """
    name = "nvidia-dra-driver-gpu-kubelet-plugin"
    image = f"registry.k8s.io/dra-driver-nvidia/dra-driver-nvidia-gpu:{tag}"
    given = meta(name, "dra", labels=labels or {})
    given["annotations"] = {"meta.helm.sh/release-name": release}
    rolling = {"maxUnavailable": 1} if strategy is None else strategy
    container: Wire = {"name": "gpus", "image": image}
    if gates is not None:
        container["env"] = [{"name": "FEATURE_GATES", "value": gates}]
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": given,
        "spec": {
            "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": rolling},
            "template": {"spec": {"containers": [container]}},
        },
    }


def amd(**attributes: Any) -> Wire:
    """Return a slice of AMD's driver."""
    devices = [{"name": "gpu-0-128", "attributes": attributes}]
    made = gpus("n1", 0, driver=AMD, devices=devices)
    made["metadata"]["name"] = "n1-amd"
    return made


def hook(**fields: Any) -> Wire:
    """Return the webhook of NVIDIA's chart, with other fields."""
    service = {"namespace": "dra", "name": "nvidia-dra-driver-gpu-webhook"}
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration",
        "metadata": meta("hook"),
        "webhooks": [
            {
                "name": "validate-resource-claim-parameters.nvidia.com",
                "clientConfig": {"service": service},
                "rules": [{"apiGroups": ["resource.k8s.io"]}],
                **fields,
            }
        ],
    }


def cluster(*documents: Wire) -> list[Wire]:
    """Return a healthy cluster, with the DaemonSet and whatever else is given.

    Later documents take the place of those of their kind and name.
    """
    found = {}
    for each in (*healthy(), daemon(), *documents):
        given = each["metadata"]
        found[each["kind"], given.get("namespace"), given["name"]] = each
    return list(found.values())


def of_driver(
    documents: Sequence[Wire],
    to: str = "0.4.1",
    *manifests: Wire,
    driver: str = DRIVER,
    since: str = "",
) -> DriverQuestion:
    """Return the question whether the driver can become that version."""
    case, kept, given = _parts(documents, manifests)
    return DriverQuestion(case, kept, given, driver, to, since)


def of_release(
    documents: Sequence[Wire],
    to: str = "1.37",
    *manifests: Wire,
    kubernetes: str | None = None,
    gates: Mapping[str, bool] | None = None,
) -> ReleaseQuestion:
    """Return the question whether the cluster can become that release."""
    case, kept, given = _parts(documents, manifests, kubernetes, gates)
    return ReleaseQuestion(case, kept, given, KubernetesVersion.parse(to))


def said(code: str, question: DriverQuestion | ReleaseQuestion) -> list[Finding]:
    """Return what is found under a code."""
    return [each for each in _looked(code, question) if isinstance(each, Finding)]


def only(code: str, question: DriverQuestion | ReleaseQuestion) -> Finding:
    """Return the one thing that is found under a code."""
    (finding,) = said(code, question)
    assert finding.code == code
    return finding


def skipped(code: str, question: DriverQuestion | ReleaseQuestion) -> list[str]:
    """Return why it could not be looked."""
    return [each.why for each in _looked(code, question) if isinstance(each, Skipped)]


def _looked(
    code: str, question: DriverQuestion | ReleaseQuestion
) -> list[Finding | Skipped]:
    if isinstance(question, DriverQuestion):
        return list(DRIVERS.rows[code].look(question))
    return list(RELEASES.rows[code].look(question))


def _parts(
    documents: Sequence[Wire],
    manifests: Sequence[Wire],
    kubernetes: str | None = None,
    gates: Mapping[str, bool] | None = None,
) -> tuple[Case, tuple[Given, ...], tuple[Given, ...]]:
    snapshot = Snapshot.from_documents(
        documents, kubernetes=kubernetes, feature_gates=gates
    )
    assert snapshot.problems == ()
    given = tuple(Given("m.yaml", each) for each in manifests)
    kept = tuple(Given("", each) for each in documents)
    return Case(snapshot, NOW, given), kept, given

"""The manifests of an article that is wrong in places: all explained, none lost."""

from pathlib import Path

import pytest

from dractl.api.decode import Decoded, decode
from dractl.conversion.plan import Degree, converted
from dractl.conversion.target import Target
from dractl.legacy import found
from dractl.sources.manifests import manifests
from tests.scenarios import SHARED

SEEDS = SHARED / "seeds"
FILES = sorted(SEEDS.glob("*.yaml")) if SEEDS.is_dir() else []
CODES = {
    "01": {"driver-status"},
    "02": {"resource-class", "parameters-ref", "partition-sizes"},
    "03": {"old-api-version", "resource-class-name", "claim-tolerations"},
    "04": {"old-api-version", "resource-class-name", "device-preferences"},
    "05": set(),
    "06": {"rbac-resource-names"},
    "07": {"kubeadm-extra-args", "feature-gate"},
    "08": {"resource-class", "parameters-ref"},
    "09": {"resource-class-name"},
}
KINDS = {
    "01": [],  # refused
    "02": ["DeviceClass", "DeviceClass", "DeviceClass"],
    "03": ["ResourceClaimTemplate"],
    "04": ["ResourceClaimTemplate"],
    "05": [],  # not YAML: two documents without a separator
    "06": ["Role"],
    "07": ["ClusterConfiguration", "KubeletConfiguration"],
    "08": ["DeviceClass"],
    "09": ["Pod", "ResourceClaimTemplate"],
}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_is_explained(file: Path) -> None:
    (manifest,) = manifests([str(file)], recursive=False)
    number = file.name[:2]

    codes = {each.code for document in manifest.documents for each in found(document)}  # type: ignore[arg-type]  # all are mappings

    assert codes == CODES[number]
    assert bool(manifest.problems) == (number == "05")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_becomes_what_is_used_today_or_is_refused(file: Path) -> None:
    (manifest,) = manifests([str(file)], recursive=False)
    number = file.name[:2]

    outcomes = converted(manifest.documents, Target.parse("1.36"))

    made = [each for outcome in outcomes for each in outcome.documents]
    if number == "01":
        assert [each.is_refused for each in outcomes] == [True]
        assert any(each.degree is Degree.REFUSED for each in outcomes[0].remarks)
        return
    assert not any(each.is_refused for each in outcomes)
    assert [each["kind"] for each in made if isinstance(each, dict)] == KINDS[number]
    for document in made:
        assert isinstance(document, dict)
        assert not [each for each in found(document) if each.blocks]
        if str(document["apiVersion"]).startswith("resource.k8s.io/"):
            assert document["apiVersion"] == "resource.k8s.io/v1"
            assert isinstance(decode(document), Decoded)

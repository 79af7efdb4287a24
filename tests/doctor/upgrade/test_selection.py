"""What expressions and constraints make of what a new version publishes."""

from typing import Any

import pytest

from dractl.rules.registry import Severity
from tests.doctor.healthy import (
    allocated,
    claim,
    gpus,
    template,
    wish,
)
from tests.doctor.upgrade.asking import AMD, amd, cluster, daemon, of_driver, only, said

NUMA = 'device.attributes["gpu.nvidia.com"].numa == 0'


def with_numa() -> dict[str, Any]:
    """Return a slice whose devices tell their NUMA node in the old way."""
    made = gpus("n1", 1)
    made["spec"]["devices"][0]["attributes"]["numa"] = {"int": 0}
    return made


def test_an_expression_reads_what_goes() -> None:
    asking = template("near", wish(selectors=[{"cel": {"expression": NUMA}}]))
    documents = cluster(with_numa(), asking)

    found = only("attribute-gone", of_driver(documents, "0.5.0"))

    assert found.severity is Severity.ERROR
    assert found.subject == "ResourceClaimTemplate/default/near"
    assert found.evidence["attributes"] == ["gpu.nvidia.com/numa"]
    assert str(found.evidence["after"]).startswith("0 of 3 devices (it fails on 3)")
    assert str(found.evidence["before"]).startswith("1 of 3")
    assert "resource.kubernetes.io/numaNode" in found.fix
    assert not said("attribute-gone", of_driver(documents, "0.4.1"))


def test_an_allocated_claim_is_not_evaluated_again() -> None:
    spec = wish(selectors=[{"cel": {"expression": NUMA}}])
    holding = claim("near", spec, status=allocated("n1", "gpu-0"))

    found = only("attribute-gone", of_driver(cluster(with_numa(), holding), "0.5.0"))

    assert found.severity is Severity.INFO


def test_without_a_version_only_what_is_there_goes() -> None:
    asking = template("near", wish(selectors=[{"cel": {"expression": NUMA}}]))
    bare = cluster(daemon("latest"), asking)

    assert not said("attribute-gone", of_driver(bare, "0.5.0"))
    assert said("attribute-gone", of_driver([*bare, with_numa()], "0.5.0"))


def test_a_manifest_reads_what_goes() -> None:
    asking = template("near", wish(selectors=[{"cel": {"expression": NUMA}}]))

    found = only("attribute-gone", of_driver(cluster(), "0.5.0", asking))

    assert found.where == "m.yaml"


def test_an_attribute_gets_another_meaning() -> None:
    text = 'device.attributes["gpu.amd.com"].deviceID == "7"'
    asking = template("amd", wish(selectors=[{"cel": {"expression": text}}]))
    question = of_driver(cluster(amd(), asking), "1.0", driver=AMD, since="0.1.0")

    assert "0x740f" in only("attribute-changed", question).message


@pytest.mark.parametrize("field", ["matchAttribute", "distinctAttribute"])
def test_a_constraint_names_what_goes(field: str) -> None:
    spec = wish()
    spec["devices"]["constraints"] = [{field: "gpu.nvidia.com/numa"}]
    documents = cluster(with_numa(), template("tied", spec))

    assert only("constraint-gone", of_driver(documents, "0.5.0")).subject.endswith(
        "tied"
    )
    assert not said("constraint-gone", of_driver(documents, "0.4.1"))


def test_what_is_deprecated_is_told_once() -> None:
    spec = wish(
        selectors=[
            {"cel": {"expression": 'device.attributes["dra.net"].numaNode == 0'}}
        ]
    )
    spec["devices"]["constraints"] = [{"matchAttribute": "dra.net/numaNode"}]
    question = of_driver(
        cluster(template("nic", spec)), "1.5", driver="dra.net", since="1.0.1"
    )

    found = only("attribute-deprecated", question)

    assert found.severity is Severity.INFO
    assert found.fix == "read resource.kubernetes.io/numaNode"


@pytest.mark.parametrize(("driver", "to"), [("dra.net", "1.4.0"), ("dra.cpu", "0.2.0")])
def test_a_standard_name_is_not_told_before_it_is_there(driver: str, to: str) -> None:
    spec = wish()
    spec["devices"]["constraints"] = [{"matchAttribute": "dra.net/numaNode"}]
    documents = cluster(template("near", spec))

    assert not said(
        "attribute-deprecated", of_driver(documents, to, driver=driver, since="0.1.0")
    )


def test_what_is_deprecated_already_is_told_of_later_versions() -> None:
    spec = wish()
    spec["devices"]["constraints"] = [{"matchAttribute": "gpu.intel.com/pciRoot"}]
    intel = {"driver": "gpu.intel.com", "since": "0.10.1"}
    documents = cluster(template("near", spec))

    assert said("attribute-deprecated", of_driver(documents, "0.11.0", **intel))
    assert said("constraint-gone", of_driver(documents, "1.0.0", **intel))


def test_an_expression_that_selects_the_same_is_only_told() -> None:
    text = (
        'device.attributes["gpu.nvidia.com"].type == "gpu" '
        '|| device.attributes["gpu.nvidia.com"].numa == 0'
    )
    asking = template("near", wish(selectors=[{"cel": {"expression": text}}]))

    found = only("attribute-gone", of_driver(cluster(with_numa(), asking), "0.5.0"))

    assert found.severity is Severity.INFO


@pytest.mark.parametrize(("name", "number"), [("numa", 1), ("type", 0)])
def test_what_reads_any_attribute_is_tried(name: str, number: int) -> None:
    text = f'device.attributes["gpu.nvidia.com"].exists(k, k == "{name}")'
    asking = template("near", wish(selectors=[{"cel": {"expression": text}}]))

    found = said("attribute-gone", of_driver(cluster(with_numa(), asking), "0.5.0"))

    assert len(found) == number
    assert all("may read" in each.message for each in found)

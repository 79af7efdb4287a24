import json
from dataclasses import replace
from typing import Any

import pytest

from dractl.discovery.recording import facts_in, recorded
from dractl.model.hosts import HostFacts, Nvml, NvmlGpu
from tests.hosts.reading import host_facts
from tests.hosts.trees import names


@pytest.mark.parametrize("host", names())
def test_facts_that_are_written_down_are_the_same_again(host: str) -> None:
    facts = host_facts(host)
    gpus = tuple(replace(each, serial="") for each in facts.nvml.gpus)
    known = replace(facts, nvml=replace(facts.nvml, gpus=gpus))

    assert facts_in(json.loads(json.dumps(recorded(facts)))) == known


def test_serial_numbers_stay_at_home() -> None:
    facts = HostFacts(nvml=Nvml(gpus=(NvmlGpu(0, serial="165"),)))

    assert "165" not in json.dumps(recorded(facts))


def test_what_later_versions_add_is_passed_over() -> None:
    assert facts_in({"name": "n1", "novelty": 1}) == HostFacts(name="n1")


@pytest.mark.parametrize(
    "data",
    [
        None,
        {"name": 1},
        {"pci": [{"address": "0000:01:00.0"}]},
        {"pci": 5},
        {"nvml": {"state": "ODD"}},
        {"modules": []},
        {"cpus": [{"number": "one"}]},
    ],
    ids=str,
)
def test_other_data_is_refused(data: Any) -> None:
    with pytest.raises((AttributeError, KeyError, TypeError, ValueError)):
        facts_in(data)

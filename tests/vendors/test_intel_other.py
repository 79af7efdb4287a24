import pytest

from dractl.vendors.intel_other import INTEL_OTHER
from tests.hosts.reading import host_facts
from tests.vendors.builders import found, host, only, pci


def test_engines_are_listed_with_what_serves_them() -> None:
    devices = found(INTEL_OTHER, host_facts("qat"))

    assert {each.model: each.why_not.rpartition(" ")[2] for each in devices} == {
        "Intel Data Streaming Accelerator": "dsa.intel.com",
        "Intel In-Memory Analytics Accelerator": "iaa.intel.com",
        "Intel Dynamic Load Balancer": "dlb.intel.com",
    }
    assert {each.kind for each in devices} == {"accelerator"}


def test_the_npu_of_a_laptop_is_listed() -> None:
    each = only(INTEL_OTHER, host_facts("laptop"))

    assert (each.kind, each.kernel_driver, each.device) == ("npu", "intel_vpu", None)


@pytest.mark.parametrize("vendor", [0x1002, 0x10DE])
def test_the_ids_of_other_vendors_are_theirs(vendor: int) -> None:
    assert found(INTEL_OTHER, host(pci("0000:6a:01.0", vendor, 0x0B25))) == []

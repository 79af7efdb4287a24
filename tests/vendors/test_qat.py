from typing import Any

import pytest

from dractl.model.hosts import PciDevice, Sriov
from dractl.vendors.qat import QAT
from tests.hosts.reading import host_facts
from tests.vendors.builders import attribute, device, found, host, names, only, pci

PHYSICAL = "0000:6b:00.0"
ENGINE = 0x0B4000


def physical(
    enabled: int = 16, services: str = "sym;asym", state: str = "up", **fields: Any
) -> PciDevice:
    known = {
        "class_code": ENGINE,
        "driver": "4xxx",
        "sriov": Sriov(total=16, enabled=enabled),
        "texts": {"qat/cfg_services": services, "qat/state": state},
        **fields,
    }
    return pci(PHYSICAL, 0x8086, 0x4940, **known)


def virtual(number: int = 0x4941, **fields: Any) -> PciDevice:
    known = {
        "class_code": ENGINE,
        "driver": "vfio-pci",
        "sriov": Sriov(parent=PHYSICAL, index=0),
        **fields,
    }
    return pci("0000:6b:00.1", 0x8086, number, **known)


def test_a_virtual_function_is_published_with_the_services_of_its_engine() -> None:
    parent, each = found(QAT, host(physical(), virtual()))

    assert parent.why_not == "its virtual functions are the devices"
    assert device(each) == {
        "name": "qatvf-0000-6b-00-1",
        "attributes": {"services": {"string": "sym;asym"}},
    }
    assert (each.kind, each.parent) == ("vf", PHYSICAL)


@pytest.mark.parametrize(
    ("stated", "published"),
    [("asym;sym", "sym;asym"), ("dcc", "dcc"), ("", ""), ("dc;sym", "sym;dc")],
)
def test_services_are_in_the_order_of_the_driver(stated: str, published: str) -> None:
    _, each = found(QAT, host(physical(services=stated), virtual()))

    assert attribute(each, "services") == published


def test_a_function_without_a_driver_is_bound_when_the_dra_driver_starts() -> None:
    _, each = found(QAT, host(physical(), virtual(driver=None)))

    assert device(each)["name"] == "qatvf-0000-6b-00-1"
    assert each.warnings == (
        "no kernel driver is bound: the DRA driver binds it when it starts",
    )


def test_a_function_that_a_kernel_driver_uses_is_not_published() -> None:
    _, each = found(QAT, host(physical(), virtual(driver="qat_4xxxvf")))

    assert each.device is None
    assert each.why_not.endswith("unbind it from qat_4xxxvf first")


def test_an_engine_without_functions_says_what_to_do() -> None:
    assert only(QAT, host(physical(enabled=0))).why_not == (
        "it has no virtual functions yet: the DRA driver makes 16 when it starts, "
        "or write 16 to its sriov_numvfs"
    )


def test_an_engine_that_offers_no_functions_says_why() -> None:
    assert only(QAT, host(physical(sriov=None))).why_not == (
        "it offers no virtual functions: is SR-IOV off in the firmware?"
    )


@pytest.mark.parametrize(
    ("fields", "warning"),
    [
        ({"enabled": 8}, "it has 8 of 16 virtual functions"),
        ({"state": "down"}, "it is down"),
        ({"services": ""}, "it has no services"),
    ],
    ids=["some functions", "down", "no services"],
)
def test_what_an_engine_is_not_ready_in_is_told(
    fields: dict[str, Any], warning: str
) -> None:
    (told,) = only(QAT, host(physical(**fields))).warnings

    assert told.startswith(warning)


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"driver": "c6xx"}, "c6xx is bound; the DRA driver works only with 4xxx"),
        ({"state": "?"}, "its file qat/state is neither up nor down"),
        (
            {"services": "sym;magic"},
            "its qat/cfg_services are none that the DRA driver knows",
        ),
    ],
    ids=["another driver", "no state", "unknown service"],
)
def test_an_engine_that_the_driver_passes_over_takes_its_functions_along(
    fields: dict[str, Any], fault: str
) -> None:
    parent, each = found(QAT, host(physical(**fields), virtual()))

    assert parent.why_not == fault
    assert each.why_not == f"its physical function {PHYSICAL} is not usable: {fault}"


def test_a_function_without_its_engine_is_that_of_a_virtual_host() -> None:
    assert only(QAT, host(virtual())).why_not == (
        "its physical function is not on this machine, which the driver needs"
    )


def test_an_engine_without_a_kernel_driver() -> None:
    last = found(QAT, host_facts("qat"))[-1]

    assert (last.address, last.why_not) == (
        "0000:75:00.0",
        "qat_4xxx is loaded, but did not take it; see the kernel's messages",
    )


def test_a_node_with_sixteen_functions() -> None:
    devices = found(QAT, host_facts("qat"))

    published = [name for name in names(devices) if name]
    assert len(published) == 16
    assert published[0] == "qatvf-0000-6b-00-1"
    assert published[-1] == "qatvf-0000-6b-02-0"

from typing import Any

import pytest

from dractl.discovery.inventory import Missing, inventory, narrowed, notes
from dractl.model.hosts import (
    CdiSpec,
    HostFacts,
    Nvml,
    NvmlState,
    PciDevice,
    PluginSocket,
)
from dractl.vendors.base import Found
from tests.discovery.builders import gpu, machine, nic, pci, vendor

CPU = Found("cpu", "cpu", "8 CPUs", driver="dra.cpu")
REGISTRY = "/var/lib/kubelet/plugins_registry"
UID = "2c5d7f3a-1111-4222-8333-944455556666"


def test_accelerators_come_first_then_the_network_then_what_all_have() -> None:
    nic_, vf = nic("0000:3b:00.0"), nic("0000:3b:00.2", parent="0000:3b:00.0")
    first = vendor(CPU, nic_, vf)
    whole = inventory(HostFacts(), vendors=[first, vendor(gpu(), name="late")])

    assert whole.found == (gpu(), nic_, vf, CPU)
    assert whole.accelerators == (gpu(),)


def test_a_virtual_function_is_an_accelerator_if_its_device_is() -> None:
    part = gpu("0000:17:00.1", kind="vf", parent="0000:17:00.0")

    assert machine(nic("0000:3b:00.0"), gpu(), part).accelerators == (gpu(), part)


@pytest.mark.parametrize(
    ("options", "kinds"),
    [
        ({}, ["gpu", "nic"]),
        ({"everything": True}, ["gpu", "nic", "cpu"]),
        ({"kinds": {"cpu"}}, ["cpu"]),
        ({"vendors": {"net"}}, ["nic"]),
        ({"drivers": {"dra.cpu"}}, ["cpu"]),
        ({"vendors": {"cpu"}}, ["cpu"]),
        ({"vendors": {"cpu"}, "kinds": {"gpu"}}, []),
    ],
    ids=str,
)
def test_an_inventory_can_be_narrowed(
    options: dict[str, Any], kinds: list[str]
) -> None:
    whole = machine(gpu(), nic("0000:3b:00.0"), CPU)

    assert [each.kind for each in narrowed(whole, **options).found] == kinds


def test_the_tree_has_only_what_is_left() -> None:
    facts = HostFacts(pci=(pci("0000:17:00.0"), pci("0000:3b:00.0")))
    whole = machine(gpu(), nic("0000:3b:00.0"), facts=facts)

    [numa] = narrowed(whole, kinds={"nic"}).topology.branches
    assert [each.name for each in numa.branches[0].branches] == ["0000:3b:00.0"]


def test_a_node_is_called_as_the_host_in_lower_case_unless_it_is_named() -> None:
    facts = HostFacts(name="GPU-7", dmi={"product_name": "X1", "sys_vendor": "Acme"})

    assert inventory(facts, vendors=[]).node == "gpu-7"
    assert inventory(facts, vendors=[]).machine == "Acme X1"
    assert inventory(facts, vendors=[], node="n1").node == "n1"


def test_where_there_is_no_accelerator_it_is_said_what_was_looked_at() -> None:
    [note] = notes(machine(CPU, facts=HostFacts(pci=(pci("0000:00:02.0"),))))
    assert note == "no accelerator was found among 1 PCI functions"


def test_without_any_pci_device_the_host_s_files_may_be_elsewhere() -> None:
    [note] = notes(machine(CPU))
    assert "no PCI device at all" in note
    assert "--root" in note


@pytest.mark.parametrize(
    ("state", "why"),
    [
        (NvmlState.READ, ""),
        (NvmlState.FORBIDDEN, "NVML: this user may not ask it (NO_PERMISSION)"),
    ],
    ids=str,
)
def test_that_nvml_is_silent_is_known_of_machines_of_nvidia(
    state: NvmlState, why: str
) -> None:
    card = PciDevice("0000:17:00.0", 0x10DE, 0x2330, 0x030200)
    nvml = Nvml(state, detail="NO_PERMISSION")

    assert machine(facts=HostFacts(pci=(card,), nvml=nvml)).nvml == why
    assert machine(facts=HostFacts(nvml=nvml)).nvml == ""


def test_registered_drivers_are_those_of_sockets() -> None:
    sockets = (
        PluginSocket(f"{REGISTRY}/gpu.acme.example-reg.sock", is_registration=True),
        PluginSocket(f"{REGISTRY}/net.example-{UID}-reg.sock", is_registration=True),
        PluginSocket(f"{REGISTRY}/odd", is_registration=True),
        PluginSocket("/var/lib/kubelet/plugins/cpu.example/dra.sock"),
    )

    whole = machine(facts=HostFacts(has_registry=True, sockets=sockets))
    assert whole.registered == ("gpu.acme.example", "net.example")


def test_what_is_registered_is_unknown_where_the_folder_is_not_seen() -> None:
    assert machine(facts=HostFacts()).registered is None
    assert machine(facts=HostFacts(has_registry=True)).registered == ()


def test_cdi_files_are_told_if_what_they_name_is_gone() -> None:
    fine = CdiSpec("/etc/cdi/a.yaml", "a.example/gpu", nodes=("/dev/a",))
    stale = CdiSpec("/etc/cdi/b.yaml", "b.example/gpu", missing=("/dev/b",))

    found = machine(facts=HostFacts(cdi=(fine, stale))).cdi
    assert found == (Missing("/etc/cdi/b.yaml", "b.example/gpu", ("/dev/b",)),)

from pathlib import Path

import pytest

from dractl.model.hosts import NetInterface
from tests.hosts import parts
from tests.hosts.machine import Machine
from tests.hosts.reading import facts_of, host_facts

ANYWHERE = "0" * 32


def machine() -> Machine:
    made = Machine("test", "A host")
    made.root("pci0000:00")
    made.function(
        "0000:00:03.0",
        under="pci0000:00",
        vendor=0x15B3,
        device=0x1021,
        class_=0x020000,
    )
    return made


def test_everything_that_the_kernel_tells_of_an_interface_is_read(
    tmp_path: Path,
) -> None:
    made = machine()
    more = {"ifalias": "rail 0", "phys_port_name": "p0", "phys_switch_id": "e8ebd3"}
    parts.net(made, "ens3", pci="0000:00:03.0", mtu=9000, speed=400_000, texts=more)
    parts.rdma(made, "mlx5_0", pci="0000:00:03.0")
    place = f"{made.place('0000:00:03.0')}/net/ens3"
    made.link(f"{place}/master", "sys/devices/virtual/net/bond0")
    parts.uplink(made, "ens3")

    assert facts_of(made.tree, tmp_path).nets == (
        NetInterface(
            name="ens3",
            mac="02:00:00:00:00:01",
            mtu=9000,
            state="up",
            speed=400_000,
            kind=1,
            pci="0000:00:03.0",
            is_uplink=True,
            rdma=("mlx5_0",),
            alias="rail 0",
            port_name="p0",
            switch_id="e8ebd3",
            master="bond0",
        ),
    )


def test_an_interface_of_virtio_belongs_to_the_function_above(tmp_path: Path) -> None:
    made = machine()
    place = f"{made.place('0000:00:03.0')}/virtio2/net/eth0"
    made.text(f"{place}/type", 1)
    made.link("sys/class/net/eth0", place)

    assert facts_of(made.tree, tmp_path).nets[0].pci == "0000:00:03.0"


def test_routes_are_those_of_the_first_process_where_it_is_there(
    tmp_path: Path,
) -> None:
    made = machine()
    parts.net(made, "ens3", pci="0000:00:03.0")
    parts.net(made, "eth0")
    parts.uplink(made, "ens3")
    made.text("proc/2/net/route", "eth0 00000000 0100000A 0003 0 0 100 00000000 0 0 0")
    made.raw_link("proc/self", "2")
    inside = facts_of(made.tree, tmp_path / "a")
    made.drop("proc/1")
    alone = facts_of(made.tree, tmp_path / "b")

    assert [each.name for each in inside.nets if each.is_uplink] == ["ens3"]
    assert [each.name for each in alone.nets if each.is_uplink] == ["eth0"]


@pytest.mark.parametrize("speed", [None, -1, 0], ids=["fails", "unknown", "zero"])
def test_the_speed_of_a_link_that_is_down_is_not_told(
    tmp_path: Path, speed: int | None
) -> None:
    made = machine()
    parts.net(made, "ens3", pci="0000:00:03.0", state="down", speed=speed)

    facts = facts_of(made.tree, tmp_path)

    assert (facts.nets[0].speed, facts.problems) == (None, ())


@pytest.mark.parametrize(
    ("flags", "names"),
    [("00000003", {"ens3"}), ("00200200", set()), ("xyz", set())],
    ids=["gateway", "reject", "junk"],
)
def test_a_default_route_of_ipv6_makes_an_uplink(
    tmp_path: Path, flags: str, names: set[str]
) -> None:
    made = machine()
    parts.net(made, "ens3", pci="0000:00:03.0")
    route = [ANYWHERE, "00", ANYWHERE, "00", "fe80" + "0" * 28, "0", "1", "0", flags]
    made.text("proc/1/net/ipv6_route", " ".join([*route, "ens3"]))

    facts = facts_of(made.tree, tmp_path)

    assert {each.name for each in facts.nets if each.is_uplink} == names


@pytest.mark.parametrize(
    ("texts", "link_type"),
    [
        ({"uevent": "DEVTYPE=vlan\nINTERFACE=x"}, "vlan"),
        ({"uevent": "DEVTYPE=wlan\nINTERFACE=x"}, ""),
        ({"tun_flags": "0x1002"}, "tun"),
        ({"ifindex": 7, "iflink": 6}, "veth"),
        ({"ifindex": 7, "iflink": 7}, ""),
        ({"ifindex": 7, "iflink": 2, "lower_eth0/type": 1}, ""),
    ],
    ids=["vlan", "wlan", "tun", "veth", "alone", "on-top"],
)
def test_the_type_of_a_virtual_interface_is_told_by_its_files(
    tmp_path: Path, texts: dict[str, object], link_type: str
) -> None:
    made = machine()
    parts.net(made, "x", texts=texts)

    assert facts_of(made.tree, tmp_path).nets[0].link_type == link_type


def test_a_laptop_has_virtual_interfaces_beside_its_wireless() -> None:
    nets = host_facts("laptop").nets

    assert [(each.name, each.is_virtual, each.is_uplink) for each in nets] == [
        ("docker0", True, False),
        ("lo", True, False),
        ("wlp1s0", False, True),
    ]

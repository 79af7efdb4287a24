"""What kind of link an interface is, as far as sysfs tells."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.hosts import parts
from tests.hosts.machine import Machine
from tests.hosts.reading import facts_of


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        pytest.param({"uevent": "DEVTYPE=bridge\nINTERFACE=x"}, "bridge", id="bridge"),
        pytest.param({"uevent": "DEVTYPE=wlan\nINTERFACE=x"}, "", id="wireless"),
        pytest.param({"uevent": "INTERFACE=x", "tun_flags": "0x1002"}, "tun", id="tap"),
        pytest.param({"ifindex": 7, "iflink": 2}, "veth", id="an end of a pair"),
        pytest.param({"ifindex": 7, "iflink": 7}, "", id="one that leads nowhere"),
        pytest.param(
            {"ifindex": 7, "iflink": 2, "lower_eth0/x": ""}, "", id="one on top"
        ),
    ],
)
def test_the_type_of_a_link_is_what_sysfs_tells(
    texts: Mapping[str, object], expected: str, tmp_path: Path
) -> None:
    machine = Machine("links", "one interface")
    parts.net(machine, "x", texts=texts)
    (found,) = facts_of(machine.tree, tmp_path).nets
    assert found.link_type == expected


def test_the_master_of_an_interface_is_known_by_its_name(tmp_path: Path) -> None:
    machine = Machine("links", "a bond")
    parts.net(machine, "bond0")
    parts.net(machine, "x")
    machine.link("sys/devices/virtual/net/x/master", "sys/devices/virtual/net/bond0")
    found = facts_of(machine.tree, tmp_path).nets
    assert {each.name: each.master for each in found} == {"bond0": "", "x": "bond0"}

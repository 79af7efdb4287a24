"""Tables of devices are as wide as the terminal, if anything can be."""

import io
from dataclasses import replace

import pytest

from dractl.cli.inventories import table
from dractl.cli.terminal import Terminal
from tests.discovery.builders import device, gpu, machine


def lines(columns: int, name: str) -> list[str]:
    screen = Terminal(io.StringIO(), io.StringIO(), columns=columns)
    one = gpu(kernel_driver="acme_drm", device=device(name))
    whole = machine(replace(one, model="Acme A1 with much memory"))
    return table([whole], screen).splitlines()


@pytest.mark.parametrize(
    ("columns", "head"),
    [
        (80, "DEVICE KIND MODEL NUMA PCI ADDRESS KERNEL"),
        (60, "DEVICE KIND MODEL NUMA PCI ADDRESS KERNEL"),
        (50, "DEVICE KIND MODEL NUMA PCI ADDRESS"),
        (40, "DEVICE KIND MODEL"),
    ],
)
def test_where_there_is_no_room_models_are_cut_then_columns_left_out(
    columns: int, head: str
) -> None:
    found = lines(columns, "gpu-17")

    assert found[1].split() == head.split()
    assert max(map(len, found)) <= columns


def test_the_longest_name_fits_the_terminal_that_everybody_has() -> None:
    name = "n" * 63
    found = lines(80, name)

    assert found[1:] == [f"  {'DEVICE':63}  MODEL", f"  {name}  Acme A1 with~"]

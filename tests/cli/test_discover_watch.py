"""`dractl discover --watch` tells what changes on a machine."""

import json
import threading
import time
from pathlib import Path

import pytest

from tests.answers import validate
from tests.cli.machines import SCHEMA, Machine
from tests.cli.run import Runner

GONE = "sys/bus/pci/devices/0000:51:00.0"


@pytest.fixture
def machine(dractl: Runner, tmp_path: Path) -> Machine:
    return Machine(dractl, tmp_path, "flex-170")


def lose_soon(machine: Machine) -> None:
    """Take a device away after the first look."""

    def lose() -> None:
        time.sleep(0.4)
        (machine.root / GONE).unlink()

    threading.Thread(target=lose, daemon=True).start()


def test_a_device_that_goes_is_told(machine: Machine) -> None:
    lose_soon(machine)
    ran = machine("--watch", "--every", "0.1s", "--timeout", "2s")

    assert ran.status == 1
    assert ran.out.splitlines()[-1].startswith("- gpu 0000-51-00-0-0x56c0 Intel ")
    assert ran.out.endswith(" 0000:51:00.0 gone\n")
    assert ran.err == "watching; Ctrl-C ends it\n"


def test_a_root_that_is_away_for_a_while_is_told_once(machine: Machine) -> None:
    aside = machine.root.with_name("aside")

    def leave() -> None:
        time.sleep(0.4)
        machine.root.rename(aside)
        time.sleep(0.6)
        aside.rename(machine.root)

    absence = threading.Thread(target=leave, daemon=True)
    absence.start()
    ran = machine("--watch", "--every", "0.1s", "--timeout", "2s")
    absence.join()

    assert (ran.status, ran.out) == (0, machine().out)
    assert ran.err == (
        "watching; Ctrl-C ends it\n"
        f"warning: {machine.root} is no folder; still watching\n"
    )


def test_in_json_the_whole_answer_is_a_line_each_time(machine: Machine) -> None:
    lose_soon(machine)
    options = ["--watch", "--every", "0.1s", "--timeout", "2s", "-o", "json"]
    found = [json.loads(line) for line in machine(*options).out.splitlines()]

    for each in found:
        validate(each, SCHEMA)
    assert [len(each["nodes"][0]["devices"]) for each in found] == [7, 6]


def test_a_machine_that_stays_as_it_is_ends_well(machine: Machine) -> None:
    ran = machine("--watch", "--every", "0.1s", "--timeout", "0.3s")

    assert ran.status == 0
    assert ran.out == machine().out

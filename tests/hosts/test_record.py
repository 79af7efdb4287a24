from dataclasses import replace
from pathlib import Path

import pytest

from dractl.hardware.facts import facts
from dractl.model.hosts import Nvml
from tests.hosts.permissions import unprivileged
from tests.hosts.record import Recorder, without_secrets
from tests.hosts.trees import Link, Tree, names, tree

# Its files cannot be put into a tree again: unreadable ones, endless ones.
HOSTILE = "hostile"


@pytest.mark.parametrize("name", [each for each in names() if each != HOSTILE])
def test_a_recorded_tree_tells_what_its_host_told(name: str, tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    tree(name).unpack(here)
    with unprivileged():
        again = Recorder(here).recorded().unpack(there)
        told, recorded = facts(here, Nvml()), facts(again, Nvml())

    # The name of a machine is not recorded, nor are its routes.
    others = replace(recorded, name=told.name, nets=told.nets, problems=told.problems)
    assert others == told
    assert [each.name for each in recorded.nets] == [each.name for each in told.nets]


def test_secrets_are_replaced_one_by_one() -> None:
    uuid, other = b"12345678-9abc-def0-1234-56789abcdef0", b"be:1e:9a:1e:6a:79"
    host = Tree("", {"a": uuid, "b": b"x " + other, "c": uuid, "d": Link("e")})

    assert without_secrets(host).entries == {
        "a": b"00000000-0000-0000-0000-000000000001",
        "b": b"x 00:00:00:00:00:02",
        "c": b"00000000-0000-0000-0000-000000000001",
        "d": Link("e"),
    }

"""`dractl top --headroom --fits`: what still fits after each loss."""

from pathlib import Path

from tests.cli import wire
from tests.cli.run import Runner
from tests.cli.test_top_planning import asking, cluster


def test_what_fits_is_counted_for_so_many_losses(
    dractl: Runner, tmp_path: Path
) -> None:
    many = [
        each
        for n in range(99)
        for each in (wire.node(f"m{n}"), wire.resource_slice(f"m{n}", wire.device("a")))
    ]
    argv = ["--snapshot", cluster(tmp_path, *many), "--fits", asking(tmp_path)]
    ran = dractl("top", "nodes", *argv, "--headroom")

    assert ran.status == 2
    told = "--fits with --headroom counts for 100 lost nodes at most, these are 101"
    assert told in ran.err
    assert dractl("top", "classes", *argv, "--headroom").status == 0

import json

from dractl import __version__
from tests.cli.run import Runner, program


def test_version_names_itself_and_the_releases_that_it_knows(dractl: Runner) -> None:
    ran = dractl("version")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out == f"dractl {__version__} (Kubernetes 1.31 to 1.37)\n"


def test_version_is_also_json(dractl: Runner) -> None:
    answer = json.loads(dractl("version", "-o", "json").out)
    assert answer["version"] == __version__
    assert answer["kubernetes"] == {"oldest": "1.31", "newest": "1.37"}


def test_an_unknown_command_is_wrong_usage(dractl: Runner) -> None:
    ran = dractl("alocate")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("error: no such command 'alocate'")


def test_a_wrong_choice_names_the_right_ones(dractl: Runner) -> None:
    ran = dractl("version", "-o", "xml")
    assert ran.status == 2
    assert "'xml' is not one of 'text', 'json'" in ran.err


def test_help_loads_nothing_heavy() -> None:
    ran = program("--help", environment={"PYTHONVERBOSE": "1"})
    heavy = ("pydantic", "rich", "yaml", "dractl.solver", "dractl.cel", "dractl.api")
    loaded = [each for each in heavy if f"import '{each}'" in ran.err]
    assert (ran.status, loaded) == (0, [])
    assert "Dynamic Resource Allocation" in ran.out

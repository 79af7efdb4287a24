import importlib.util
import subprocess
import sys
import tomllib

import pytest

import dractl
from tests.cli.run import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


@pytest.mark.parametrize("name", dractl.__all__)
def test_a_public_name_is_there_and_listed(name: str) -> None:
    assert getattr(dractl, name).__name__ == name
    assert name in dir(dractl)


@pytest.mark.parametrize("name", dractl.__all__)
def test_no_module_hides_a_public_name(name: str) -> None:
    assert importlib.util.find_spec(f"dractl.{name}") is None


def test_a_name_that_is_not_public_is_missing_as_in_any_module() -> None:
    with pytest.raises(AttributeError, match="no attribute 'no_such_name'"):
        _ = getattr(dractl, "no_such_name")  # noqa: B009 - mypy knows it is missing


def test_importing_the_package_imports_nothing_of_it_yet() -> None:
    probe = (
        "import sys, dractl; "
        "print([each for each in sys.modules if each.startswith('dractl.')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        cwd=ROOT,
    )
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("entry", PROJECT["project"]["scripts"].values())
def test_a_console_script_leads_to_a_function(entry: str) -> None:
    module, _, function = entry.partition(":")
    assert callable(getattr(importlib.import_module(module), function))


def test_what_the_wheel_takes_from_elsewhere_exists() -> None:
    wheel = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    sources = [*wheel["force-include"], *wheel["shared-data"]]
    assert [each for each in sources if not (ROOT / each).exists()] == []

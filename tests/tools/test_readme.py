import shlex

from tools.readme import README, command, current, pictures


def test_the_readme_shows_what_dractl_prints_today() -> None:
    text = README.read_text("utf-8")
    assert "<!-- output: " in text
    assert current(text) == text


def test_the_readme_has_one_line_to_try_and_one_to_test() -> None:
    assert shlex.split(command("demo"))[-3:] == [
        ".venv/bin/dractl",
        "allocate",
        "--demo",
    ]
    assert ".venv/bin/pytest" in command("tests")
    assert "\n" not in command("demo") + command("tests")


def test_the_pictures_are_those_of_today() -> None:
    found = pictures(README.read_text("utf-8"))
    assert found
    for path, drawn in found.items():
        assert drawn.startswith("<svg ")
        assert path.read_text("utf-8") == drawn


def test_a_long_answer_may_be_shown_in_part() -> None:
    marker = "<!-- output, first 2 lines: attributes --demo --driver gpu.intel.com -->"
    shown = current(f"{marker}\n```console\n\n```\n")
    assert shown.splitlines()[2:] == [
        "$ dractl attributes --demo --driver gpu.intel.com | head -n 2",
        "gpu.intel.com: 2 devices",
        "NAME                             TYPE      DEVICES  VALUES",
        "```",
    ]

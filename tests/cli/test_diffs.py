"""Printed differences, as `git apply` and `patch` take them."""

import shutil
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest

from dractl.cli.diffs import difference

CASES = {
    "plain": ("a.yaml", "a\nb\n", "a\nc\n"),
    "no line break at the end": ("a.yaml", "a\nb", "a\nb\nc\n"),
    "none afterwards": ("a.yaml", "a\nb\n", "a"),
    "windows": ("a.yaml", "a\r\nb\r\n", "a\r\nc\r\nd"),
    "breaks that are none": (
        "a.yaml",
        "a\u2028b\n\x0cq\x85\rx\nv\n",
        "a\u2028b\n\x0cq\x85\rx\n",
    ),
    "a name with blanks": ("a b/c d.yaml", "a\n", "b\n"),
    "a name in quotes": ('a"b\t\\c.yaml', "a\n", "b\n"),
    "a name in other letters": ("sub/ünï.yaml", "a\n", "b\n"),
}


@pytest.mark.parametrize("case", CASES)
def test_names_and_line_breaks(case: str) -> None:
    path, before, after = CASES[case]

    old, new, *lines = difference(before, after, path, path).split("\n")

    assert old.removeprefix("--- ") == new.removeprefix("+++ ")
    assert old.isprintable() or old.removesuffix("\t").isprintable()
    assert old.endswith("\t") == (" " in path)
    hunk = "\n".join(each for each in lines if not each.startswith("@@"))
    hunk = hunk.replace("\n\\ No newline at end of file", "\\")
    kept = [each for each in hunk.split("\n") if each[:1] in {" ", "-"}]
    text = "".join(f"{each[1:]}\n" for each in kept).replace("\\\n", "")
    assert before.endswith(text)


def _documents(count: int, end: str) -> str:
    return "".join(
        f"---\nkind: Pod\nname: p{n}\nspec:\n  a: 1\n{end}" for n in range(count)
    )


LONG = {
    "more in each": (_documents(900, ""), _documents(900, "  b: 2\n")),
    "less in each": (_documents(900, "  b: 2\n"), _documents(900, "")),
    "other names": (_documents(900, ""), _documents(900, "").replace("p5", "q5")),
    "all new": ("", _documents(900, "")),
    "moved": (
        _documents(900, ""),
        "x\n" + _documents(900, "")[20_000:] + _documents(400, ""),
    ),
    "no end": (_documents(900, ""), _documents(899, "") + "---"),
}


@pytest.mark.parametrize("case", LONG)
def test_long_texts_take_no_longer_than_they_are(case: str) -> None:
    before, after = LONG[case]
    begun = time.process_time()

    lines = difference(before, after, "a", "a").split("\n")[2:]

    assert time.process_time() - begun < 2
    taken = [each[1:] for each in lines if each[:1] == "-"]
    added = [each[1:] for each in lines if each[:1] == "+"]
    kept = [each[1:] for each in lines if each[:1] == " "]
    old, new = Counter(before.splitlines()), Counter(after.splitlines())
    assert old - Counter(taken) == new - Counter(added)
    assert len(kept) < len(lines) / 1.2 or case == "moved"


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")
@pytest.mark.parametrize("case", [*CASES, *LONG])
def test_git_applies_them(case: str, tmp_path: Path) -> None:
    path, before, after = CASES.get(case) or ("a.yaml", *LONG[case])
    (tmp_path / path).parent.mkdir(exist_ok=True)
    (tmp_path / path).write_bytes(before.encode())
    text = difference(before, after, path, path)
    text += difference("", after, "/dev/null", f"new-{Path(path).name}")

    subprocess.run(
        ["git", "apply", "-p0", "-"],
        input=text.encode(),
        cwd=tmp_path,
        check=True,
        timeout=60,
    )

    assert (tmp_path / path).read_bytes() == after.encode()
    assert (tmp_path / f"new-{Path(path).name}").read_bytes() == after.encode()

"""The same question has the same answer, byte by byte, whatever Python's hash seed."""

import json
import os
import subprocess
import sys
from typing import Final

from tests.cli.run import ROOT

QUESTIONS: Final = (
    ("allocate", "--demo"),
    ("attributes", "--demo"),
    ("cel", "device.driver == 'gpu'", "--demo"),
    ("doctor", "--demo"),
    ("explain", "--demo", "-o", "json"),
    ("explain", "--demo", "-o", "wide"),
    ("top", "--demo"),
)
_ASKING: Final = """
import json, sys
from dractl.cli.app import main
for words in json.loads(sys.argv[1]):
    print(">", words, main(words), file=sys.stdout, flush=True)
"""


def answers(seed: int) -> list[str]:
    """Return what a process says to all questions, one after another."""
    done = subprocess.run(
        [sys.executable, "-c", _ASKING, json.dumps(QUESTIONS)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=True,
        timeout=60,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": str(seed)},
    )
    return done.stdout.splitlines()


def test_the_same_question_has_the_same_answer_byte_by_byte() -> None:
    first = answers(1)
    assert first == answers(2)
    assert sum(each.startswith("> [") for each in first) == len(QUESTIONS)

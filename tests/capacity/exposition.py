"""A reader of Prometheus' text format that takes nothing but what is right."""

import re
from typing import NamedTuple

_NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
_LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\n"])*"'
_NUMBER = r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?"
_SAMPLE = re.compile(rf"({_NAME})(?:\{{({_LABEL}(?:,{_LABEL})*)\}})? ({_NUMBER})")
_PAIR = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\n"])*)"')
_META = re.compile(rf"# (HELP|TYPE) ({_NAME}) (.+)")
_UNESCAPED = {"\\\\": "\\", "\\n": "\n", '\\"': '"'}


class Sample(NamedTuple):
    """One value of a series."""

    name: str
    labels: tuple[tuple[str, str], ...]
    value: float


def parsed(text: str) -> list[Sample]:
    """Return the samples; AssertionError for whatever a scraper would refuse."""
    assert text.endswith("\n")
    samples: list[Sample] = []
    helped: list[str] = []
    typed: list[str] = []
    for line in text[:-1].split("\n"):
        if meta := _META.fullmatch(line):
            kind, name, rest = meta.groups()
            (helped if kind == "HELP" else typed).append(name)
            assert kind == "HELP" or rest == "gauge"
            continue
        match = _SAMPLE.fullmatch(line)
        assert match, line
        # All samples of a name stand together, below its HELP and TYPE.
        assert helped[-1] == typed[-1] == match[1], line
        labels = tuple((n, _unescaped(v)) for n, v in _PAIR.findall(match[2] or ""))
        assert len(dict(labels)) == len(labels), line
        samples.append(Sample(match[1], labels, float(match[3])))
    assert len(set(helped)) == len(helped)
    assert helped == typed
    assert len({(each.name, frozenset(each.labels)) for each in samples}) == len(
        samples
    )
    return samples


def _unescaped(text: str) -> str:
    return re.sub(r"\\[\\n\"]", lambda match: _UNESCAPED[match[0]], text)

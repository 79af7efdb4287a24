"""Changed texts: as unified differences, and several as one stream of YAML."""

import json
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import Match, SequenceMatcher
from itertools import pairwise
from typing import Final

from dractl.sources.manifests import Manifest, Rewritten
from dractl.sources.yaml_write import block

_SEPARATOR: Final = "---"
_CONTEXT: Final = 3
_MANY: Final = 2000  # lines, for which comparing each with each takes a second


def difference(before: str, after: str, old: str, new: str) -> str:
    """Return the unified difference of two texts; `old` and `new` are their names.

    `git apply -p0` and `patch -p0` take it.
    """
    if before == after:
        return ""
    lines = [f"--- {_name(old)}\n", f"+++ {_name(new)}\n"]
    # No splitlines, which knows breaks that are none to them.
    lines += _hunks(_lines(before), _lines(after))
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in lines
    )


def _hunks(old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    is_long = max(len(old), len(new)) > _MANY
    matcher = (_OfLongTexts if is_long else SequenceMatcher)(None, old, new)
    for group in matcher.get_grouped_opcodes(_CONTEXT):
        (_, low, _, start, _), (_, _, high, _, end) = group[0], group[-1]
        yield f"@@ -{_range(low, high)} +{_range(start, end)} @@\n"
        for tag, low, high, start, end in group:
            if tag == "equal":
                yield from (f" {line}" for line in old[low:high])
                continue
            yield from (f"-{line}" for line in old[low:high])
            yield from (f"+{line}" for line in new[start:end])


def _range(start: int, end: int) -> str:
    count = end - start
    first = start + 1 if count else start  # of none, the line before
    return str(first) if count == 1 else f"{first},{count}"


class _OfLongTexts(SequenceMatcher[str]):
    """Compares what is between lines that each text has once, as names of objects."""

    a: Sequence[str]
    b: Sequence[str]

    def get_matching_blocks(self) -> list[Match]:
        """Return what is equal, in order, and an empty block at the end."""
        ends = (len(self.a), len(self.b))
        found = [Match(0, 0, 0)]
        for (low, start), (high, end) in pairwise([(-1, -1), *self._fixed(), ends]):
            inner = self.a[low + 1 : high], self.b[start + 1 : end]
            for a, b, size in SequenceMatcher(None, *inner).get_matching_blocks():
                _add(found, Match(low + 1 + a, start + 1 + b, size))
            _add(found, Match(high, end, int((high, end) != ends)))
        return [*(each for each in found if each.size), Match(*ends, 0)]

    def _fixed(self) -> list[tuple[int, int]]:
        """Return the most lines that both have once and in the same order."""
        once = {line for line, count in Counter(self.a).items() if count == 1}
        there = Counter(self.b)
        places = {line: number for number, line in enumerate(self.b)}
        pairs = [
            (number, places[line])
            for number, line in enumerate(self.a)
            if line in once and there[line] == 1
        ]
        tails: list[int] = []  # the least last place of a chain of each length
        lengths = []
        for _, place in pairs:
            length = bisect_left(tails, place)
            tails[length : length + 1] = [place]
            lengths.append(length)
        chain: list[tuple[int, int]] = []
        wanted = len(tails) - 1
        for pair, length in zip(reversed(pairs), reversed(lengths), strict=True):
            if length == wanted and (not chain or pair[1] < chain[-1][1]):
                chain.append(pair)
                wanted -= 1
        return chain[::-1]


def _add(blocks: list[Match], block: Match) -> None:
    """Add a block, to the last one if it continues that."""
    last = blocks[-1]
    if (last.a + last.size, last.b + last.size) == (block.a, block.b):
        blocks[-1] = last._replace(size=last.size + block.size)
    else:
        blocks.append(block)


def _lines(text: str) -> list[str]:
    *whole, last = text.split("\n")
    return [*(f"{each}\n" for each in whole), *([last] if last else [])]


def _name(path: str) -> str:
    """Return a file's name as Git writes it: a tab ends one with blanks."""
    if not path.isprintable() or '"' in path or "\\" in path:
        return json.dumps(path, ensure_ascii=False)
    return f"{path}\t" if " " in path else path


def joined(texts: Iterable[str]) -> str:
    """Return YAML texts as one, each in a document of its own at least."""
    whole = ""
    for text in texts:
        if whole and text and not text.startswith(_SEPARATOR):
            whole += f"{_SEPARATOR}\n"
        whole += text
        if whole and not whole.endswith("\n"):
            whole += "\n"
    return whole


def as_stream(
    manifest: Manifest, rewritten: Rewritten, outcomes: Iterable[Sequence[object]]
) -> str:
    """Return what a file becomes as YAML, also where it is JSON.

    `outcomes` are what each of its documents becomes.
    """
    if not manifest.is_json:
        return rewritten.text.removeprefix(manifest.mark)
    return joined(f"{block(each)}\n" for made in outcomes for each in made)

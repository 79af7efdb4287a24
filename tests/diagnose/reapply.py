"""Does by hand, to the documents of a cluster, what a fix says.

Knows only a few kinds of fixes. Nothing of the code that found them is used.
"""

import copy
import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from dractl.diagnose.answer import PodReport
from dractl.solver.placement import place
from dractl.solver.subjects import subject_of
from tests.diagnose.generated import snapshot
from tests.solver.generate import Wire

_FITS: Final = ": fits on "


@dataclass(frozen=True)
class Fix:
    """Things to do for a pod, all at once, and the node on which it is to fit then.

    `claim` and `request` are those of the cause; a text that names others goes before.
    """

    seed: int
    pod: str
    claim: str
    request: str
    text: str
    node: str

    @property
    def steps(self) -> list["Fix"]:
        """The single things to do, each with the claim and request that it is about."""
        return [_named(self, each) for each in self.text.split(", and ")]

    @property
    def kind(self) -> str:
        """The words that it starts with; "" if it is of no kind that is known here."""
        is_cut = self.text.endswith(" more") and not self.text.endswith("any more")
        if is_cut or self.text.endswith("(in the class)"):
            return ""
        return next((each for each in _EDITS if self.text.startswith(each)), "")

    @property
    def is_known(self) -> bool:
        """Whether every step can be made here."""
        return all(each.kind for each in self.steps)


def _named(fix: Fix, text: str) -> Fix:
    """Return one step: `TEXT[ in request REQUEST][ of claim CLAIM][: ...]`."""
    text = text.removesuffix(": no device has it")
    text, _, claim = text.partition(" of claim ")
    text, _, request = text.partition(" in request ")
    if claim or request:
        claim = claim or fix.claim
        return dataclasses.replace(fix, text=text, claim=claim, request=request)
    return dataclasses.replace(fix, text=text)


def fixes(seed: int, reports: Iterable[PodReport]) -> Iterator[Fix]:
    """Yield the fixes that say where the pod fits."""
    for report in reports:
        for cause in report.causes:
            about = report.pod.meta.name, cause.claim or "", cause.request or ""
            for text in cause.fixes:
                what, _, node = text.partition(_FITS)
                if node:
                    yield Fix(seed, *about, what, node)


def landing(fix: Fix, documents: Sequence[Wire]) -> str | None:
    """Return the node that takes the pod once the fix is made, None if none does."""
    changed = copy.deepcopy(list(documents))
    for step in fix.steps:
        changed = _EDITS[step.kind](step, changed)
    given = snapshot(fix.seed, changed)
    pod = given.pod_by_key["default", fix.pod]
    (placement,) = place(given, [subject_of(pod, given)]).placements
    return placement.node


def _without_holder(fix: Fix, documents: list[Wire]) -> list[Wire]:
    """Do `free claim NAMESPACE/NAME, ...`."""
    words = fix.text.removeprefix("free claim ")
    namespace, _, name = words.partition(",")[0].partition("/")
    key = {"name": name, "namespace": namespace}
    return [each for each in documents if each["metadata"] != key]


def _with_fewer(fix: Fix, documents: list[Wire]) -> list[Wire]:
    """Do `ask for N [devices] instead of M` or `ask for N of CAPACITY instead of M`."""
    amount, what, capacity = fix.text.removeprefix("ask for ").split(" ")[:3]
    for option in _options(fix, documents):
        if what == "of":
            option["capacity"]["requests"][capacity] = amount
        else:
            option |= {"allocationMode": "ExactCount", "count": int(amount)}
    return documents


def _without_capacity(fix: Fix, documents: list[Wire]) -> list[Wire]:
    """Do `do not ask for the capacity NAME`."""
    name = fix.text.removeprefix("do not ask for the capacity ")
    for option in _options(fix, documents):
        del option["capacity"]["requests"][name]
    return documents


def _with_class(fix: Fix, documents: list[Wire]) -> list[Wire]:
    """Do `use class NAME` or `use class NAME instead of OTHER`."""
    name = fix.text.removeprefix("use class ").partition(" ")[0]
    for option in _options(fix, documents):
        option["deviceClassName"] = name
    return documents


def _with_expression(fix: Fix, documents: list[Wire]) -> list[Wire]:
    """Do `write A instead of B`, both in backquotes."""
    _, after, _, before, _ = fix.text.split("`")
    for option in _options(fix, documents):
        for selector in option["selectors"]:
            cel = selector["cel"]
            cel["expression"] = cel["expression"].replace(before, after)
    return documents


def _without_expression(fix: Fix, documents: list[Wire]) -> list[Wire]:
    """Do `drop A`, A in backquotes."""
    _, text, _ = fix.text.split("`")
    for option in _options(fix, documents):
        option["selectors"] = [
            each for each in option["selectors"] if each["cel"]["expression"] != text
        ]
    return documents


def _with_tolerations(fix: Fix, documents: list[Wire]) -> list[Wire]:
    """Do `tolerate KEY=VALUE:EFFECT, ...`."""
    taints = fix.text.removeprefix("tolerate ").split(", ")
    added = [_toleration(each) for each in taints]
    for option in _options(fix, documents):
        option["tolerations"] = [*option.get("tolerations", ()), *added]
    return documents


def _toleration(taint: str) -> Wire:
    named, _, effect = taint.rpartition(":")
    key, _, value = named.partition("=")
    return {"key": key, "operator": "Equal", "value": value, "effect": effect}


def _without_constraint(fix: Fix, documents: list[Wire]) -> list[Wire]:
    """Do `drop the constraint that demands the same ATTRIBUTE[ for REQUEST, ...]`.

    Or `different ATTRIBUTE`.
    """
    words, _, requests = fix.text.partition(" for ")
    *_, kind, attribute = words.split(" ")
    field = {"same": "matchAttribute", "different": "distinctAttribute"}[kind]
    dropped: Wire = {field: attribute}
    if requests:
        dropped["requests"] = requests.split(", ")
    devices = _claim(fix, documents)["spec"]["devices"]
    devices["constraints"] = [c for c in devices["constraints"] if c != dropped]
    return documents


_EDITS: Final[Mapping[str, Callable[[Fix, list[Wire]], list[Wire]]]] = {
    "free claim ": _without_holder,
    "ask for ": _with_fewer,
    "tolerate ": _with_tolerations,
    "drop the constraint ": _without_constraint,
    "drop `": _without_expression,
    "do not ask for the capacity ": _without_capacity,
    "use class ": _with_class,
    "write `": _with_expression,
}


def _claim(fix: Fix, documents: Sequence[Wire]) -> Wire:
    return next(
        each
        for each in documents
        if each["kind"] == "ResourceClaim"
        and each["metadata"] == {"name": fix.claim, "namespace": "default"}
    )


def _options(fix: Fix, documents: Sequence[Wire]) -> Iterator[Wire]:
    """Yield the request or alternative that the fix is about; "" stands for all."""
    for request in _claim(fix, documents)["spec"]["devices"]["requests"]:
        for option in request.get("firstAvailable", [request.get("exactly")]):
            name = "/".join(filter(None, (request["name"], option.get("name"))))
            if fix.request in {"", name}:
                yield option

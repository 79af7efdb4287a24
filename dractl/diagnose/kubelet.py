"""What the kubelet says of a pod: in events, of its containers, in the pod's status."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from dractl.diagnose.answer import Cause, Evidence, View
from dractl.model.workloads import Event, Pod

if TYPE_CHECKING:
    from dractl.diagnose.case import Case

_SANDBOX: Final = "PodReadyToStartContainers"


@dataclass(frozen=True, slots=True)
class Word:
    """One thing that was said; `count` and `last_seen` are those of an event."""

    of: str
    reason: str
    message: str
    count: int = 1
    last_seen: str | None = None

    @property
    def text(self) -> str:
        """Reason and message, as far as there are."""
        return ": ".join(part for part in (self.reason, self.message) if part)

    @property
    def described(self) -> Evidence:
        """The same as data."""
        return {
            "of": self.of,
            "reason": self.reason,
            "message": self.message or None,
            "count": self.count,
            "lastSeen": self.last_seen,
        }


def words_of_events(events: Sequence[Event]) -> list[Word]:
    """Return what events say, in their order."""
    return [
        Word("event", each.reason, each.message, each.count, each.last_seen)
        for each in events
    ]


def words_of_status(pod: Pod) -> Iterator[Word]:
    """Yield what the pod's status says of its containers and of the pod, each once."""
    seen = set()
    for each in pod.waiting:
        word = Word(f"container {each.container}", each.reason, each.message)
        if word.text not in seen:
            seen.add(word.text)
            yield word
    if pod.reason or pod.message:
        yield Word("pod", pod.reason, pod.message)


def told_once(words: Sequence[Word]) -> list[Word]:
    """Leave out what an earlier one says in the same words, or in more."""
    kept: list[Word] = []
    for word in words:
        said = word.message or word.reason
        if not any(said in each.message for each in kept):
            kept.append(word)
    return kept


def of_kubelet(case: "Case", causes: Sequence[Cause]) -> Iterator[View]:
    """Yield why the containers of a pod that has a node do not run.

    What a cause says already is left out.
    """
    pod = case.pod
    if pod is None or not pod.node_name or pod.phase == "Succeeded":
        return
    told = "\n".join(each.message for each in causes)
    for word in words_of_status(pod):
        if word.message and word.message in told:
            continue
        yield View(
            f"kubelet on {pod.node_name}",
            f"says of {word.of}: {word.text}{_progress(pod, word)}",
            word.described,
        )


def _progress(pod: Pod, word: Word) -> str:
    """Return whether devices are prepared, where a container is only waited for.

    The kubelet prepares them just before it makes the sandbox (1.36, SyncPod of
    kuberuntime), and sets the condition when that is there.
    """
    if word.message or pod.phase != "Pending":
        return ""
    state = {each.type: each.status for each in pod.conditions}.get(_SANDBOX)
    if state == "True":
        return "; its sandbox is there, so its devices are prepared"
    if state == "False":
        return "; its sandbox is not there, and maybe its devices are not prepared"
    return ""

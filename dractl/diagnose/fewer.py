"""Asking for less: the changes that shrink a request to what there is."""

import dataclasses
from collections.abc import Iterator
from functools import partial
from typing import Final

from dractl.diagnose.blaming import options_of, place
from dractl.diagnose.case import Case
from dractl.diagnose.changes import Change, with_count
from dractl.diagnose.survey import Found
from dractl.diagnose.words import counted
from dractl.model.quantity import Quantity
from dractl.model.workloads import Container
from dractl.solver.extended import CLAIM_NAME
from dractl.solver.subjects import Subject

_MOST_NUMBERS: Final = 8


def fewer(case: Case, found: Found, number: int) -> Iterator[Change]:
    """Yield asking for so many devices, if that is fewer than now, and any."""
    claim = case.claim(found)
    options = options_of(case, found)
    if claim is None or not found.blame.request or number < 1 or not options:
        return
    if claim.meta.name == CLAIM_NAME:
        yield from _fewer_resources(case, found.blame.request, number)
        return
    now = "all" if options[0].mode == "All" else str(options[0].count)
    if now == "all" or number < options[0].count:
        yield Change(
            f"ask for {counted(number, 'device')} instead of {now}{place(case, found)}",
            with_count(claim.meta.name, found.blame.request, number),
        )


def ever_fewer(case: Case, found: Found, number: int) -> Iterator[Change]:
    """Yield asking for so many devices, for one less, and so on, the most first."""
    told: list[str] = []
    for less in range(number, max(0, number - _MOST_NUMBERS), -1):
        for change in fewer(case, found, less):
            yield dataclasses.replace(change, includes=tuple(told))
            told.append(change.text)


def _fewer_resources(case: Case, request: str, number: int) -> Iterator[Change]:
    for use in case.resources:
        if use.name == request and number < use.amount:
            yield Change(
                f"ask for {number} of {use.resource} instead of {use.amount}",
                partial(_asking, resource=use.resource, amount=number),
            )


def _asking(subject: Subject, resource: str, amount: int) -> Subject:
    """Return the subject with another amount of an extended resource."""

    def edited(container: Container) -> Container:
        if resource not in container.requests:
            return container
        requests = {**container.requests, resource: Quantity.of(amount)}
        return dataclasses.replace(container, requests=requests)

    assert subject.pod is not None, "only pods ask for extended resources"
    pod = dataclasses.replace(
        subject.pod,
        containers=tuple(map(edited, subject.pod.containers)),
        init_containers=tuple(map(edited, subject.pod.init_containers)),
    )
    uses = tuple(
        use._replace(amount=amount) if use.resource == resource else use
        for use in subject.extended
    )
    return dataclasses.replace(subject, pod=pod, extended=uses)

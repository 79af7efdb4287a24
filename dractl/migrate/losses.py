"""What a rewriting cannot do, or does not keep: a row for each code."""

from collections.abc import Mapping
from typing import Final

from dractl.migrate.answer import Finding
from dractl.migrate.inputs import Route
from dractl.rules.registry import Severity

CODES: Final[Mapping[str, tuple[Severity, str]]] = {
    "not-rewritten": (
        Severity.ERROR,
        """A workload cannot be rewritten to claims.

Its fields for claims have a type that the API server refuses, it asks for devices
where no claim can be named, or for more of one kind than a claim can have.""",
    ),
    "init-sees-more": (
        Severity.WARNING,
        """An init container gets more devices than it asked for.

It has devices of the containers after it, by the requests of these. A request cannot be
had in part, so that a container has all devices of each one that it names.""",
    ),
    "not-aligned": (
        Severity.WARNING,
        """The devices of a request need not be near each other.

Kueue admits no claims with constraints, so that --align does nothing for workloads that
it queues.""",
    ),
    "not-reversible": (
        Severity.WARNING,
        """The way back gives something else than there was.

Extended resources cannot say all that claims can. What is lost has to be written by
hand after `dractl migrate render --reverse`.""",
    ),
    "requirement-stays": (
        Severity.WARNING,
        """A requirement on node labels stays where it is.

Node selector terms are alternatives. Taking a requirement out of one would leave it
empty, or let in nodes that the others keep out.""",
    ),
    "claim-stays": (
        Severity.ERROR,
        """A claim cannot be extended resources, so it stays.

Its template is not among what was read, it has alternatives, or no device plugin is
known that offers such devices. The pods keep the claim after `dractl migrate render
--reverse`.""",
    ),
}
"""The severity of each code, and its manual, whose first line is a title."""


def loss(
    code: str, message: str, subject: str, where: str, route: Route | None = None
) -> Finding:
    """Return a finding with the severity of its code, which is a row of `CODES`."""
    return Finding(code, CODES[code][0], message, subject, where, route=route)

"""What a rewriting cannot do, or does not keep: a row for each code."""

from collections.abc import Mapping
from typing import Final

from dractl.migrate.answer import Finding
from dractl.migrate.inputs import Route
from dractl.rules.registry import Severity

CODES: Final[Mapping[str, tuple[Severity, str]]] = {
    "not-rewritten": (
        Severity.ERROR,
        "pods cannot have claims as they are written, so they stay",
    ),
    "init-sees-more": (
        Severity.INFO,
        "an init container can use more devices than it asked for",
    ),
    "requirement-stays": (
        Severity.WARNING,
        "a requirement on nodes cannot go, though the claim says the same",
    ),
    "not-aligned": (
        Severity.WARNING,
        "devices need not share an attribute, since a queue takes no constraints",
    ),
    "claim-stays": (
        Severity.ERROR,
        "extended resources cannot stand for a claim, so it stays",
    ),
    "not-reversible": (
        Severity.WARNING,
        "extended resources cannot say all that a claim says",
    ),
}
"""The severity of each code, and what it says."""


def loss(
    code: str, message: str, subject: str, where: str, route: Route | None = None
) -> Finding:
    """Return a finding with the severity of its code, which is a row of `CODES`."""
    return Finding(code, CODES[code][0], message, subject, where, route=route)

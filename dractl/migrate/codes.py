"""Every finding of a migration by its code: from hazards, configurations, rewriting."""

from collections.abc import Mapping
from typing import Final

from dractl.migrate import labels, traces
from dractl.migrate.evidence.codes import CODES as OF_CONFIGURATIONS
from dractl.migrate.hazards import HAZARDS, Hazard
from dractl.migrate.losses import CODES as OF_REWRITING
from dractl.rules.registry import Severity

MODULES: Final = (labels, traces)
"""Modules that enter rows into the table of hazards when they are imported."""


def _rows(table: Mapping[str, tuple[Severity, str]]) -> dict[str, Hazard]:
    return {
        code: Hazard(code, severity, _sentence(text))
        for code, (severity, text) in table.items()
    }


def _sentence(text: str) -> str:
    end = "" if text.endswith(".") else "."
    return f"{text[:1].upper()}{text[1:]}{end}"


CODES: Final[Mapping[str, Hazard]] = {
    **_rows(OF_CONFIGURATIONS),
    **_rows(OF_REWRITING),
    **HAZARDS,
}
"""All that can be found, with severity and manual."""

"""What was read of configurations, and what is wrong with them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from dractl.api.decode_fields import Wire, wire
from dractl.api.problems import MalformedField
from dractl.migrate.answer import Finding
from dractl.migrate.evidence.codes import finding

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that was read.

    `where` is its place, `""` for labels of nodes. `kind` says what it configures
    (`NVIDIA device plugin`), `subject` in which object or entry, `says` what stands
    there, `means` what follows for a migration. `nodes` are those that it is about,
    none for all, or where that is not known.
    """

    where: str
    kind: str
    subject: str
    says: str
    means: str = ""
    nodes: tuple[str, ...] = ()


@dataclass(slots=True)
class Record:
    """Grows while documents are read."""

    settings: list[Setting] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def note(self, setting: Setting) -> None:
        """Add a setting."""
        self.settings.append(setting)

    def complain(
        self, code: str, message: str, *, subject: str, where: str = "", fix: str = ""
    ) -> None:
        """Add a finding, once."""
        made = finding(code, message, subject=subject, where=where, fix=fix)
        if made not in self.findings:
            self.findings.append(made)

    def read(
        self, reader: Callable[[Wire], T], value: object, subject: str, where: str
    ) -> T | None:
        """Return what a reader makes of a value; None, and a finding, if it cannot."""
        try:
            return reader(wire(value))
        except MalformedField as bad:
            self.complain(
                "config-unreadable",
                f"{subject} cannot be read: {bad}",
                subject=subject,
                where=where,
                fix="correct the value; the plugin cannot read it either",
            )
            return None

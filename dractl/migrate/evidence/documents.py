"""Where configurations stand: entries of ConfigMaps, plain files, values of Helm."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from dractl.migrate.evidence.record import Record
from dractl.migrate.inputs import Input
from dractl.rules.subject import mapping

_OF_HELM: Final = re.compile(r"(?:.*\.)?config\.(?:map|data)\.(.+)", re.DOTALL)


_MARKS: Final = (
    "migStrategy",
    "timeSlicing",
    "mig-configs",
    "resourceList",
    "configList",
)


@dataclass(frozen=True, slots=True)
class Text:
    """A value that may be a configuration.

    `holder` is the name of its ConfigMap, "" for a file; `entry` its key in there.
    `subject` names it for the user.
    """

    value: object
    subject: str
    where: str
    holder: str = ""
    entry: str = ""


def texts_of(source: Input) -> Iterator[Text]:
    """Yield what a document holds: its texts, and itself if it has no kind."""
    if source.kind == "ConfigMap":
        for key, value in source.texts.items():
            subject, where = f"{source.title}, {key}", source.place(("data", key))
            yield Text(value, subject, where, source.name, key)
    elif not source.kind:
        for key, value in source.texts.items():
            found = _OF_HELM.fullmatch(key)
            entry = found[1] if found else key
            yield Text(value, f"{source.where}, {key}", source.where, "", entry)
        yield Text(source.document, source.where, source.where)


def check_unread(inputs: Sequence[Input], record: Record) -> None:
    """Record values of ConfigMaps that look like configurations, and are no YAML."""
    for source in inputs:
        if source.kind != "ConfigMap":
            continue
        for key, value in mapping(source.document, "data").items():
            is_read = key in source.texts or not isinstance(value, str)
            if not is_read and any(mark in value for mark in _MARKS):
                subject = f"{source.title}, {key}"
                record.complain(
                    "config-unreadable",
                    f"{subject} is not YAML, or too large to be read",
                    subject=subject,
                    where=source.place(("data", key)),
                    fix="correct it; the plugin cannot read it either",
                )

"""Rules as documents, and what marks those that dractl has made."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from dractl.api.encode import taint_to_wire
from dractl.api.versions import HUB
from dractl.model.devices import Taint
from dractl.model.taintrules import DeviceSelector, DeviceTaintRule
from dractl.taints.naming import rule_name

Document = dict[str, Any]

MANAGED_BY: Final = "app.kubernetes.io/managed-by"
TOOL: Final = "dractl"
PREVIEW: Final = "dractl.dev/preview"
OWNER: Final = "dractl.dev/owner"
REASON: Final = "dractl.dev/reason"
UNTIL: Final = "dractl.dev/until"


@dataclass(frozen=True, slots=True)
class Remarks:
    """What people are told of a rule: who made it, why, and until when it is meant.

    "" for what is not said; `until` is a time in RFC 3339.
    """

    owner: str = ""
    reason: str = ""
    until: str = ""

    @staticmethod
    def of(rule: DeviceTaintRule) -> "Remarks":
        """Return what a rule says of itself."""
        return Remarks.among(rule.meta.annotations)

    @staticmethod
    def among(annotations: Mapping[str, str]) -> "Remarks":
        """Return what annotations say of a rule."""
        return Remarks(*(annotations.get(each, "") for each in (OWNER, REASON, UNTIL)))

    def on_top_of(self, older: "Remarks") -> "Remarks":
        """Return these with owner and reason of older ones where they say none.

        For how long a rule is meant is said anew each time: an old end may be over.
        """
        return Remarks(
            self.owner or older.owner, self.reason or older.reason, self.until
        )

    def annotations(self) -> dict[str, str]:
        """Return the annotations that say it."""
        said = {OWNER: self.owner, REASON: self.reason, UNTIL: self.until}
        return {name: text for name, text in said.items() if text}


def is_ours(rule: DeviceTaintRule) -> bool:
    """Tell whether dractl has made a rule."""
    return rule.meta.labels.get(MANAGED_BY) == TOOL


def is_preview(rule: DeviceTaintRule) -> bool:
    """Tell whether a rule only asks, and was to be removed with the answer."""
    return is_ours(rule) and PREVIEW in rule.meta.labels


def rule_document(
    selector: DeviceSelector, taint: Taint, name: str | None = None
) -> Document:
    """Return a DeviceTaintRule; by default its name is made of what it is about."""
    return {
        "apiVersion": HUB,
        "kind": "DeviceTaintRule",
        "metadata": {"name": name or rule_name(selector, taint.key)},
        "spec": {
            "deviceSelector": selector.as_wire(),
            "taint": taint_to_wire(taint),
        },
    }


def marked(document: Document, remarks: Remarks) -> Document:
    """Return a rule that is known as one of dractl, with remarks."""
    metadata = {**document["metadata"], "labels": {MANAGED_BY: TOOL}}
    if annotations := remarks.annotations():
        metadata["annotations"] = annotations
    return {**document, "metadata": metadata}

"""The codes of what can be left over, and what each means."""

from collections.abc import Mapping
from typing import Final

CODES: Final[Mapping[str, str]] = {
    "template-unused": "nothing refers to the template",
    "claim-owner-gone": "the claim was made for a pod that is gone",
    "claim-unused": "nothing refers to the claim",
    "claim-held-by-finished": "only pods that have ended hold its devices",
    "claim-reserved-for-gone": "it is reserved for pods that are gone",
    "taint-rule-expired": "its time is over",
    "taint-rule-without-devices": "it selects no device",
    "slice-node-gone": "its node is gone",
    "slice-old-generation": "its pool has a newer generation",
    "slice-by-hand": "no driver has written it",
    "slice-driver-gone": "its driver seems to run nowhere",
    "class-unused": "nothing asks for the class",
}

"""Clouds, by the words of the firmware of their machines."""

from collections.abc import Mapping
from typing import Final

AMAZON: Final = "Amazon EC2"
_AZURE: Final = "7783-7084-3265-9085-8269-3286-77"  # the same on all its machines
_SIGNS: Final = (
    ("sys_vendor", AMAZON, AMAZON),
    ("product_name", "Google Compute Engine", "Google Compute Engine"),
    ("chassis_asset_tag", _AZURE, "Microsoft Azure"),
    ("chassis_asset_tag", "OracleCloud.com", "Oracle Cloud"),
    ("sys_vendor", "Alibaba Cloud", "Alibaba Cloud"),
)


def cloud(dmi: Mapping[str, str]) -> str | None:
    """Return the cloud that a machine belongs to; None: none, or none that is known."""
    for word, sign, name in _SIGNS:
        if dmi.get(word, "").strip() == sign:
            return name
    return None

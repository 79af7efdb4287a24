"""What can be wrong with the configuration of device plugins: a row for each code."""

from collections.abc import Mapping
from typing import Final

from dractl.migrate.answer import Finding
from dractl.rules.registry import Severity

CODES: Final[Mapping[str, tuple[Severity, str]]] = {
    "sharing-contradiction": (
        Severity.WARNING,
        "node labels say another thing of a resource than the plugin's configuration",
    ),
    "mig-strategy-contradiction": (
        Severity.WARNING,
        "two places set the plugin's MIG strategy, each to something else",
    ),
    "amount-contradiction": (
        Severity.WARNING,
        "a node has another amount of a resource than its labels make",
    ),
    "plugin-setting-ignored": (
        Severity.WARNING,
        "the plugin reads a setting, but does nothing about it",
    ),
    "plugin-setting-refused": (
        Severity.WARNING,
        "the plugin does not start with such a configuration, so it is in use nowhere",
    ),
    "config-unreadable": (
        Severity.WARNING,
        "a configuration of a plugin cannot be read, so it tells nothing",
    ),
    "config-missing": (
        Severity.WARNING,
        "a configuration is named, but it is not among the documents",
    ),
    "mig-layout-unsettled": (
        Severity.WARNING,
        "the MIG manager has not brought a node to its layout",
    ),
    "mig-layout-unfit": (
        Severity.WARNING,
        "the MIG layout of a node does not suit the strategy of its plugin",
    ),
    "mig-manager-with-dynamic-mig": (
        Severity.ERROR,
        "the MIG manager makes partitions, and the DRA driver removes them",
    ),
    "selector-without-equivalent": (
        Severity.WARNING,
        "a selector of network devices selects by what no DRA driver publishes",
    ),
    "selector-becomes-config": (
        Severity.INFO,
        "a selector of network devices is a setting of the claim with DRA",
    ),
    "imex-becomes-compute-domain": (
        Severity.INFO,
        "IMEX channels come from a ComputeDomain with DRA, not from the plugin",
    ),
}
"""The severity of each code, and what it says."""


def finding(
    code: str, message: str, *, subject: str = "", where: str = "", fix: str = ""
) -> Finding:
    """Return a finding with the severity of its code, which is a row of `CODES`."""
    return Finding(code, CODES[code][0], message, subject, where, fix)

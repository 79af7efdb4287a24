"""Under which service accounts drivers run, as far as their pods' names tell."""

from typing import NamedTuple

from dractl.diagnose.plugins import pods_of
from dractl.doctor.case import Case
from dractl.model.access import Subject


class Account(NamedTuple):
    """A driver, and a service account that its pods use."""

    driver: str
    subject: Subject


def accounts(case: Case) -> tuple[Account, ...]:
    """Return the accounts of the drivers that publish something, each once."""
    drivers = sorted({each.driver for each in case.snapshot.slices})
    found = {
        Account(
            driver,
            Subject("ServiceAccount", pod.service_account, pod.meta.namespace),
        ): None
        for driver in drivers
        for pod in pods_of(case.snapshot, driver)
        if pod.service_account
    }
    return tuple(found)

"""The `driverStatus` of articles: what it says, and what the API has for it.

ResourceClaims have had `status.devices` since 1.32 (KEP-4817). A `status.driverStatus`
was never a field: the API server drops it, so that it is found in files only.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from dractl.api.decode_claims import in_one_line
from dractl.health.answer import FreeClaim, FreeStatus, Level, Sign, Subject
from dractl.model.claims import ResourceClaim
from dractl.model.devices import DeviceId

_KEYS: Final = ("healthStatus", "health", "status", "state")
_WORDS: Final[Mapping[str, Level]] = {
    **dict.fromkeys(("healthy", "ok", "good", "normal"), Level.HEALTHY),
    **dict.fromkeys(
        ("unhealthy", "failed", "faulty", "error", "critical", "bad"), Level.UNHEALTHY
    ),
    **dict.fromkeys(("degraded", "warning"), Level.DEGRADED),
}
_STATUS: Final = {Level.HEALTHY: "True", Level.UNKNOWN: "Unknown"}
_SHOWN: Final = DeviceId("DRIVER", "POOL", "DEVICE")


def subjects_of(claim: ResourceClaim) -> tuple[Subject, ...]:
    """Return what the status is about: the devices of the claim, or the claim."""
    if claim.allocation is None or not claim.allocation.results:
        return (FreeClaim(*claim.meta.key),)
    return tuple(each.device for each in claim.allocation.results)


def sign_of(free: Mapping[str, object]) -> Sign:
    """Return what such a status says of the health of devices."""
    key, word = _word(free)
    level = _WORDS.get(word.lower(), Level.UNKNOWN)
    told = f"{key}={word}" if key else "nothing of health"
    return Sign(
        "free-status",
        level,
        f"status.driverStatus says {told}; the API has no such field",
        evidence={"field": key or None, "value": word or None},
    )


def translated(claim: ResourceClaim, free: Mapping[str, object]) -> FreeStatus:
    """Return the status with what says the same in the API."""
    key, word = _word(free)
    level = _WORDS.get(word.lower(), Level.UNKNOWN)
    rest = {name: _plain(value) for name, value in free.items() if name != key}
    results = () if claim.allocation is None else claim.allocation.results
    devices = [each.device for each in results] or [_SHOWN]
    condition = {
        "type": "Healthy",
        "status": _STATUS.get(level, "False"),
        "reason": _reason(word),
        "message": "",
        "lastTransitionTime": "TIME",
    }
    instead = {
        "status": {
            "devices": [
                {
                    "driver": device.driver,
                    "pool": device.pool,
                    "device": device.device,
                    "conditions": [condition],
                    **({"data": rest} if rest else {}),
                }
                for device in devices
            ]
        }
    }
    return FreeStatus(claim.meta, tuple(_fields(free)), instead)


def _word(free: Mapping[str, object]) -> tuple[str, str]:
    """Return the field that tells the health, and what it says; "": there is none."""
    for key in _KEYS:
        if isinstance(value := free.get(key), str) and value:
            return key, value
    return "", ""


def _reason(word: str) -> str:
    """Return a word as the reason of a condition, which only may have letters."""
    letters = "".join(
        each for each in word.title() if each.isascii() and each.isalnum()
    )
    return letters if letters[:1].isalpha() else "Unknown"


def _fields(free: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, value in free.items():
        plain = _plain(value)
        yield name, plain if isinstance(plain, str) else in_one_line(plain)


def _plain(value: object) -> object:
    """Return a value as it is if it is a single one, else as text."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    return in_one_line(value)

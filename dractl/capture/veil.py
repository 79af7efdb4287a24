"""Free-form configuration without the values that its own words call secret."""

from collections.abc import Mapping
from typing import Any, Final

LEFT_OUT: Final = "(left out)"
_SECRET: Final = (
    "apikey", "auth", "certificate", "credential", "passphrase", "passwd", "password",
    "privatekey", "secret", "token",
)  # fmt: skip
_DEEPEST: Final = 200  # dractl reads no configuration that is nested deeper


def veiled(value: Any) -> Any:
    """Return the value with everything left out below keys that speak of secrets."""
    return _veiled(value, 0)


def _veiled(value: Any, depth: int) -> Any:
    if depth > _DEEPEST:
        return LEFT_OUT
    if isinstance(value, list | tuple):
        return [_veiled(each, depth + 1) for each in value]
    if not isinstance(value, Mapping):
        return value
    return {
        key: LEFT_OUT if _is_secret(str(key)) else _veiled(each, depth + 1)
        for key, each in value.items()
    }


def _is_secret(key: str) -> bool:
    plain = "".join(filter(str.isalnum, key)).lower()
    return any(word in plain for word in _SECRET)

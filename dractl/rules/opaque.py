"""Rules of opaque configuration for drivers."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from dractl.rules.drivers import check_driver
from dractl.rules.path import Path
from dractl.rules.reasons import invalid, required, too_long
from dractl.rules.registry import Violation, rule
from dractl.rules.wire import Wire

PARAMETER_BYTES: Final = 10 * 1024


def check_config(config: Wire, path: Path) -> Iterator[Violation]:
    """Walk through one entry of a configuration, except for its requests."""
    opaque = config.get("opaque")
    path = path.field("opaque")
    if opaque is None:
        yield from config_opaque_required(path)
        return
    yield from config_driver(opaque.get("driver", ""), path.field("driver"))
    yield from config_parameters(opaque.get("parameters"), path.field("parameters"))


@rule("config-opaque-required")
def config_opaque_required(path: Path) -> Iterator[Violation]:
    """A configuration is opaque: there is no other kind."""
    yield from required("config-opaque-required", path, "the entry configures nothing")


@rule("config-driver")
def config_driver(name: str, path: Path) -> Iterator[Violation]:
    """A configuration names the driver that it is for.

    At most 63 bytes of a DNS subdomain, in which upper case is allowed. Whether such a
    driver exists is not asked.
    """
    yield from check_driver("config-driver", name, path)


@rule("config-parameters")
def config_parameters(value: Any, path: Path) -> Iterator[Violation]:
    """Parameters for a driver are a JSON object of at most 10 KiB.

    Counted are the bytes of compact JSON. What is in the object is the driver's affair.
    """
    code = "config-parameters"
    if value is None:
        yield from required(code, path, "there are no parameters", "write {}")
        return
    size = json_size(value)
    if size > PARAMETER_BYTES:
        yield from too_long(code, path, size, PARAMETER_BYTES)
    elif not isinstance(value, Mapping):
        yield from invalid(code, path, "parameters must be an object")


def json_size(value: Any) -> int:
    """Return how many bytes the value has as compact JSON."""
    try:
        text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=str)
    except (ValueError, RecursionError, TypeError):
        return 0  # no JSON can be as it is, so it came from elsewhere
    return len(text.encode("utf-8", "surrogatepass"))

"""Words for devices: `DRIVER`, `DRIVER/POOL`, `DRIVER/POOL/DEVICE`."""

from collections.abc import Iterator

from dractl.errors import unclear
from dractl.model.names import LABEL_BYTES, dns_label, dns_subdomain, size
from dractl.model.taintrules import DeviceSelector


def selector_of(word: str) -> DeviceSelector:
    """Read a word for devices; raise DractlError for what can be none.

    A pool may have slashes in its name: `DRIVER/POOL/` names one without a device.
    """
    found = _taken_apart(word)
    for part, fault in _faults(found):
        raise unclear(
            f"{word[:120]!r} names no devices: its {part} {fault}",
            hint="write DRIVER, DRIVER/POOL or DRIVER/POOL/DEVICE, like "
            "gpu.example.com/node-1/gpu-0",
        )
    return found


def _taken_apart(word: str) -> DeviceSelector:
    driver, slash, rest = word.partition("/")
    if not slash:
        return DeviceSelector(driver)
    pool, inner, device = rest.rpartition("/")
    if not inner:
        return DeviceSelector(driver, rest)
    return DeviceSelector(driver, pool, device or None)


def _faults(selector: DeviceSelector) -> Iterator[tuple[str, str]]:
    driver, pool, device = selector
    if not driver:
        yield "driver", "is missing"
    elif size(driver) > LABEL_BYTES:
        yield "driver", f"has more than {LABEL_BYTES} bytes"
    else:
        # Of drivers only, upper case is as good as lower case.
        yield from (("driver", each) for each in dns_subdomain(driver.lower()))
    if pool is not None:
        for part in pool.split("/"):
            yield from (("pool", each) for each in dns_subdomain(part))
    if device is not None:
        yield from (("device", each) for each in dns_label(device))

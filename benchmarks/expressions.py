"""How long typical selectors take over 10,000 devices.

Run it with `python -m benchmarks.expressions`.
"""

import gc
import statistics
import time
from typing import Final

from dractl.cel.environment import STORED
from dractl.cel.selector import Selector
from dractl.model.attributes import Attribute, SemVer
from dractl.model.devices import Device, DeviceId
from dractl.model.quantity import Quantity

DEVICES: Final = 10_000
ROUNDS: Final = 5
DRIVER: Final = "gpu.nvidia.com"
MODELS: Final = ("NVIDIA A100-SXM4-80GB", "NVIDIA H100 80GB HBM3", "NVIDIA L40S", "T4")

_DOMAIN: Final = f'device.attributes["{DRIVER}"]'
EXPRESSIONS: Final = {
    "driver": f'device.driver == "{DRIVER}"',
    "regular expression": f'device.driver == "{DRIVER}" && '
    f'{_DOMAIN}.productName.lowerAscii().matches("^.*a100.*$")',
    "capacity": f'device.capacity["{DRIVER}"].memory.compareTo(quantity("40Gi")) >= 0',
    "version": f'{_DOMAIN}.driverVersion.isGreaterThan(semver("535.0.0"))',
    "three strings": f'{_DOMAIN}.productName == "{MODELS[0]}" && '
    f'{_DOMAIN}.architecture == "Ampere" && {_DOMAIN}.type == "gpu"',
    "in, has, <": f'"{DRIVER}" in device.attributes && has({_DOMAIN}.index) && '
    f"{_DOMAIN}.index < 4",
    "bind": f'cel.bind(d, {_DOMAIN}, d.type == "gpu" && d.index < 4)',
    "optional": f'{_DOMAIN}[?"productName"].orValue("").startsWith("NVIDIA A100")',
    "list": f"{_DOMAIN}.links.exists(x, x > 6) && {_DOMAIN}.links.includes(3)",
    "one of": f'{_DOMAIN}.architecture in ["Ampere", "Hopper"]',
}


def gpu(number: int) -> Device:
    """Return a device with the fifteen attributes of a large GPU."""
    model = MODELS[number % len(MODELS)]
    attributes = {
        "type": Attribute("string", "gpu"),
        "index": Attribute("int", number % 8),
        "minor": Attribute("int", number % 8),
        "uuid": Attribute("string", f"GPU-{number:08x}"),
        "productName": Attribute("string", model),
        "brand": Attribute("string", "Nvidia"),
        "architecture": Attribute("string", "Ampere" if number % 2 else "Hopper"),
        "cudaComputeCapability": Attribute("version", SemVer.parse("8.0.0")),
        "driverVersion": Attribute("version", SemVer.parse(f"{520 + number % 40}.1.0")),
        "cudaDriverVersion": Attribute("version", SemVer.parse("12.4.0")),
        "pcieRoot": Attribute("string", f"pci0000:{number % 16:02x}"),
        "numa": Attribute("int", number % 2),
        "ecc": Attribute("bool", value=True),
        "mig": Attribute("bool", value=False),
        "links": Attribute("ints", tuple(range(number % 9))),
    }
    memory = Quantity.parse("80Gi" if number % 2 else "40Gi")
    return Device(
        DeviceId(DRIVER, f"node-{number // 8}", f"gpu-{number % 8}"),
        attributes={f"{DRIVER}/{name}": value for name, value in attributes.items()},
        qualified_capacity={f"{DRIVER}/memory": memory},
    )


def _milliseconds(expression: str, devices: list[Device]) -> tuple[float, int]:
    selector = Selector(expression, STORED)
    selector.matches(devices[0])
    rounds = []
    matches = 0
    for _ in range(ROUNDS):
        started = time.perf_counter()
        matches = sum(map(selector.matches, devices))
        rounds.append(time.perf_counter() - started)
    return statistics.median(rounds) * 1000, matches


def _compile_milliseconds(expression: str) -> float:
    rounds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        Selector(expression, STORED).matches(gpu(0))
        rounds.append(time.perf_counter() - started)
    return statistics.median(rounds) * 1000


def main() -> None:
    """Print one line per expression."""
    devices = [gpu(number) for number in range(DEVICES)]
    gc.freeze()
    print(f"{'':20} {'10,000 devices':>15} {'compile':>10} {'match':>7}")
    for name, expression in EXPRESSIONS.items():
        taken, matches = _milliseconds(expression, devices)
        made = _compile_milliseconds(expression)
        print(f"{name:20} {taken:12.1f} ms {made:7.2f} ms {matches:7}")


if __name__ == "__main__":
    main()

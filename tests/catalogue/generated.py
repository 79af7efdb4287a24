"""Devices and clauses for properties: few names, so that they meet."""

import dataclasses

from hypothesis import strategies as st

from dractl.catalogue.snippets import condition
from dractl.model.attributes import Attribute, SemVer
from dractl.model.devices import Capacity, Device
from dractl.model.quantity import Quantity
from tests.builders import device

DRIVERS = ("gpu.example.com", "nic.example.com")
NAMES = ("gpu.example.com/model", "gpu.example.com/x-y", "example.org/root")
VERSIONS = tuple(map(SemVer.parse, ("1.0.0", "1.2.3", "1.0.0-rc.1", "2.0.0+b")))
AMOUNTS = tuple(map(Quantity.parse, ("0", "40Gi", "81559Mi", "1500m", "1e21", "-3")))

texts = st.sampled_from(("A100", "a100", "", 'say "hi"\\', "two\nlines")) | st.text(
    st.characters(exclude_categories=["Cs"]), max_size=5
)
ints = st.integers(-(2**63), 2**63 - 1) | st.integers(0, 3)
versions = st.sampled_from(VERSIONS)
amounts = st.sampled_from(AMOUNTS)
attributes = st.one_of(
    st.builds(Attribute, st.just("string"), texts),
    st.builds(Attribute, st.just("int"), ints),
    st.builds(Attribute, st.just("bool"), st.booleans()),
    st.builds(Attribute, st.just("version"), versions),
    st.builds(Attribute, st.just("strings"), st.lists(texts, max_size=3).map(tuple)),
    st.builds(Attribute, st.just("ints"), st.lists(ints, max_size=3).map(tuple)),
    st.builds(
        Attribute, st.just("versions"), st.lists(versions, max_size=3).map(tuple)
    ),
)


def _device(
    number: int, driver: str, values: dict[str, Attribute], memory: Quantity | None
) -> Device:
    amounts = {} if memory is None else {"memory": memory}
    return dataclasses.replace(
        device(f"dev-{number}", driver=driver),
        attributes=values,
        capacity={name: Capacity(amount) for name, amount in amounts.items()},
        qualified_capacity={
            f"gpu.example.com/{name}": amount for name, amount in amounts.items()
        },
    )


devices = st.lists(
    st.builds(
        _device,
        st.integers(0, 9),
        st.sampled_from(DRIVERS),
        st.dictionaries(st.sampled_from(NAMES), attributes, max_size=3),
        st.none() | amounts,
    ),
    max_size=6,
)
_operators = st.sampled_from(("==", "!=", "<", "<=", ">", ">="))
_scalars = st.one_of(texts, ints, versions)
_paths = st.sampled_from(
    [("attributes", *name.split("/")) for name in (*NAMES, "gpu.example.com/modle")]
)
clauses = st.one_of(
    st.builds(condition, _paths, st.sampled_from(("==", "!=")), _scalars),
    st.builds(condition, _paths, _operators, st.one_of(ints, versions)),
    st.builds(
        condition,
        st.just(("capacity", "gpu.example.com", "memory")),
        _operators,
        amounts,
    ),
    st.sampled_from(
        (
            'device.driver == "gpu.example.com"',
            'device.driver in ["nic.example.com", "gpu.example.com"]',
            'has(device.attributes["gpu.example.com"].model)',
            '"x-y" in device.attributes["gpu.example.com"]',
            'device.attributes["gpu.example.com"].?model.orValue("") == "A100"',
            'device.attributes["gpu.example.com"].model.startsWith("A")',
            '!device.attributes["gpu.example.com"].model',
            'device.attributes["gpu.example.com"].model in ["A100", "L4"]',
            'device.capacity["gpu.example.com"].memory.isGreaterThan(quantity("40Gi"))',
            "true",
        )
    ),
)


def _joined(parts: list[str], operator: str) -> str:
    return f" {operator} ".join(f"({each})" for each in parts)


expressions = st.lists(
    st.builds(
        _joined,
        st.lists(clauses, min_size=1, max_size=2),
        st.sampled_from(("&&", "||")),
    ),
    min_size=1,
    max_size=3,
).map(lambda parts: _joined(parts, "&&"))

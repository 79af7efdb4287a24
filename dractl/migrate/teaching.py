"""What a mapping file teaches: resources that no row knows, or knows otherwise.

The file is YAML or JSON. All that it says comes before what dractl knows:

    plugins:
    - name: widget device plugin          # any words
      images: [widget-plugin]             # pieces of the names of its images
      resources:
      - resource: example.com/widget-*    # the name; * ? [..] are wildcards
        unit: device                      # or partition, time-slice, mps-share, core,
                                          # fraction; device if it is left out
        driver: gpu.example.com           # the DRA driver; none: it stays as it is
        deviceClass: gpu.example.com      # the driver's first one if it is left out
        conditions: ["model={}"]          # as dractl render takes them
        selector: ""                      # CEL, for what these cannot say
        spelling: {"-": " "}              # what in the name is spelled otherwise
        capacity: {memory: 10Gi}          # what to ask for of a shared device
        keepsPods: true                   # a DeviceClass can serve pods as they are
        monitoring: false                 # it is access to all devices
        decision: ""                      # why somebody has to choose
        differences: []                   # what users notice
      labels:
      - label: example.com/model          # node labels that pods select by
        fate: device                      # or node (it stays), gone (it goes)
        driver: gpu.example.com
        name: model                       # the attribute or capacity
        reading: text                     # see dractl.vendors.plugins.Reading
        table: {}                         # the driver's words for values
        suffixes: []                      # patterns of endings that go
        why: ""
      traces:
      - place: environment                # or runtime-class, toleration, annotation
        pattern: WIDGET_*
        advice: the driver sets it
        removable: true
      switch:                             # node labels: plugin off, driver on
        pluginOff: {widget-plugin: "false"}
        driverOn: {widget-driver: "true"}
        note: ""

In conditions and the selector, `{}` is what the wildcards stand for, or the profile of
a partition; `{1}` and `{2}` are what is before and after the first underscore of it,
`{resource}` the whole name, `{name}` that without its domain. In the capacity of a
fraction, `{}` is the amount that a container asks for.
"""

import json
from collections.abc import Mapping
from typing import Final, TypeVar, cast, get_args

from dractl.api import decode_fields
from dractl.api.decode_fields import Wire, each, flag, flag_if_set, labels, text, texts
from dractl.api.problems import MalformedField
from dractl.cel.environment import STORED
from dractl.cel.errors import SelectorCompileError
from dractl.cel.selector import compile_cached
from dractl.errors import DractlError, ExitStatus
from dractl.migrate.filling import filled
from dractl.migrate.filling import texts as texts_of
from dractl.migrate.readings import KINDS, TEXTS, kind_of
from dractl.model.names import dns_subdomain, is_extended_resource, is_identifier
from dractl.model.quantity import Quantity, QuantityError
from dractl.vendors.plugins import (
    Extended,
    Fate,
    Label,
    Plugin,
    Reading,
    Switch,
    Trace,
    TracePlace,
    Unit,
    filled_pattern,
)

T = TypeVar("T")

_PLUGIN_KEYS: Final = ("name", "images", "resources", "labels", "traces", "switch")
_RESOURCE_KEYS: Final = (
    "resource", "unit", "driver", "deviceClass", "conditions", "selector", "spelling",
    "capacity", "keepsPods", "monitoring", "decision", "differences",
)  # fmt: skip
_LABEL_KEYS: Final = (
    "label", "fate", "driver", "name", "reading", "table", "suffixes", "why",
)  # fmt: skip
_TRACE_KEYS: Final = ("place", "pattern", "advice", "removable")
_ANY_PART: Final = "1"  # suits text and numbers alike
_AMOUNT: Final = "{}"


def plugins_in(document: object, where: str) -> tuple[Plugin, ...]:
    """Return what a mapping file teaches, in the order of the file.

    `where` is the file. Raises DractlError with the path of the field for all that is
    not as the format wants it: unknown fields, wrong types, words without a meaning.
    """
    try:
        return _plugins(decode_fields.wire(document))
    except MalformedField as bad:
        raise DractlError(
            "mapping",
            f"{bad.path or 'the document'} {bad.message}",
            where=where,
            hint="a file begins with plugins:, a list of device plugins",
            status=ExitStatus.USAGE,
        ) from None


def lesson(resource: str) -> str:
    """Return the file that teaches a resource, with blanks in <> to fill."""
    return f"""\
plugins:
- name: <what the device plugin is called>
  resources:
  - resource: {json.dumps(resource)}
    driver: <name of the DRA driver>
    deviceClass: <name of its DeviceClass>
    # conditions: ["model=H100", "memory>=80Gi"]
"""


def _plugins(source: Wire) -> tuple[Plugin, ...]:
    _check_keys(source, ("plugins",))
    found = each(source, "plugins", _plugin)
    if not found:
        raise MalformedField("plugins", "must list something")
    return found


def _plugin(source: Wire) -> Plugin:
    _check_keys(source, _PLUGIN_KEYS)
    return Plugin(
        _needed(source, "name"),
        each(source, "resources", _extended),
        each(source, "labels", _label),
        each(source, "traces", _trace),
        decode_fields.within(source, "switch", _switch),
        texts(source, "images"),
    )


def _extended(source: Wire) -> Extended:
    _check_keys(source, _RESOURCE_KEYS)
    pattern = _needed(source, "resource")
    if not is_extended_resource(filled_pattern(pattern, "x")):
        raise MalformedField("resource", "is not the name of an extended resource")
    keeps = flag_if_set(source, "keepsPods")
    row = Extended(
        pattern,
        _domain(source, "driver"),
        text(source, "deviceClass"),
        texts(source, "conditions"),
        _one_of(source, "unit", get_args(Unit), "device"),
        _pieces(source, "spelling"),
        _capacity(source),
        keeps_pods=keeps is not False,
        is_monitoring=flag(source, "monitoring"),
        decision=text(source, "decision"),
        differences=texts(source, "differences"),
        selector=text(source, "selector"),
    )
    _check_row(row)
    return row


def _check_row(row: Extended) -> None:
    """Raise MalformedField for a row that would be of no use, or fail later."""
    name = row.device_class.replace("{}", _ANY_PART)
    if name and (faults := dns_subdomain(name)):
        raise MalformedField("deviceClass", faults[0])
    if not row.driver and (name or row.conditions or row.selector or row.capacity):
        raise MalformedField("driver", "has to be named for what is asked of it")
    for index, condition in enumerate(row.conditions):
        only = Extended(row.pattern, row.driver, conditions=(condition,))
        _check_expressions(only, f"conditions[{index}]")
    only = Extended(row.pattern, row.driver, selector=row.selector)
    _check_expressions(only, "selector")


def _check_expressions(row: Extended, path: str) -> None:
    try:
        has_halves = any("{1}" in each or "{2}" in each for each in texts_of(row))
        part = f"{_ANY_PART}_{_ANY_PART}" if has_halves else _ANY_PART
        for text_ in filled(row, filled_pattern(row.pattern, part), part):
            compile_cached(text_, STORED)
    except DractlError as error:
        raise MalformedField(path, f"cannot be understood: {error}") from None
    except SelectorCompileError as error:
        raise MalformedField(path, f"does not compile: {error}") from None


def _pieces(source: Wire, key: str) -> Mapping[str, str]:
    found = labels(source, key)
    if "" in found:
        raise MalformedField(f'{key}[""]', "is nothing that a name could have")
    return found


def _capacity(source: Wire) -> Mapping[str, str]:
    found = labels(source, "capacity")
    for name, value in found.items():
        path = f'capacity["{name}"]'
        if not is_identifier(name.rpartition("/")[2]):
            raise MalformedField(path, "is not the name of a capacity")
        if _AMOUNT in value and text(source, "unit") != "fraction":
            raise MalformedField(path, "can have {} only where the unit is fraction")
        try:
            Quantity.parse(value.replace(_AMOUNT, _ANY_PART))
        except QuantityError:
            raise MalformedField(path, "is not a quantity") from None
    return found


def _label(source: Wire) -> Label:
    _check_keys(source, _LABEL_KEYS)
    fate = _one_of(source, "fate", get_args(Fate), None)
    row = Label(
        _needed(source, "label"),
        fate,
        text(source, "why"),
        _domain(source, "driver"),
        text(source, "name"),
        _one_of(source, "reading", get_args(Reading), "text"),
        _pieces(source, "table"),
        texts(source, "suffixes"),
    )
    if fate == "device" and not (row.driver and row.name):
        raise MalformedField("name", "and driver have to be there for the fate device")
    if row.name and not is_identifier(row.name.rpartition("/")[2]):
        raise MalformedField("name", "is not the name of an attribute or capacity")
    kinds = KINDS.get(row.reading, TEXTS)
    if fate == "device" and (kind := kind_of(row)) not in kinds:
        raise MalformedField("reading", f"suits no {kind}, which {row.name} is")
    return row


def _trace(source: Wire) -> Trace:
    _check_keys(source, _TRACE_KEYS)
    return Trace(
        _one_of(source, "place", get_args(TracePlace), None),
        _needed(source, "pattern"),
        _needed(source, "advice"),
        flag(source, "removable"),
    )


def _switch(source: Wire) -> Switch:
    _check_keys(source, ("pluginOff", "driverOn", "note"))
    off, on = labels(source, "pluginOff"), labels(source, "driverOn")
    return Switch(off, on, text(source, "note"))


def _check_keys(source: Wire, known: tuple[str, ...]) -> None:
    for key in source:
        if key not in known:
            shown = str(key)[:63]
            raise MalformedField(shown, f"is no field here: {', '.join(known)}")


def _needed(source: Wire, key: str) -> str:
    found = text(source, key)
    if not found:
        raise MalformedField(key, "has to be there")
    return found


def _domain(source: Wire, key: str) -> str:
    found = text(source, key)
    if found and (faults := dns_subdomain(found)):
        raise MalformedField(key, faults[0])
    return found


def _one_of(source: Wire, key: str, words: tuple[T, ...], default: T | None) -> T:
    """Return a word of a few; the default if it is left out, None for none."""
    found = text(source, key)
    if not found and default is not None:
        return default
    if found not in words:
        raise MalformedField(key, f"must be one of {', '.join(map(str, words))}")
    return cast("T", found)

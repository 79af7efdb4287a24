"""One self-contained JSON Schema for each kind in each version."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from tools.schemas.forms import (
    FLAT_REQUEST,
    FORMS,
    NESTED_REQUEST,
    QUANTITY,
    SHAPES,
)
from tools.schemas.published import GROUP, NEWEST, Field, Root, Type, roots

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
FIELDS: Final = Path(__file__).parent / "fields.yaml"
_REF: Final = "#/$defs/"
_LEAVES: Final[Mapping[str, Mapping[str, object]]] = {
    "Quantity": {
        "description": "An amount, such as 2, 500m or 80Gi.",
        "type": ["string", "number", "null"],
        "pattern": QUANTITY,
    },
    "Time": {
        "description": "A time, such as 2026-01-31T12:00:00Z.",
        "type": ["string", "null"],
        "format": "date-time",
    },
    "RawExtension": {
        "description": "An object whose form somebody else defines.",
        "type": ["object", "null"],
    },
    "FieldsV1": {
        "description": "Fields that a writer owns.",
        "type": ["object", "null"],
    },
}

Words = Mapping[str, Mapping[str, Any]]
Schema = dict[str, Any]


def schemas(types: Mapping[str, Type]) -> dict[str, Schema]:
    """Return every schema by its path below `schemas/`."""
    words: Words = yaml.safe_load(FIELDS.read_text("utf-8"))
    return {
        f"{GROUP}/{root.version}/{root.kind.lower()}.json": _Build(
            types, words, root
        ).schema()
        for root in roots(types)
    }


class _Build:
    """The schema of one kind in one version."""

    def __init__(self, types: Mapping[str, Type], words: Words, root: Root) -> None:
        self._types, self._words, self._root = types, words, root
        # Types that are shared with the rest of Kubernetes are older than the version.
        self._first = types[root.type_name].since

    def schema(self) -> Schema:
        root = self._root
        body = self._object(root.type_name)
        body["properties"]["apiVersion"] = {
            "const": f"{GROUP}/{root.version}",
            **_without_type(body["properties"]["apiVersion"]),
        }
        body["properties"]["kind"] = {
            "const": root.kind,
            **_without_type(body["properties"]["kind"]),
        }
        body["required"] = ["apiVersion", "kind", *body.get("required", ())]
        gate = self._words[root.kind].get("gate")
        last = self._types[root.type_name].until
        return {
            "$schema": DIALECT,
            "$id": f"urn:dractl:schema:{GROUP}:{root.version}:{root.kind.lower()}",
            "title": f"{root.kind} ({GROUP}/{root.version})",
            "x-since": f"1.{self._first}",
            **({"x-until": f"1.{last}"} if last < NEWEST else {}),
            **({"x-gate": gate} if gate else {}),
            **body,
            "$defs": self._definitions(),
        }

    def _definitions(self) -> Schema:
        found: dict[str, Schema] = {}
        waiting = list(self._refs(self._root.type_name))
        optional = self._optional()
        while waiting:
            name = waiting.pop()
            short = _short(name)
            if short in found:
                continue
            if short in _LEAVES:
                found[short] = dict(_LEAVES[short])
                continue
            found[short] = self._object(name)
            if name in optional:
                found[short]["type"] = ["object", "null"]
            waiting.extend(self._refs(name))
        return dict(sorted(found.items()))

    def _optional(self) -> set[str]:
        """Return the types that stand only where nothing may stand as well."""
        used: dict[str, bool] = {}
        waiting, seen = [self._root.type_name], set()
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            for field_name, field in self._types[name].fields.items():
                for target in _targets(field.schema):
                    loose = "$ref" in field.schema and not self._required(
                        name, field_name, field
                    )
                    used[target] = used.get(target, True) and loose
                    waiting.append(target)
        return {name for name, loose in used.items() if loose}

    def _refs(self, name: str) -> Iterator[str]:
        for field in self._types[name].fields.values():
            yield from _targets(field.schema)

    def _object(self, name: str) -> Schema:
        known, short = self._types[name], _short(name)
        required = [
            each
            for each, field in known.fields.items()
            if self._required(name, each, field)
        ]
        return {
            "description": self._words[short]["_"],
            "type": "object",
            "additionalProperties": False,
            "properties": {
                each: self._property(name, each, field)
                for each, field in sorted(known.fields.items())
            },
            **({"required": required} if required else {}),
            **self._shape(short),
        }

    def _shape(self, short: str) -> Mapping[str, object]:
        if short == "DeviceRequest":
            nested = self._root.version in {"v1", "v1beta2"}
            return NESTED_REQUEST if nested else FLAT_REQUEST
        return SHAPES.get(short, {})

    def _required(self, name: str, field_name: str, field: Field) -> bool:
        told = self._told(_short(name), field_name).get("required")
        return field.required if told is None else bool(told)

    def _told(self, short: str, field_name: str) -> Mapping[str, Any]:
        """Return the row of our table; a KeyError says which one is missing."""
        rows = self._words[short]
        while field_name not in rows:
            if "like" not in rows:
                raise KeyError(f"{short}.{field_name}")
            rows = self._words[rows["like"]]
        row = rows[field_name]
        return row if isinstance(row, Mapping) else {"text": row}

    def _property(self, name: str, field_name: str, field: Field) -> Schema:
        told = self._told(_short(name), field_name)
        required = self._required(name, field_name, field)
        value = self._value(field.schema, required=required)
        value |= FORMS[told["form"]] if "form" in told else {}
        value |= told.get("also", {})
        if "enum" in told:
            value["enum"] = [*told["enum"], *([] if required else [None])]
        if "each" in told:
            value["items"] = {"type": "string", **FORMS[told["each"]]}
        if "keys" in told:
            value["propertyNames"] = dict(FORMS[told["keys"]])
        if told.get("values", "quantity") != "quantity":
            value["additionalProperties"] = {
                "type": "string",
                **FORMS[told["values"]],
            }
        until = f"1.{field.until}" if field.until < NEWEST else None
        return {
            "description": told["text"],
            "x-since": f"1.{max(field.since, self._first)}",
            **({"x-until": until} if until else {}),
            **({"x-gate": told["gate"]} if "gate" in told else {}),
            **value,
        }

    def _value(self, schema: Mapping[str, Any], *, required: bool) -> Schema:
        if "$ref" in schema:
            return {"$ref": _REF + _short(schema["$ref"])}
        kind = _plain_type(schema)
        value: Schema = {"type": kind if required else [kind, "null"]}
        if kind == "integer":
            # What the server decodes into: int32 or int64.
            bits = 31 if schema.get("format") == "int32" else 63
            value |= {"minimum": -(2**bits), "maximum": 2**bits - 1}
        if "items" in schema:
            value["items"] = self._value(schema["items"], required=True)
        if isinstance(schema.get("additionalProperties"), Mapping):
            value["additionalProperties"] = self._value(
                schema["additionalProperties"], required=True
            )
        return value


def _without_type(schema: Schema) -> Schema:
    return {key: value for key, value in schema.items() if key != "type"}


def _plain_type(schema: Mapping[str, Any]) -> str:
    kind = schema["type"]
    if isinstance(kind, str):
        return kind
    [plain] = [each for each in kind if each != "null"]
    return str(plain)


def _targets(schema: Mapping[str, Any]) -> Iterator[str]:
    """Yield the full names of the types to which a field's schema refers."""
    for part in (schema, schema.get("items"), schema.get("additionalProperties")):
        if isinstance(part, Mapping) and "$ref" in part:
            yield part["$ref"].rpartition("/")[2]


def _short(name: str) -> str:
    return name.rpartition(".")[2]

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from dractl.api.fields import FIELDS
from dractl.cli.fieldpages import book
from dractl.errors import DractlError, ExitStatus
from dractl.model.cluster import GATES, NEWEST, OLDEST, KubernetesVersion
from dractl.reference.answer import Field
from dractl.rules.check import RULES
from dractl.sources.schemas import known, schema
from tools.schemas.build import FIELDS as TABLE

BOOK = book({code: rule.manual for code, rule in RULES.items()})
TOLD = {(version, kind): BOOK.page(kind, NEWEST, version) for version, kind in known()}
RELEASES = [
    KubernetesVersion(1, minor) for minor in range(OLDEST.minor, NEWEST.minor + 1)
]


def within(field: Field) -> Iterator[Field]:
    """Yield a field and all below it."""
    yield field
    for each in field.fields:
        yield from within(each)


def path(text: str) -> Field:
    return BOOK.page(text, NEWEST).field


@pytest.mark.parametrize("place", TOLD, ids="/".join)
def test_every_field_says_what_it_means_and_where_else_it_is(
    place: tuple[str, str],
) -> None:
    told = TOLD[place]
    for field in within(told.field):
        assert field.text.endswith((".", "?")), field.path
        assert field.gate is None or field.gate in GATES, field.path
        assert set(field.rules) <= RULES.keys()
        for there in () if field.fields else field.spellings:
            where = f"{told.kind}.{there.path}" if there.path else told.kind
            at = there.since if there.last is None else there.last
            assert BOOK.page(where, at, there.version).field.path == there.path


def test_every_row_of_the_table_is_about_a_field_that_there_is() -> None:
    table: dict[str, dict[str, Any]] = yaml.safe_load(TABLE.read_text("utf-8"))
    types: dict[str, set[str]] = {}
    for version, kind in known():
        found = schema(kind, version)
        assert found is not None
        for name, body in {**found["$defs"], TOLD[version, kind].kind: found}.items():
            types.setdefault(name, set()).update(body.get("properties", {}))
    for name, rows in table.items():
        likes = {name} | {
            each for each, row in table.items() if row.get("like") == name
        }
        has = set().union(*(types.get(each, set()) for each in likes))
        assert rows.keys() - {"_", "like", "gate"} <= has, name


@pytest.mark.parametrize(
    "kind", sorted(FIELDS.keys() & {e.kind for e in BOOK.contents(NEWEST)})
)
def test_fields_begin_with_the_release_that_conversion_knows(kind: str) -> None:
    for pattern, row in FIELDS[kind].items():
        steps = pattern.replace(".[]", "").replace(".{}", "")
        if row.last is not None:
            at = KubernetesVersion(1, row.last)
            field = BOOK.page(f"{kind}.spec.{steps}", at).field
            assert field.last == at
        else:
            field = path(f"{kind}.spec.{steps}")
            assert field.last is None
        assert field.since.minor == row.since, pattern


@pytest.mark.parametrize("release", RELEASES, ids=str)
def test_every_kind_of_a_release_can_be_asked_for(release: KubernetesVersion) -> None:
    for entry in BOOK.contents(release):
        told = BOOK.page(entry.kind, release)
        assert (told.version, told.release) == (entry.versions[0], release)
        for field in within(told.field):
            assert field.since <= release
            assert field.last is None or field.last >= release


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("resourceclaims", "ResourceClaim"),
        ("Claim", "ResourceClaim"),
        ("deviceclasses", "DeviceClass"),
        ("classes", "DeviceClass"),
        ("taint-rule", "DeviceTaintRule"),
        ("templates", "ResourceClaimTemplate"),
    ],
)
def test_kinds_may_be_spelled_as_users_do(text: str, kind: str) -> None:
    assert BOOK.page(text, NEWEST).kind == kind


@pytest.mark.parametrize(
    ("text", "release", "version", "hint"),
    [
        (
            "claim.spec.devices.requests.count",
            "1.37",
            None,
            "in v1 it is ResourceClaim.spec.devices.requests[].exactly.count",
        ),
        (
            "claim.spec.devices.requests.exactly.count",
            "1.37",
            "v1beta1",
            "in v1beta1 it is ResourceClaim.spec.devices.requests[].count",
        ),
        (
            "slice.spec.devices.basic.taints",
            "1.37",
            None,
            "in v1 it is ResourceSlice.spec.devices[].taints[]",
        ),
        (
            "claim.spec.devices.requests.exactly.derivedAttributes",
            "1.36",
            None,
            "it came with Kubernetes 1.37",
        ),
        (
            "slice.spec.devices.nodeAllocatableResourceMappings",
            "1.37",
            None,
            "the last release that has it is 1.36",
        ),
        ("claim.spec.controller", "1.37", None, "v1alpha3 has it"),
        ("claim.spec.devices.request", "1.37", None, "do you mean requests?"),
        ("claim.metadata.name.x", "1.37", None, "it has no fields of its own"),
        ("claim.spec.zzz", "1.37", None, "it has devices"),
        ("clam", "1.37", None, "do you mean ResourceClaim?"),
        ("", "1.37", None, "it has DeviceClass, DeviceTaintRule,"),
        ("taint-rule", "1.32", None, "it came with Kubernetes 1.33"),
        ("podschedulingcontext", "1.37", None, "the last release that has it is 1.31"),
        ("taint-rule", "1.37", "v1beta1", "it has v1, v1beta2, v1alpha3"),
    ],
)
def test_what_there_is_not_is_told_with_where_it_is(
    text: str, release: str, version: str | None, hint: str
) -> None:
    with pytest.raises(DractlError) as caught:
        BOOK.page(text, KubernetesVersion.parse(release), version)
    assert caught.value.status is ExitStatus.USAGE
    assert caught.value.hint.startswith(hint)


def test_a_version_of_the_api_is_told_of_in_a_release_that_serves_it() -> None:
    assert str(BOOK.page("claim", NEWEST, "v1alpha3").release) == "1.33"
    assert str(BOOK.page("claim", OLDEST, "v1").release) == "1.34"


def test_a_field_has_its_default_its_limits_and_its_rules() -> None:
    count = path("claim.spec.devices.requests.exactly.count")
    assert (count.default, count.limits, count.type) == (1, ("at least 0",), "integer")
    driver = path("slice.spec.driver")
    assert driver.required
    assert "at most 63 characters" in driver.limits
    assert driver.pattern is not None
    mode = path("claim.spec.devices.requests[0].exactly.allocationMode")
    assert (mode.default, mode.values) == ("ExactCount", ("ExactCount", "All"))
    assert path("claim.spec.devices.constraints.matchAttribute").rules

"""Types of expressions, and what the API server refuses to compile."""

import pytest

from dractl.cel.checker import Checked, check
from dractl.cel.environment import STORED, Environment
from dractl.cel.errors import Issue, SelectorCompileError
from dractl.cel.nodes import Call, walk
from dractl.cel.parser import parse

A = 'device.attributes["d"]'


def checked(source: str, environment: Environment = STORED) -> Checked:
    return check(source, parse(source), environment)


def refusal(source: str, environment: Environment = STORED) -> tuple[Issue, ...]:
    with pytest.raises(SelectorCompileError) as caught:
        checked(source, environment)
    return caught.value.issues


def argument_type(source: str) -> str:
    """Return the type of the only argument of the call at the top."""
    found = checked(source)
    assert isinstance(found.root, Call)
    return str(found.types[found.root.arguments[0]])


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("1", "int"),
        ("1u", "uint"),
        ("1.0", "double"),
        ("null", "null_type"),
        ("b'a'", "bytes"),
        ("[]", "list(dyn)"),
        ("[[]]", "list(list(dyn))"),
        ("{}", "map(dyn, dyn)"),
        ("{1: [true]}", "map(int, list(bool))"),
        ("device", "kubernetes.DRADevice"),
        ("device.driver", "string"),
        ("device.attributes", "map(string, map(string, dyn))"),
        ("device.attributes.d", "map(string, dyn)"),
        ("device.capacity", "map(string, map(string, kubernetes.Quantity))"),
        ("device.capacity['d'].m", "kubernetes.Quantity"),
        ("device.allowMultipleAllocations", "bool"),
        ("device.?driver", "optional_type(string)"),
        ("device.?attributes['d'].?b", "optional_type(dyn)"),
        ("device.attributes[?'d']", "optional_type(map(string, dyn))"),
        ("optional.none()", "optional_type(dyn)"),
        ("[?optional.of(1), 2]", "list(int)"),
        ("1 + 2", "int"),
        ("dyn(1) + 2", "int"),
        ("dyn(1) + dyn(2)", "dyn"),
        ("true ? 1 : 2", "int"),
        ("true ? dyn(1) : 2", "dyn"),
        ("[1].map(x, [x])", "list(list(int))"),
        ("[1, 2].filter(x, x > 1)", "list(int)"),
        ("['a'].transformMap(i, v, v)", "map(int, string)"),
        ("['a'].transformMapEntry(i, v, {v: i})", "map(string, int)"),
        ("{'a': 1}.transformList(k, v, v)", "list(int)"),
        ("['b', 'a'].sortBy(x, x)", "list(string)"),
        ("optional.of(1).optMap(x, x + 1)", "optional_type(int)"),
        ("optional.of(1).optFlatMap(x, optional.of('a'))", "optional_type(string)"),
        ("cel.bind(x, 1, [x])", "list(int)"),
        ("type(1)", "type(int)"),
        ("int", "type(int)"),
        ("net.IP", "type(net.IP)"),
        ("semver('1.0.0')", "kubernetes.Semver"),
        ("url('a').getQuery()", "map(string, list(string))"),
        ("format.named('a')", "optional_type(kubernetes.NamedFormat)"),
        ("cidr('::/0').masked().ip()", "net.IP"),
        ("duration('1s') + duration('1s')", "google.protobuf.Duration"),
        ("timestamp(0) - timestamp(1)", "google.protobuf.Duration"),
        ("[duration('1s')].sum()", "google.protobuf.Duration"),
        ("'a'.findAll('b')", "list(string)"),
        ("lists.range(3)", "list(int)"),
        ("[[1], [2]].flatten()", "list(int)"),
    ],
)
def test_the_type_of_an_expression(source: str, kind: str) -> None:
    assert argument_type(f"dyn({source})") == kind


def test_every_node_that_was_written_has_a_type() -> None:
    first = f"{A}.x.exists(y, y in [1]) && has({A}.z)"
    source = f"{first} || cel.bind(b, -1, {{b: b}})[0] > 2"
    found = checked(source)
    untyped = [node for node in walk(found.root) if node not in found.types]
    assert [type(node).__name__ for node in untyped] == ["MapEntry"]


NOT_A_RANGE = (
    "expression of type 'int' cannot be range of a comprehension "
    "(must be list, map, or dynamic)"
)
NOT_DECIMAL = "decimal clause can only be used on integers"


@pytest.mark.parametrize(
    ("source", "column", "message"),
    [
        ("foo", 1, "undeclared reference to 'foo' (in container '')"),
        ("foo(1)", 4, "undeclared reference to 'foo' (in container '')"),
        ("device.nope", 7, "undefined field 'nope'"),
        (
            "device.driver.x",
            14,
            "type 'string' does not support field selection",
        ),
        (
            "quantity('1').x",
            14,
            "unexpected failed resolution of 'kubernetes.Quantity'",
        ),
        (
            "1 == 'a'",
            3,
            "found no matching overload for '_==_' applied to '(int, string)'",
        ),
        (
            "'a'.size(1)",
            9,
            "found no matching overload for 'size' applied to 'string.(int)'",
        ),
        (
            "quantity('1').sign()",
            19,
            "found no matching overload for 'sign' applied to 'kubernetes.Quantity.()'",
        ),
        ("1 && true", 1, "expected type 'bool' but found 'int'"),
        ("[1].all(x, x)", 12, "expected type 'bool' but found 'int'"),
        ("[1, 'a'].size() == 2", 5, "expected type 'int' but found 'string'"),
        ("{1: 2, 'a': 3}.size() == 2", 8, "expected type 'int' but found 'string'"),
        ("{1: 2, 3: 'a'}.size() == 2", 11, "expected type 'int' but found 'string'"),
        ("[?1].size() == 1", 3, "expected type 'optional_type(int)' but found 'int'"),
        (
            "1.all(x, true)",
            1,
            NOT_A_RANGE,
        ),
        (
            "timestamp(0).size() == 1",
            18,
            "found no matching overload for 'size' applied to 'timestamp.()'",
        ),
        ("'a'.matches('[')", 13, "invalid matches argument"),
        ("'a'.matches('(?=b)')", 13, "invalid matches argument"),
        ("duration('1x') > duration('1s')", 10, "invalid duration argument"),
        ("timestamp('2024') > timestamp(0)", 11, "invalid timestamp argument"),
        (
            "'%d'.format(['a']) == ''",
            14,
            f"error during formatting: {NOT_DECIMAL}, was given string",
        ),
        (
            "'%s'.format([1, 2]) == ''",
            12,
            "too many arguments supplied to string.format (expected 1, got 2)",
        ),
        ("'%s%s'.format([1]) == ''", 14, "index 1 out of range"),
        (
            "'%q'.format([1]) == ''",
            12,
            'could not parse formatting clause: unrecognized formatting clause "q"',
        ),
    ],
)
def test_what_does_not_check_is_shown(source: str, column: int, message: str) -> None:
    assert refusal(source)[0] == Issue(1, column, message)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("device.driver", "must evaluate to bool or the unknown type, not string"),
        ("null", "must evaluate to bool or the unknown type, not null_type"),
    ],
)
def test_only_truth_or_an_attribute_is_a_result(source: str, message: str) -> None:
    assert refusal(source) == (Issue(0, 0, message),)


@pytest.mark.parametrize(
    ("source", "cause"),
    [
        ("int('x') == 1", "type conversion error from 'string' to 'int'"),
        (
            "[1].exists(x, uint('') > 0u)",
            "type conversion error from 'string' to 'uint'",
        ),
        (
            "double(string(b'.')) > 0.0",
            "type conversion error from 'string' to 'double'",
        ),
        ("bool('yes')", "type conversion error from 'string' to 'bool'"),
        ("uint(-1) > 0u", "unsigned integer overflow"),
        ("int(1e19) > 0", "integer overflow"),
        ("int(9223372036854775808u) > 0", "integer overflow"),
        ("timestamp(253402300800) > timestamp(0)", "timestamp overflow"),
        (r"string(b'\xff') == ''", "invalid UTF-8 in bytes, cannot convert to string"),
        ("'a'.find('[') == ''", "error parsing regexp: missing closing ]: `[`"),
        ("matches('a', '[')", "error parsing regexp: missing closing ]: `[`"),
    ],
)
def test_constants_are_computed_when_compiling(source: str, cause: str) -> None:
    message = f"program instantiation failed: {cause}"
    assert refusal(source) == (Issue(0, 0, message),)


@pytest.mark.parametrize(
    "source",
    [
        "1 < 1.5",
        "1u < 2",
        "null == optional.none()",
        "null == quantity('1')",
        "[1, 2].map(x, x * 2) == []",
        "'%s %d'.format(['a', 1]) == ''",
        "'a'.startsWith(dyn(1))",
        "'a'.matches(device.driver)",
        "int(device.driver) == 1",
        "int('5') == 5",
        "double('0x1p-2') == 0.25",
        "bool('t')",
        "duration('-1.5h3ms') < duration('.5s')",
        "timestamp('2024-02-29T23:59:59.5+01:00') > timestamp(0)",
        f"{A}.x",
        "cel.bind(sets, [1], sets.contains([1], sets))",
        "{'a': 1}.all(k, v, k == 'a' && v == 1)",
        "ip('::1') == ip('::1') && string(ip('::1')) == ''",
        "device.?attributes['d'].hasValue()",
    ],
)
def test_these_compile(source: str) -> None:
    found = checked(source)
    assert str(found.types[found.root]) in ("bool", "dyn")


@pytest.mark.parametrize(
    "text",
    [
        "2024-02-30T00:00:00Z",
        "2024-01-01T24:00:00Z",
        "2024-01-01",
        "0000-01-01T00:00:00Z",
    ],
)
def test_a_timestamp_literal_must_be_a_moment(text: str) -> None:
    issue = Issue(1, 11, "invalid timestamp argument")
    assert refusal(f"timestamp('{text}') > timestamp(0)") == (issue,)


@pytest.mark.parametrize("text", ["", "1", "s", "1.s.", "9999999h", "+-1s"])
def test_a_duration_literal_must_be_a_span(text: str) -> None:
    issue = Issue(1, 10, "invalid duration argument")
    assert refusal(f"duration('{text}') > duration('0')") == (issue,)


def test_every_complaint_is_reported_in_order_of_place() -> None:
    columns = [issue.column for issue in refusal("a.b(1) && math.abs(-1) == c")]
    assert columns == [1, 4, 11, 19, 27]


def test_upstream_complains_twice_about_the_operand_of_an_optional_macro() -> None:
    assert len(refusal("foo.?a.optMap(x, x).hasValue()")) == 2


def test_shared_devices_need_their_feature() -> None:
    source = "device.allowMultipleAllocations"
    without = Environment(consumable_capacity=False, list_attributes=True)
    issue = Issue(1, 7, "undefined field 'allowMultipleAllocations'")
    assert refusal(source, without) == (issue,)


WITHOUT_LISTS = Environment(consumable_capacity=True, list_attributes=False)


def test_without_list_attributes_nothing_includes() -> None:
    issues = refusal(f"{A}.x.includes(1)", WITHOUT_LISTS)
    assert issues[0].message == "undeclared reference to 'includes' (in container '')"


def test_without_list_attributes_no_macro_iterates_over_attributes() -> None:
    issues = refusal(f"{A}.x.exists(y, y)", WITHOUT_LISTS)
    assert issues[0].message.startswith("expression of type 'any' cannot be range")


def test_without_list_attributes_an_attribute_alone_is_any() -> None:
    found = checked(f"{A}.x", WITHOUT_LISTS)
    assert str(found.types[found.root]) == "any"


def test_without_list_attributes_dyn_is_no_result() -> None:
    issues = refusal("dyn(true)", WITHOUT_LISTS)
    assert issues[0].message.endswith(
        "must evaluate to bool or the unknown type, not dyn"
    )

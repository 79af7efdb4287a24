"""Functions of the library, asked through expressions."""

import importlib

import pytest

from dractl.cel import SelectorEvalError, compile_selector
from dractl.cel.declared_functions import FUNCTIONS as DECLARED
from dractl.cel.library.table import MODULES, function
from dractl.cel.selector import Selector
from tests.batches import batched

LAZY = {"or", "orValue"}  # part of the language: their argument may never run


def selector(expression: str) -> Selector:
    return compile_selector(expression, feature_gates={"DRAListTypeAttributes": True})


def holds(expression: str) -> bool:
    return selector(expression).matches({"driver": "d"})


def test_every_declared_function_is_implemented() -> None:
    names = {name for name in DECLARED if "@" not in name} - LAZY
    assert {name for name in names if callable(function(name))} == names


@pytest.mark.parametrize("module", MODULES)
def test_the_table_names_what_a_module_holds(module: str) -> None:
    found = importlib.import_module(f"dractl.cel.library.{module}")
    assert set(found.FUNCTIONS) == set(MODULES[module].split())


@batched(
    [
        # quantities and versions
        'quantity("1Ki") == quantity("1024")',
        'quantity("1.5").compareTo(quantity("1500m")) == 0',
        'quantity("2").add(3) == quantity("5")',
        'quantity("2").sub(quantity("500m")).asApproximateFloat() == 1.5',
        'quantity("80Gi").asInteger() == 85899345920',
        '!quantity("2.0").isInteger()',
        '!quantity("100Ti").isInteger()',
        'quantity("10Ti").isInteger()',
        '!quantity("2.5").sub(-3).add(quantity("2.5").add(-3)).isInteger()',
        'isQuantity("1e3") && !isQuantity("1K") && !isQuantity("")',
        'semver("v1.02", true) == semver("1.2.0")',
        'semver("1.0.0-rc.1").isLessThan(semver("1.0.0"))',
        'isSemver("v1", true) && !isSemver("v1")',
        'semver("1.2.3").minor() == 2 && semver("1.2.3").patch() == 3',
        # strings
        '"tacocat".charAt(3) == "o" && "a".charAt(1) == ""',
        '"\u00e9a".lowerAscii() == "\u00e9a" && "\u00c9A".lowerAscii() == "\u00c9a"',
        '"hello".indexOf("") == 0 && "hello".indexOf("l", 3) == 3',
        '"hello".lastIndexOf("l") == 3 && "hello".lastIndexOf("l", 2) == 2',
        '"abc".replace("", "-") == "-a-b-c-" && "aaa".replace("a", "b", 2) == "bba"',
        '"a,b,c".split(",", 2) == ["a", "b,c"] && "ab".split("") == ["a", "b"]',
        '"a".split(",", 0) == [] && "abc".split("", 2) == ["a", "bc"]',
        '"hello".substring(1, 3) == "el" && "hello".substring(5) == ""',
        '" \u00a0x\\t".trim() == "x"',
        '["a", "b"].join("-") == "a-b" && [].join() == ""',
        'strings.quote("a\\n\\"b") == "\\"a\\\\n\\\\\\"b\\""',
        '"a1b22".findAll("[0-9]+") == ["1", "22"]',
        '"a1b22".findAll("[0-9]+", 1) == ["1"] && "ab".find("x") == ""',
        # lists and sets
        '["a", "b"].isSorted() && ![2, 1].isSorted()',
        "[1, 2].sum() == 3 && [1.5, 2.0].max() == 2.0 && [3u, 2u].min() == 2u",
        "[1, 2, 1].indexOf(1) == 0 && [1, 2, 1].lastIndexOf(1) == 2",
        "[1, 2, 3].slice(1, 2) == [2] && [[1], [2]].flatten() == [1, 2]",
        "[1, 2, 1].distinct() == [1, 2] && [2, 1].sort() == [1, 2]",
        "[1, 2].reverse() == [2, 1] && lists.range(2) == [0, 1]",
        "[1].first().value() == 1 && ![].last().hasValue()",
        'sets.contains([1, 2], [1]) && sets.equivalent(["a"], ["a", "a"])',
        "sets.intersects([1], [1, 2]) && !sets.intersects([], [1])",
        "size([1]) == 1 && {}.size() == 0 && '\u00e9'.size() == 1",
        # optionals
        "optional.of(1).or(optional.of(2)).value() == 1",
        "optional.none().orValue(3) == 3 && optional.of(1).orValue(1 / 0) == 1",
        'optional.ofNonZeroValue("").hasValue() == false',
        "optional.ofNonZeroValue([0]).hasValue()",
        "[optional.of(1), optional.none()].unwrapOpt() == [1]",
        "optional.of(2).optMap(x, x * 2).value() == 4",
        "!optional.of(2).optFlatMap(x, optional.none()).hasValue()",
        # conversions
        'int("42") == 42 && int(3.9) == 3 && int(-3.9) == -3',
        'uint("3") == 3u && double("1e3") == 1000.0 && bool("t")',
        'string(1e6) == "1e+06" && string(0.0001) == "0.0001" && string(2.0) == "2"',
        'string(b"\u00e9") == "\u00e9" && bytes("a") == b"a"',
        "type(1) == int && type(type(1)) == type && type(dyn([1])) == list",
        'type(ip("::1")) == net.IP',
        # times
        'duration("1h30m").getMinutes() == 90 && duration("-1.5s") < duration("0")',
        'string(duration("1500ms")) == "1.5s"',
        'timestamp("2024-02-29T12:00:00.5Z").getMilliseconds() == 500',
        'timestamp("2024-02-29T23:00:00Z").getDate("+02:00") == 1',
        'timestamp("2024-02-29T00:00:00Z").getDayOfYear() == 59',
        'timestamp("2024-03-03T00:00:00Z").getDayOfWeek() == 0',
        'string(timestamp("2024-01-01T00:00:00+01:00")) == "2023-12-31T23:00:00Z"',
        'int(timestamp("1970-01-01T00:01:00Z")) == 60',
        'timestamp("1970-01-02T00:00:00Z") - timestamp(60) == duration("23h59m")',
        # network
        'ip("10.0.0.1").family() == 4 && ip("::1").isLoopback()',
        'ip("2001:DB8::1") == ip("2001:db8::1") && !ip.isCanonical("2001:DB8::1")',
        '!isIP("010.0.0.1") && !isIP("::ffff:1.2.3.4") && !isIP("fe80::1%eth0")',
        'ip("8.8.8.8").isGlobalUnicast() && ip("169.254.1.1").isLinkLocalUnicast()',
        'cidr("10.1.2.3/8").masked() == cidr("10.0.0.0/8")',
        'cidr("10.0.0.0/8").containsCIDR("10.1.0.0/16") && !isCIDR("10.0.0.0/33")',
        'cidr("10.0.0.0/8").containsIP(ip("10.9.9.9"))',
        'string(cidr("::/0").ip()) == "::"',
        # URLs
        'url("https://u@h.x:80/a%20b?c=d&c=e").getHost() == "h.x:80"',
        'url("https://[::1]:80/").getHostname() == "::1"',
        'url("https://h/a b").getEscapedPath() == "/a%20b"',
        'url("/p?c=d&c=e").getQuery() == {"c": ["d", "e"]}',
        'url("https://h/a?b=c#d").getQuery() == {"b": ["c"]}',
        '!isURL("x") && !isURL("../a") && isURL("/a")',
        # formats
        'format.dns1123Label().validate("-").hasValue()',
        '!format.dns1123Subdomain().validate("a.b-c").hasValue()',
        '!format.dns1123LabelPrefix().validate("a-").hasValue()',
        '!format.qualifiedName().validate("a.b/C_d").hasValue()',
        'format.uuid().validate("x").hasValue()',
        'format.byte().validate("?").hasValue()',
        '!format.date().validate("2024-02-29").hasValue()',
        '!format.named("nothing").hasValue()',
        # text with values
        '"%s %d %5" == "%s %d %5"',
        '"%d%%".format([5]) == "5%"',
        '"%s".format([[1, "a", {"k": 2.5}]]) == "[1, \\"a\\", {\\"k\\":2.500000}]"',
        '"%s %s %s".format([1e6, null, int]) == "1e+06 null int"',
        '"%s".format([[duration("1s")]]) == "[duration(\\"1s\\")]"',
        '"%.2f".format([1234.5]) == "1,234.50"',
        '"%.1e".format([1234.5]) == "1.2 \u00d7 10\u2070\u00b3"',
        '"%.1f".format(["Infinity"]) == "\u221e"',
        'duration("61.5s").getMilliseconds() == 61500',
        "!has(dyn(1).x) && !dyn(1).?x.hasValue()",
        '"%x %X %o %b".format([255, "az", 8, true]) == "ff 617A 10 1"',
    ],
)
def test_functions_answer(expression: str) -> None:
    assert holds(expression)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ('semver("") == semver("1.0.0")', "Version string empty"),
        ('semver("1.0") == semver("")', "No Major.Minor.Patch elements found"),
        ('quantity("2.5").asInteger() == 2', "cannot convert value to integer"),
        ('"a".charAt(2) == ""', "index out of range: 2"),
        (
            '"abc".substring(2, 1) == ""',
            "invalid substring range. start: 2, end: 1",
        ),
        ("[].max() == 1", "max called on empty list"),
        (
            "[1].slice(0, 2) == []",
            "cannot slice(0, 2), list is length 1",
        ),
        ("optional.none().value() == 1", "optional.none() dereference"),
        ("[1e30].map(x, int(x)) == [1]", "integer overflow"),
        (
            '["-1"].map(x, uint(x)) == [1u]',
            "type conversion error from 'string' to 'uint'",
        ),
        (
            "[b'\\xff'].map(x, string(x)) == ['']",
            "invalid UTF-8 in bytes, cannot convert to string",
        ),
        ('dyn("a").startsWith(dyn(1))', "no such overload"),
        (
            'timestamp("9999-12-31T23:59:59Z") + duration("1s") == timestamp(0)',
            "timestamp overflow",
        ),
        (
            '["1e400"].map(x, double(x)) == []',
            "type conversion error from 'string' to 'double'",
        ),
        ("dyn([true]).sum() == 1", "no such overload: sum(list)"),
        ("dyn(1).check('x').allowed()", "no such overload: check(int, string)"),
        ('"%d".format([dyn("x")]) == ""', None),
    ],
)
def test_functions_fail(expression: str, message: str | None) -> None:
    compiled = selector(expression)
    with pytest.raises(SelectorEvalError) as failure:
        compiled.matches({"driver": "d"})
    assert message is None or failure.value.message == message

"""Signatures of CEL's functions, standard and of the libraries of Kubernetes."""

from typing import Final

_COMPARABLE: Final = (
    *("int", "uint", "double", "bool", "duration", "timestamp", "string", "bytes"),
)
_SUMMABLE: Final = ("int", "uint", "double", "duration")

_FULL_NAMES: Final = {
    "duration": "google.protobuf.Duration",
    "timestamp": "google.protobuf.Timestamp",
}


def _conversion(kind: str, *sources: str) -> tuple[str, ...]:
    return tuple(
        f"{_code(source)}_to_{_code(kind)}: ({source}) {kind}" for source in sources
    )


def _code(kind: str) -> str:
    return {"int": "int64", "uint": "uint64"}.get(kind, kind)


def _of_time(name: str) -> tuple[str, ...]:
    return (
        f"timestamp_to_{name}: timestamp.() int",
        f"timestamp_to_{name}_with_tz: timestamp.(string) int",
    )


_STANDARD: Final = {
    "size": (
        "size_bytes: (bytes) int",
        "bytes_size: bytes.() int",
        "size_list: (list<A>) int",
        "list_size: list<A>.() int",
        "size_map: (map<A, B>) int",
        "map_size: map<A, B>.() int",
        "size_string: (string) int",
        "string_size: string.() int",
    ),
    "type": ("type: (A) type<A>",),
    "dyn": ("to_dyn: (A) dyn",),
    "bool": _conversion("bool", "bool", "string"),
    "bytes": _conversion("bytes", "bytes", "string"),
    "double": _conversion("double", "double", "int", "string", "uint"),
    "duration": _conversion("duration", "duration", "int", "string"),
    "int": _conversion(
        "int", "int", "double", "duration", "string", "timestamp", "uint"
    ),
    "string": (
        *_conversion("string", "string", "bool", "bytes", "double", "duration", "int"),
        *_conversion("string", "timestamp", "uint"),
        "ip_to_string: (IP) string",
        "cidr_to_string: (CIDR) string",
    ),
    "timestamp": _conversion("timestamp", "timestamp", "int", "string"),
    "uint": _conversion("uint", "uint", "double", "int", "string"),
    "contains": ("contains_string: string.(string) bool",),
    "endsWith": ("ends_with_string: string.(string) bool",),
    "startsWith": ("starts_with_string: string.(string) bool",),
    "matches": (
        "matches: (string, string) bool",
        "matches_string: string.(string) bool",
    ),
    "getFullYear": _of_time("year"),
    "getMonth": _of_time("month"),
    "getDayOfYear": _of_time("day_of_year"),
    "getDayOfMonth": _of_time("day_of_month"),
    "getDate": _of_time("day_of_month_1_based"),
    "getDayOfWeek": _of_time("day_of_week"),
    "getHours": (*_of_time("hours"), "duration_to_hours: duration.() int"),
    "getMinutes": (*_of_time("minutes"), "duration_to_minutes: duration.() int"),
    "getSeconds": (*_of_time("seconds"), "duration_to_seconds: duration.() int"),
    "getMilliseconds": (
        *_of_time("milliseconds"),
        "duration_to_milliseconds: duration.() int",
    ),
}

_OPTIONALS: Final = {
    "optional.of": ("optional_of: (V) optional<V>",),
    "optional.ofNonZeroValue": ("optional_ofNonZeroValue: (V) optional<V>",),
    "optional.none": ("optional_none: () optional<V>",),
    "optional.unwrap": ("optional_unwrap: (list<optional<V>>) list<V>",),
    "unwrapOpt": ("optional_unwrapOpt: list<optional<V>>.() list<V>",),
    "value": ("optional_value: optional<V>.() V",),
    "hasValue": ("optional_hasValue: optional<V>.() bool",),
    "or": ("optional_or_optional: optional<V>.(optional<V>) optional<V>",),
    "orValue": ("optional_orValue_value: optional<V>.(V) V",),
    "first": ("list_first: list<V>.() optional<V>",),
    "last": ("list_last: list<V>.() optional<V>",),
}

_STRINGS: Final = {
    "charAt": ("string_char_at_int: string.(int) string",),
    "indexOf": (
        "list_a_index_of_int: list<A>.(A) int",
        "string_index_of_string: string.(string) int",
        "string_index_of_string_int: string.(string, int) int",
    ),
    "lastIndexOf": (
        "list_a_last_index_of_int: list<A>.(A) int",
        "string_last_index_of_string: string.(string) int",
        "string_last_index_of_string_int: string.(string, int) int",
    ),
    "lowerAscii": ("string_lower_ascii: string.() string",),
    "upperAscii": ("string_upper_ascii: string.() string",),
    "replace": (
        "string_replace_string_string: string.(string, string) string",
        "string_replace_string_string_int: string.(string, string, int) string",
    ),
    "split": (
        "string_split_string: string.(string) list<string>",
        "string_split_string_int: string.(string, int) list<string>",
    ),
    "substring": (
        "string_substring_int: string.(int) string",
        "string_substring_int_int: string.(int, int) string",
    ),
    "trim": ("string_trim: string.() string",),
    "format": ("string_format: string.(list<dyn>) string",),
    "strings.quote": ("strings_quote: (string) string",),
    "join": (
        "list_join: list<string>.() string",
        "list_join_string: list<string>.(string) string",
    ),
    "find": ("string_find_string: string.(string) string",),
    "findAll": (
        "string_find_all_string: string.(string) list<string>",
        "string_find_all_string_int: string.(string, int) list<string>",
    ),
}

_LISTS: Final = {
    "isSorted": tuple(
        f"list_{kind}_is_sorted_bool: list<{kind}>.() bool" for kind in _COMPARABLE
    ),
    "sum": tuple(
        f"list_{kind}_sum_{kind}: list<{kind}>.() {kind}" for kind in _SUMMABLE
    ),
    "max": tuple(
        f"list_{kind}_max_{kind}: list<{kind}>.() {kind}" for kind in _COMPARABLE
    ),
    "min": tuple(
        f"list_{kind}_min_{kind}: list<{kind}>.() {kind}" for kind in _COMPARABLE
    ),
    "slice": ("list_slice: list<T>.(int, int) list<T>",),
    "flatten": (
        "list_flatten: list<list<T>>.() list<T>",
        "list_flatten_int: list<dyn>.(int) list<dyn>",
    ),
    "sort": tuple(
        f"list_{_FULL_NAMES.get(kind, kind)}_sort: list<{kind}>.() list<{kind}>"
        for kind in _COMPARABLE
    ),
    "@sortByAssociatedKeys": tuple(
        f"list_{_FULL_NAMES.get(kind, kind)}_sortByAssociatedKeys: "
        f"list<T>.(list<{kind}>) list<T>"
        for kind in _COMPARABLE
    ),
    "lists.range": ("lists_range: (int) list<int>",),
    "reverse": ("list_reverse: list<T>.() list<T>",),
    "distinct": ("list_distinct: list<T>.() list<T>",),
    "includes": ("dra_includes_dyn_dyn: dyn.(dyn) bool",),
    "sets.contains": ("list_sets_contains_list: (list<T>, list<T>) bool",),
    "sets.equivalent": ("list_sets_equivalent_list: (list<T>, list<T>) bool",),
    "sets.intersects": ("list_sets_intersects_list: (list<T>, list<T>) bool",),
    "cel.@mapInsert": (
        "@mapInsert_map_key_value: (map<K, V>, K, V) map<K, V>",
        "@mapInsert_map_map: (map<K, V>, map<K, V>) map<K, V>",
    ),
}

_QUANTITIES: Final = {
    "quantity": ("string_to_quantity: (string) Quantity",),
    "isQuantity": ("is_quantity_string: (string) bool",),
    # Declared as a function by mistake upstream: quantity("1").sign() does not compile.
    "sign": ("quantity_sign: (Quantity) int",),
    "isGreaterThan": (
        "quantity_is_greater_than: Quantity.(Quantity) bool",
        "semver_is_greater_than: Semver.(Semver) bool",
    ),
    "isLessThan": (
        "quantity_is_less_than: Quantity.(Quantity) bool",
        "semver_is_less_than: Semver.(Semver) bool",
    ),
    "compareTo": (
        "quantity_compare_to: Quantity.(Quantity) int",
        "semver_compare_to: Semver.(Semver) int",
    ),
    "asApproximateFloat": ("quantity_get_float: Quantity.() double",),
    "asInteger": ("quantity_get_int: Quantity.() int",),
    "isInteger": ("quantity_is_integer: Quantity.() bool",),
    "add": (
        "quantity_add: Quantity.(Quantity) Quantity",
        "quantity_add_int: Quantity.(int) Quantity",
    ),
    "sub": (
        "quantity_sub: Quantity.(Quantity) Quantity",
        "quantity_sub_int: Quantity.(int) Quantity",
    ),
    "semver": (
        "string_to_semver: (string) Semver",
        "string_bool_to_semver: (string, bool) Semver",
    ),
    "isSemver": (
        "is_semver_string: (string) bool",
        "is_semver_string_bool: (string, bool) bool",
    ),
    "major": ("semver_major: Semver.() int",),
    "minor": ("semver_minor: Semver.() int",),
    "patch": ("semver_patch: Semver.() int",),
}

_NETWORK: Final = {
    "ip": ("string_to_ip: (string) IP", "cidr_ip: CIDR.() IP"),
    "ip.isCanonical": ("ip_is_canonical: (string) bool",),
    "isIP": ("is_ip: (string) bool",),
    "family": ("ip_family: IP.() int",),
    "isUnspecified": ("ip_is_unspecified: IP.() bool",),
    "isLoopback": ("ip_is_loopback: IP.() bool",),
    "isLinkLocalMulticast": ("ip_is_link_local_multicast: IP.() bool",),
    "isLinkLocalUnicast": ("ip_is_link_local_unicast: IP.() bool",),
    "isGlobalUnicast": ("ip_is_global_unicast: IP.() bool",),
    "cidr": ("string_to_cidr: (string) CIDR",),
    "isCIDR": ("is_cidr: (string) bool",),
    "containsIP": (
        "cidr_contains_ip_string: CIDR.(string) bool",
        "cidr_contains_ip_ip: CIDR.(IP) bool",
    ),
    "containsCIDR": (
        "cidr_contains_cidr_string: CIDR.(string) bool",
        "cidr_contains_cidr: CIDR.(CIDR) bool",
    ),
    "prefixLength": ("cidr_prefix_length: CIDR.() int",),
    "masked": ("cidr_masked: CIDR.() CIDR",),
    "url": ("string_to_url: (string) URL",),
    "isURL": ("is_url_string: (string) bool",),
    "getScheme": ("url_get_scheme: URL.() string",),
    "getHost": ("url_get_host: URL.() string",),
    "getHostname": ("url_get_hostname: URL.() string",),
    "getPort": ("url_get_port: URL.() string",),
    "getEscapedPath": ("url_get_escaped_path: URL.() string",),
    "getQuery": ("url_get_query: URL.() map<string, list<string>>",),
}

_FORMATS: Final = {
    "format.named": ("format-named: (string) optional<Format>",),
    "validate": ("format-validate: Format.(string) optional<list<string>>",),
    **{
        f"format.{name}": (f"format.{name}: () Format",)
        for name in (
            *("dns1123Label", "dns1123Subdomain", "dns1035Label", "qualifiedName"),
            *("dns1123LabelPrefix", "dns1123SubdomainPrefix", "dns1035LabelPrefix"),
            *("labelValue", "uri", "uuid", "byte", "date", "datetime"),
        )
    },
}

# Every Kubernetes environment declares these; no selector can get hold of an
# authorizer, though, but through dyn().
_AUTHORIZATION: Final = {
    "path": ("authorizer_path: Authorizer.(string) PathCheck",),
    "group": ("authorizer_group: Authorizer.(string) GroupCheck",),
    "serviceAccount": (
        "authorizer_serviceaccount: Authorizer.(string, string) Authorizer",
    ),
    "resource": ("groupcheck_resource: GroupCheck.(string) ResourceCheck",),
    "subresource": ("resourcecheck_subresource: ResourceCheck.(string) ResourceCheck",),
    "namespace": ("resourcecheck_namespace: ResourceCheck.(string) ResourceCheck",),
    "name": ("resourcecheck_name: ResourceCheck.(string) ResourceCheck",),
    "fieldSelector": (
        "authorizer_fieldselector: ResourceCheck.(string) ResourceCheck",
    ),
    "labelSelector": (
        "authorizer_labelselector: ResourceCheck.(string) ResourceCheck",
    ),
    "check": (
        "pathcheck_check: PathCheck.(string) Decision",
        "resourcecheck_check: ResourceCheck.(string) Decision",
    ),
    "errored": ("decision_errored: Decision.() bool",),
    "error": ("decision_error: Decision.() string",),
    "allowed": ("decision_allowed: Decision.() bool",),
    "reason": ("decision_reason: Decision.() string",),
}

FUNCTIONS: Final[dict[str, tuple[str, ...]]] = {
    **_STANDARD,
    **_OPTIONALS,
    **_STRINGS,
    **_LISTS,
    **_QUANTITIES,
    **_NETWORK,
    **_FORMATS,
    **_AUTHORIZATION,
}

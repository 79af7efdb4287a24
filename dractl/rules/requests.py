"""Rules of the requests in a claim."""

from collections.abc import Iterator
from typing import Final

from dractl.model.cluster import Profile
from dractl.model.names import dns_label, dns_subdomain
from dractl.rules.derived import check_derived
from dractl.rules.path import Path
from dractl.rules.reasons import (
    duplicate,
    forbidden,
    invalid,
    invalid_each,
    not_supported,
    required,
    too_many,
)
from dractl.rules.registry import Violation, rule
from dractl.rules.repeats import named
from dractl.rules.selectors import check_selector
from dractl.rules.taints import check_toleration
from dractl.rules.wire import Wire

MOST_REQUESTS: Final = 32
MOST_OPTIONS: Final = 8
MOST_SELECTORS: Final = 32
_MODES: Final = ("ExactCount", "All")


def check_requests(devices: Wire, path: Path, profile: Profile) -> Iterator[Violation]:
    """Walk through the list of requests."""
    requests = devices.get("requests", ())
    path = path.field("requests")
    if len(requests) > MOST_REQUESTS:
        yield from requests_max(len(requests), path)
        return
    for request, where, name, again in named(requests, path):
        yield from _check_request(request, where, profile)
        if again:
            yield from requests_name_unique(name, where)


def _check_request(request: Wire, path: Path, profile: Profile) -> Iterator[Violation]:
    yield from request_name(request.get("name", ""), path.field("name"))
    exactly, options = request.get("exactly"), request.get("firstAvailable", ())
    if (exactly is None) == (not options):
        yield from request_one_of(path, both=exactly is not None)
    elif exactly is not None:
        yield from _check_option(exactly, path.field("exactly"), profile)
    else:
        yield from _check_options(options, path.field("firstAvailable"), profile)


def _check_options(
    options: list[Wire], path: Path, profile: Profile
) -> Iterator[Violation]:
    if len(options) > MOST_OPTIONS:
        yield from first_available_max(len(options), path)
        return
    for option, where, name, again in named(options, path):
        yield from subrequest_name(name, where.field("name"))
        yield from _check_option(option, where, profile)
        if again:
            yield from first_available_unique(name, where)


def _check_option(option: Wire, path: Path, profile: Profile) -> Iterator[Violation]:
    """Walk through what a request and an alternative have in common."""
    yield from device_class_name(
        option.get("deviceClassName", ""), path.field("deviceClassName")
    )
    selectors, below = option.get("selectors", ()), path.field("selectors")
    if len(selectors) > MOST_SELECTORS:
        yield from request_selectors_max(len(selectors), below)
    else:
        for index, selector in enumerate(selectors):
            yield from check_selector(selector, below.index(index), profile)
    mode, count = option.get("allocationMode", ""), option.get("count", 0)
    if mode == "ExactCount":
        yield from count_exact(count, path.field("count"))
    elif mode == "All":
        yield from count_all(count, path.field("count"))
    else:
        yield from allocation_mode(mode, path.field("allocationMode"))
    for index, toleration in enumerate(option.get("tolerations", ())):
        where = path.field("tolerations").index(index)
        yield from check_toleration(toleration, where, profile)
    if "derivedAttributes" in option:
        yield from check_derived(
            option["derivedAttributes"], path.field("derivedAttributes"), profile
        )


@rule("requests-max")
def requests_max(count: int, path: Path) -> Iterator[Violation]:
    """A claim has at most 32 requests; of more, none is looked at."""
    yield from too_many("requests-max", path, count, MOST_REQUESTS)


@rule("requests-name-unique")
def requests_name_unique(name: str, path: Path) -> Iterator[Violation]:
    """Each request of a claim has its own name."""
    yield from duplicate("requests-name-unique", path, name)


@rule("request-name")
def request_name(name: str, path: Path) -> Iterator[Violation]:
    """A request has a name that is a DNS label.

    At most 63 bytes of lower-case letters, digits and '-'.
    """
    yield from invalid_each("request-name", path, name, dns_label(name))


@rule("request-one-of")
def request_one_of(path: Path, *, both: bool) -> Iterator[Violation]:
    """A request has either `exactly` or `firstAvailable`.

    An empty list of alternatives counts as none. Where both or neither are there, the
    server looks at nothing else in the request. In v1beta1 the fields of `exactly` lie
    in the request itself, and each of them counts, even `selectors: []`. Releases in
    which DRAPrioritizedList is off drop firstAvailable and then miss it here.
    """
    if both:
        message = "the request has both exactly and firstAvailable"
        fix = "move what is in exactly to the alternatives, or remove those"
        yield from invalid("request-one-of", path, message, fix)
    else:
        message = "the request has neither exactly nor firstAvailable"
        fix = "add exactly: {deviceClassName: ...}"
        yield from required("request-one-of", path, message, fix)


@rule("first-available-max")
def first_available_max(count: int, path: Path) -> Iterator[Violation]:
    """A request has at most 8 alternatives; of more, none is looked at."""
    yield from too_many("first-available-max", path, count, MOST_OPTIONS)


@rule("first-available-unique")
def first_available_unique(name: str, path: Path) -> Iterator[Violation]:
    """Each alternative of a request has its own name."""
    yield from duplicate("first-available-unique", path, name)


@rule("subrequest-name")
def subrequest_name(name: str, path: Path) -> Iterator[Violation]:
    """An alternative has a name that is a DNS label."""
    yield from invalid_each("subrequest-name", path, name, dns_label(name))


@rule("device-class-name")
def device_class_name(name: str, path: Path) -> Iterator[Violation]:
    """A request names a DeviceClass.

    The name is a DNS subdomain; whether the class exists is not asked.
    """
    if name:
        yield from invalid_each("device-class-name", path, name, dns_subdomain(name))
    else:
        yield from required("device-class-name", path, "no DeviceClass is named")


@rule("request-selectors-max")
def request_selectors_max(count: int, path: Path) -> Iterator[Violation]:
    """A request has at most 32 selectors; of more, none is looked at."""
    yield from too_many("request-selectors-max", path, count, MOST_SELECTORS)


@rule("allocation-mode")
def allocation_mode(mode: str, path: Path) -> Iterator[Violation]:
    """The allocation mode is ExactCount or All.

    ExactCount is the default; v1beta1 fills it in only beside a class.
    """
    yield from not_supported("allocation-mode", path, mode, _MODES)


@rule("count-exact")
def count_exact(count: int, path: Path) -> Iterator[Violation]:
    """A request for a number of devices asks for one at least.

    A count of 0 reads as absent, which means 1. The server has no upper limit; more
    than 32 devices in a claim can never be allocated.
    """
    if count <= 0:
        message = f"{count} devices cannot be asked for"
        yield from invalid("count-exact", path, message, "use 1 or more")


@rule("count-all")
def count_all(count: int, path: Path) -> Iterator[Violation]:
    """A request for all devices says no number."""
    if count:
        message = f"the mode All takes all devices, not {count}"
        yield from invalid("count-all", path, message, "remove the count")


def check_admin_access(
    devices: Wire, namespace: str, label: str | None, *, labelled: bool
) -> Iterator[Violation]:
    """Walk to the first request with admin access that the namespace must allow."""
    if labelled or label is None:
        return
    for index, request in enumerate(devices.get("requests", ())):
        if request.get("exactly", {}).get("adminAccess"):
            # The path has no `exactly` in it, and in templates `spec` only once.
            path = Path.of("spec", "devices", "requests").index(index)
            yield from admin_access_namespace(
                namespace, label, path.field("adminAccess")
            )
            return


@rule("admin-access-namespace")
def admin_access_namespace(
    namespace: str, label: str, path: Path
) -> Iterator[Violation]:
    """Admin access is asked for only in a namespace whose label allows it.

    The label is `resource.kubernetes.io/admin-access: "true"` since 1.34; in 1.33 it
    was `resource.k8s.io/admin-access`, and older releases do not ask. A namespace that
    is not among the documents counts as one without the label. Only the first such
    request is reported. Access that is false needs no label.
    """
    yield from forbidden(
        "admin-access-namespace",
        path,
        f"adminAccess needs the label {label}=true on the namespace {namespace}, "
        "which is not known to have it",
        f"kubectl label namespace {namespace} {label}=true",
    )

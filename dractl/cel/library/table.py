"""All functions by name; a module of the library is loaded when it is first needed."""

import functools
import importlib
from collections.abc import Mapping
from typing import Final

from dractl.cel.library.signature import Function

MODULES: Final[Mapping[str, str]] = {
    "kubernetes": "quantity isQuantity semver isSemver isGreaterThan isLessThan "
    "compareTo add sub isInteger asInteger asApproximateFloat sign major minor patch",
    "strings": "contains startsWith endsWith matches find findAll charAt lowerAscii "
    "upperAscii replace split substring trim join strings.quote",
    "lists": "isSorted max min sum indexOf lastIndexOf includes slice flatten distinct "
    "sort reverse lists.range first last sets.contains sets.equivalent "
    "sets.intersects size",
    "optionals": "optional.of optional.ofNonZeroValue optional.none optional.unwrap "
    "unwrapOpt hasValue value",
    "conversions": "int uint double string bytes bool duration timestamp type dyn",
    "times": "getFullYear getMonth getDayOfYear getDayOfMonth getDate getDayOfWeek "
    "getHours getMinutes getSeconds getMilliseconds",
    "network": "ip ip.isCanonical isIP family isUnspecified isLoopback "
    "isLinkLocalMulticast isLinkLocalUnicast isGlobalUnicast cidr isCIDR containsIP "
    "containsCIDR prefixLength masked",
    "urls": "url isURL getScheme getHost getHostname getPort getEscapedPath getQuery",
    "formats": "format.named validate format.dns1123Label format.dns1123Subdomain "
    "format.dns1035Label format.qualifiedName format.dns1123LabelPrefix "
    "format.dns1123SubdomainPrefix format.dns1035LabelPrefix format.labelValue "
    "format.uri format.uuid format.byte format.date format.datetime",
    "texts": "format",
    "authorization": "path group serviceAccount resource subresource namespace name "
    "fieldSelector labelSelector check errored error allowed reason",
}
"""The functions of every module of the library."""

_HOME: Final = {name: home for home, names in MODULES.items() for name in names.split()}


@functools.cache
def function(name: str) -> Function:
    """Return the implementation of a function that the checker knows."""
    module = importlib.import_module(f"dractl.cel.library.{_HOME[name]}")
    found: Function = module.FUNCTIONS[name]
    return found

"""All functions by name."""

from typing import Final

from dractl.cel.library import (
    conversions,
    formats,
    kubernetes,
    lists,
    network,
    optionals,
    strings,
    texts,
    times,
    urls,
)
from dractl.cel.library.signature import Functions
from dractl.cel.operators import length

FUNCTIONS: Final[Functions] = {
    **kubernetes.FUNCTIONS,
    **strings.FUNCTIONS,
    **lists.FUNCTIONS,
    **optionals.FUNCTIONS,
    **conversions.FUNCTIONS,
    **times.FUNCTIONS,
    **network.FUNCTIONS,
    **urls.FUNCTIONS,
    **formats.FUNCTIONS,
    **texts.FUNCTIONS,
    "size": length,
}

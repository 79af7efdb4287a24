"""Names that users ask about, and what is said of one that nothing has."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from dractl.catalogue.nearest import few, guess
from dractl.errors import DractlError, ExitStatus

if TYPE_CHECKING:
    from dractl.model.claims import ObjectMeta


def unknown(
    kind: str, name: str, known: Iterable[str], *, is_namespaced: bool = False
) -> DractlError:
    """Return the error of a name that nothing of a kind has; `known` are those."""
    names = list(dict.fromkeys(known))
    hint = f"the source has no {kind} at all"
    if names:
        hint = guess(name, names, few(names) + "; mind the namespace" * is_namespaced)
    return DractlError(
        f"unknown-{kind.lower()}",
        f"no {kind} is called {name[:120]!r}",
        hint=hint,
        status=ExitStatus.USAGE,
    )


def spelled(metas: "Iterable[ObjectMeta]", name: str) -> list[str]:
    """Return names as a user has spelled one: with their namespaces, or without."""
    if "/" in name:
        return ["/".join(each.key) for each in metas]
    return [each.name for each in metas]

"""From the options of a migration to its order."""

from dractl.cli.looks import named_schemas
from dractl.cli.migrate.options import Wanted
from dractl.cli.options import usage
from dractl.manifests.presets import qualified_attribute
from dractl.migrate.inputs import Order, Route, Shares
from dractl.migrate.targets import MODES
from dractl.migrate.teaching import plugins_in
from dractl.model.cluster import Profile
from dractl.sources.files import load_documents
from dractl.vendors.plugins import Plugin


def order_of(wanted: Wanted, plugins: tuple[Plugin, ...], profile: Profile) -> Order:
    """Return the order: what is wished, for a release.

    `plugins` are those that the user teaches. Raises DractlError for versions of
    drivers that do not exist, and for an attribute of no driver.
    """
    return Order(
        profile,
        route=Route(wanted.route),
        shares=Shares(wanted.shares),
        resources=frozenset(wanted.resources),
        align=_aligned(wanted.align),
        plugins=plugins,
        schemas=named_schemas(wanted.schemas, MODES),
        pool_label=wanted.pool_label,
        wave_size=wanted.wave_size,
    )


def _aligned(name: str) -> str:
    """Return the full name of an attribute; that of a standard one may be short."""
    found = qualified_attribute(name, None) if name else ""
    if found is None:
        raise usage(
            f"--align: whose attribute is {name!r}?",
            hint=f"write pcieRoot, or the driver before it: gpu.nvidia.com/{name}",
        )
    return found


def taught(mapping: str | None) -> tuple[Plugin, ...]:
    """Read what a file teaches of extended resources; raise DractlError."""
    if mapping is None:
        return ()
    loaded = load_documents(mapping)
    if loaded.problems:
        raise usage(f"--mapping: {loaded.problems[0]}")
    return tuple(
        plugin
        for document, where in loaded.documents
        for plugin in plugins_in(document, where)
    )

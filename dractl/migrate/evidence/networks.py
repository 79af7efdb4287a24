"""Network resources whose names an admin chooses, as configurations define them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dractl.api.decode_fields import Wire, integer, items, text
from dractl.api.problems import MalformedField
from dractl.migrate.evidence import rdma, sriov
from dractl.migrate.evidence.documents import Text, texts_of
from dractl.migrate.evidence.flags import PREFIX, Flag
from dractl.migrate.evidence.network_cel import all_of, any_of, safe
from dractl.migrate.evidence.record import Record, Setting
from dractl.migrate.evidence.selection import Selection
from dractl.migrate.inputs import Input
from dractl.rules.subject import mapping

_SRIOV: Final = "SR-IOV device plugin"
_RDMA: Final = "RDMA shared device plugin"
_OPERATOR: Final = "SR-IOV operator"
_NETWORKS: Final = "network definition"
_PLUGIN_PREFIX: Final = "intel.com"
_OPERATOR_PREFIX: Final = "openshift.io"
_RDMA_PREFIX: Final = "rdma"
_POLICIES: Final = "sriovnetwork.openshift.io"
_ATTACHMENT: Final = ("k8s.cni.cncf.io", "NetworkAttachmentDefinition")
_RESOURCE_NAME: Final = "k8s.v1.cni.cncf.io/resourceName"


@dataclass(frozen=True, slots=True)
class Network:
    """A resource, and the devices that it is: `selectors` are CEL, guarded.

    `evidence` says where that stands, and what else it means. `is_bare`: it names the
    resource, and does not select anything.
    """

    resource: str
    selectors: tuple[str, ...]
    evidence: str
    is_bare: bool = False


def selectors_of(resource: str, among: Sequence[Network]) -> tuple[str, ...]:
    """Return the conditions of a resource; of several definitions one has to hold."""
    own = [each for each in among if each.resource == resource]
    telling = [each for each in own if not each.is_bare] or own
    sets = tuple(dict.fromkeys(each.selectors for each in telling))
    if len(sets) <= 1:
        return sets[0] if sets else ()
    return (any_of([all_of(each) for each in sets]),)


@dataclass(frozen=True, slots=True)
class _Pool:
    """What an entry of a configuration defines, before its selectors are translated."""

    resource: str
    kind: str
    selected: Selection
    note: str = ""


def networks(
    inputs: Sequence[Input], flags: Sequence[Flag], record: Record
) -> tuple[Network, ...]:
    """Return the resources that documents define, each once for each definition."""
    attached = dict(_attached(inputs))
    found: list[Network] = []
    for source in inputs:
        for given in texts_of(source):
            for key in _READERS:
                found += _listed(given, key, flags, record)
        if source.group == _POLICIES:
            found += _of_operator(source, attached, flags, record)
    known = {each.resource for each in found}
    for name, source in attached.items():
        where = source.place(("metadata", "annotations", _RESOURCE_NAME))
        record.note(
            Setting(where, _NETWORKS, source.title, f"{_RESOURCE_NAME}: {name}", _NAD)
        )
        if name not in known:
            said = f"{source.title} names it"
            found.append(Network(name, (sriov.by_name(name),), said, is_bare=True))
    return tuple(found)


_NAD: Final = (
    "a webhook may add the resource to pods of that network: take the annotation away "
    "when they have claims"
)


def _attached(inputs: Sequence[Input]) -> Iterator[tuple[str, Input]]:
    """Yield the resources that networks name."""
    for source in inputs:
        if (source.group, source.kind) == _ATTACHMENT:
            name = mapping(source.metadata, "annotations").get(_RESOURCE_NAME)
            if isinstance(name, str) and "/" in name:
                yield name, source


# -- files of the plugins


def _listed(
    given: Text, key: str, flags: Sequence[Flag], record: Record
) -> Iterator[Network]:
    if not isinstance(given.value, Mapping) or key not in given.value:
        return
    read = _READERS[key]
    pools = record.read(
        lambda file: items(file, key), given.value, given.subject, given.where
    )
    for number, one in enumerate(pools or ()):
        subject = f"{given.subject}, {key}[{number}]"
        pool = record.read(lambda entry: read(entry, flags), one, subject, given.where)
        if pool is not None:
            yield _network(pool, subject, given.where, record)


def _sriov_pool(entry: Wire, flags: Sequence[Flag]) -> _Pool:
    prefix = text(entry, "resourcePrefix") or _prefix(flags, _SRIOV, _PLUGIN_PREFIX)
    resource = f"{prefix}/{_required(entry, 'resourceName')}"
    return _Pool(resource, _SRIOV, sriov.of_plugin(entry))


def _rdma_pool(entry: Wire, _: Sequence[Flag]) -> _Pool:
    prefix = text(entry, "resourcePrefix") or _RDMA_PREFIX
    resource = f"{prefix}/{_required(entry, 'resourceName')}"
    most = integer(entry, "rdmaHcaMax")
    note = f"up to {most} pods share a device" if most else "pods share a device"
    return _Pool(resource, _RDMA, rdma.of_plugin(entry), note)


_READERS: Final[Mapping[str, Callable[[Wire, Sequence[Flag]], _Pool]]] = {
    "resourceList": _sriov_pool,
    "configList": _rdma_pool,
}


def _required(entry: Wire, key: str) -> str:
    found = text(entry, key)
    if not found:
        raise MalformedField(key, "is missing")
    return found


def _prefix(flags: Sequence[Flag], kind: str, default: str) -> str:
    found = (each.value for each in flags if each.key == PREFIX and each.kind == kind)
    return next(found, default)


# -- objects of the operator


def _of_operator(
    source: Input, attached: Mapping[str, Any], flags: Sequence[Flag], record: Record
) -> Iterator[Network]:
    is_policy = source.kind == "SriovNetworkNodePolicy"
    prefix = _prefix(flags, _OPERATOR, _OPERATOR_PREFIX)

    def read(spec: Wire) -> _Pool | None:
        name = text(spec, "resourceName")
        if not name:
            return None
        named = (each for each in attached if each.partition("/")[2] == name)
        resource = next(named, f"{prefix}/{name}")
        selected = sriov.of_policy(spec) if is_policy else Selection()
        return _Pool(resource, _OPERATOR, selected)

    where = source.place(("spec", "resourceName"))
    pool = record.read(read, source.document.get("spec") or {}, source.title, where)
    if pool is not None:
        yield _network(pool, source.title, where, record)


# -- what they mean


def _network(pool: _Pool, subject: str, where: str, record: Record) -> Network:
    selected = pool.selected
    for key in selected.lost:
        record.complain(
            "selector-without-equivalent",
            f"{subject}: {key} of {pool.resource} selects by what no driver publishes",
            subject=subject,
            where=where,
            fix="make sure that what else is selected suffices",
        )
    for text_ in selected.moved:
        record.complain(
            "selector-becomes-config",
            f"{subject}: {text_}",
            subject=subject,
            where=where,
            fix="say it in the opaque parameters of the claim",
        )
    texts = [safe(each) for each in selected.texts]
    selectors = tuple(each for each in texts if each is not None)
    if None in texts:
        record.complain(
            "selector-without-equivalent",
            f"{subject}: the selectors of {pool.resource} cannot be said in CEL",
            subject=subject,
            where=where,
            fix="write a DeviceClass by hand",
        )
    is_bare = not selectors
    if pool.kind != _RDMA and (selected.lost or is_bare):
        # The policy that makes the driver publish the devices tells them apart.
        selectors = (*selectors, sriov.by_name(pool.resource))
    says = f"resourceName: {pool.resource}" + (f"; {pool.note}" if pool.note else "")
    means = f"conditions on devices of {sriov.DRIVER}"
    if pool.kind == _RDMA:
        means = f"conditions on devices of {rdma.DRIVER}, which one pod has alone"
    elif is_bare:
        means = f"what a SriovResourcePolicy gives that name, of {sriov.DRIVER}"
    record.note(Setting(where, pool.kind, subject, says, means))
    evidence = f"{subject} defines it" + (f": {pool.note}" if pool.note else "")
    return Network(pool.resource, selectors, evidence, is_bare)

"""Every command, by the words that ask it of a cluster in a file."""

from collections.abc import Iterator
from typing import Final

from typer.core import TyperCommand, TyperGroup, TyperOption
from typer.main import get_group

from dractl.cli.app import app

CLUSTER: Final = "CLUSTER"
"""Stands for the path of a cluster."""
HOST: Final = "HOST"
"""Stands for the root of a machine."""
MANIFEST: Final = "MANIFEST"
"""Stands for the path of a file with a claim."""
_FROM: Final = ("--snapshot", CLUSTER)
READING: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    "allocate": (_FROM,),
    "attributes": (_FROM,),
    "cel": (("true", *_FROM),),
    "cleanup": (_FROM,),
    "diff": ((CLUSTER, "--demo"), (MANIFEST, CLUSTER)),
    "discover": (("--root", HOST, "--all"),),
    "doctor": (_FROM,),
    "doctor upgrade": (
        (*_FROM, "--kubernetes", "1.37"),
        (*_FROM, "--driver", "gpu.nvidia.com"),
    ),
    "explain": (_FROM, ("pending", "-A", *_FROM)),
    "fields": ((), ("slice",)),
    "health": (_FROM,),
    "migrate plan": (_FROM,),
    "taint": (
        ("--list", *_FROM),
        ("gpu.nvidia.com", "example.com/bad:NoExecute", *_FROM),
    ),
    "top": (
        _FROM,
        ("nodes", *_FROM),
        ("claims", *_FROM),
        ("classes", *_FROM),
        ("--fits", MANIFEST, *_FROM),
        ("--headroom", *_FROM),
        ("--history", CLUSTER),
        ("drivers", "--taint", "gpu.nvidia.com", *_FROM),
    ),
    "validate": ((MANIFEST,), (MANIFEST, *_FROM)),
    "version": ((),),
}
"""Those with an answer of their own."""
WRITING: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    "convert": ((MANIFEST, "--to", "v1beta1"),),
    "render": (("claim", "--vendor", "nvidia"),),
}
"""Those that write objects of Kubernetes."""


def commands(
    group: TyperGroup | None = None, *words: str
) -> Iterator[tuple[str, TyperCommand | TyperGroup]]:
    """Yield every command with the words that name it."""
    for name, each in (group or get_group(app)).commands.items():
        here = (*words, name)
        if isinstance(each, TyperGroup):
            if each.invoke_without_command:
                yield " ".join(here), each
            yield from commands(each, *here)
        elif isinstance(each, TyperCommand):
            yield " ".join(here), each


def formats(command: TyperCommand | TyperGroup) -> tuple[str, ...]:
    """Return what `-o` takes; nothing where it is a file, or is not there."""
    for each in command.params:
        if isinstance(each, TyperOption) and "-o" in each.opts:
            return tuple(map(str, each.type_descriptor.choices or ()))
    return ()

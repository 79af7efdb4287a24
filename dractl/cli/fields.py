"""`dractl fields`."""

from typing import Annotated, Final, Literal

import typer

from dractl.cli import output
from dractl.cli.command import command
from dractl.cli.options import ReleaseOption, usage, verbatim
from dractl.cli.terminal import Terminal
from dractl.errors import ExitStatus

EXAMPLES: Final = verbatim("""
Examples:
  # the kinds of resource.k8s.io
  dractl fields

  # what a field is: its type, limits, default, gate and other spellings
  dractl fields resourceclaim.spec.devices.requests.exactly.count
  dractl fields slice.spec.devices

  # all fields of a kind, as an older release or version has them
  dractl fields claim --recursive --kubernetes-version 1.33
  dractl fields claim.spec.devices.requests --api-version v1beta1

  # for a script
  dractl fields class -o json

Needs no cluster. Kinds may be short (claim, class, slice, template, taint-rule)
or as kubectl takes them. Marks of lists, as in requests[0], may be left out.

Exit status: 0 done, 2 there is no such kind or field in that release or version.
""")

WhatArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="KIND[.FIELD...]",
        show_default=False,
        help="What to tell of. Default: list the kinds.",
    ),
]
VersionOption = Annotated[
    Literal["v1", "v1beta2", "v1beta1", "v1alpha3"] | None,
    typer.Option(
        "--api-version", help="Of the API. Default: the newest of the release."
    ),
]
RecursiveOption = Annotated[
    bool,
    typer.Option("-R", "--recursive", help="Only names and types, but all of them."),
]
FormatOption = Annotated[
    Literal["table", "json", "yaml"],
    typer.Option("-o", "--output", help="How to print it."),
]


@command
def fields(  # noqa: PLR0913 - one parameter per option
    what: WhatArgument = None,
    *,
    kubernetes_version: ReleaseOption = None,
    api_version: VersionOption = None,
    recursive: RecursiveOption = False,
    output_format: FormatOption = "table",
    screen: Terminal,
) -> int:
    """Say what the fields of claims, classes and slices mean.

    As `kubectl explain` does, but without a cluster, and for every release.
    """
    from dractl.cli import fieldpages
    from dractl.cli.release import warn_of_release
    from dractl.model.cluster import Profile
    from dractl.reference import document

    if what is None and (recursive or api_version):
        raise usage("--recursive and --api-version go with a KIND")
    profile = Profile.of(kubernetes_version)
    warn_of_release(profile, screen)
    release = profile.version
    if what is None:
        entries = fieldpages.book({}).contents(release)
        data = document.contents(entries, release)
        text = fieldpages.contents(entries, release, screen)
    else:
        from dractl.rules.check import RULES  # takes longer than all the rest

        book = fieldpages.book({code: rule.manual for code, rule in RULES.items()})
        told = book.page(what, release, api_version)
        data = document.page(told)
        text = (fieldpages.tree if recursive else fieldpages.page)(told, screen)
    if output_format == "table":
        screen.write(text)
    else:
        screen.write(output.as_data(data, output_format))
    return ExitStatus.YES

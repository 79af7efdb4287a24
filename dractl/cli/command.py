"""Commands that take bundles of options: a cluster, a terminal."""

import functools
import inspect
from collections.abc import Callable, Mapping
from inspect import Parameter, Signature
from typing import Any, Final

import typer

from dractl.cli.options import NoColorOption, QuietOption, VerboseOption, usage
from dractl.cli.source import Source, source_of
from dractl.cli.terminal import Terminal


def _terminal(
    context: typer.Context,
    *,
    verbose: VerboseOption = False,
    quiet: QuietOption = False,
    no_color: NoColorOption = False,
) -> Terminal:
    """Return the run's terminal, set as the options say."""
    if verbose and quiet:
        raise usage("--verbose and --quiet exclude each other")
    found: Terminal = context.obj
    found.verbose, found.quiet = verbose, quiet
    found.colour = found.colour and not no_color
    return found


_BUNDLES: Final[Mapping[object, Callable[..., object]]] = {
    Terminal: _terminal,
    Source: source_of,
}
"""What makes a parameter of a type from options of its own."""


def command(function: Callable[..., int]) -> Callable[..., int]:
    """Return the function with the options of bundles in the place of its parameters.

    typer reads the options of a command from a signature, so this writes one.
    """
    return _spread(function, _BUNDLES)


def command_with(
    *builders: Callable[..., object],
) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Return `command` for what takes bundles of its own; `builders` make them.

    A parameter is a bundle if its type is what a builder says that it returns.
    """
    own = {
        inspect.signature(each, eval_str=True).return_annotation: each
        for each in builders
    }
    return functools.partial(_spread, known={**_BUNDLES, **own})


def _spread(
    function: Callable[..., int], known: Mapping[object, Callable[..., object]]
) -> Callable[..., int]:
    own = inspect.signature(function, eval_str=True).parameters
    bundles = {
        name: known[parameter.annotation]
        for name, parameter in own.items()
        if parameter.annotation in known
    }
    options: dict[str, Parameter] = {}
    for name, parameter in own.items():
        options |= _options(bundles[name]) if name in bundles else {name: parameter}

    @functools.wraps(function)
    def run(**values: Any) -> int:
        made = {
            name: build(**{each: values[each] for each in _options(build)})
            for name, build in bundles.items()
        }
        kept = {name: values[name] for name in own if name not in bundles}
        return function(**kept, **made)

    ordered = sorted(options.values(), key=lambda each: each.kind)
    setattr(run, "__signature__", Signature(ordered))  # noqa: B010 - unknown to mypy
    run.__annotations__ = {each.name: each.annotation for each in ordered}
    return run


def _options(build: Callable[..., object]) -> dict[str, Parameter]:
    found = inspect.signature(build, eval_str=True).parameters
    return {
        name: parameter.replace(kind=Parameter.KEYWORD_ONLY)
        for name, parameter in found.items()
    }

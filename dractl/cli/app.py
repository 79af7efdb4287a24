"""The command tree, and the one place where errors become exit codes."""

import gc
import os
import signal
import sys
import traceback
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import PurePath
from typing import Final

import typer
from typer.core import TyperGroup
from typer.main import get_group

from dractl.cli import (
    allocate,
    attributes,
    cel,
    cleanup,
    completion,
    convert,
    diff,
    discover,
    doctor,
    explain,
    fields,
    health,
    migrate,
    reaching,
    render,
    report,
    snapshot,
    taint,
    top,
    validate,
    version,
)
from dractl.cli.options import usage
from dractl.cli.source import REACHING
from dractl.cli.terminal import OutputClosed, Terminal
from dractl.errors import DractlError, ExitStatus

_BROKEN_PIPE: Final = 141  # what a shell reports of a process that SIGPIPE ended
_COMPLETE: Final = "__complete"
_PLUGIN: Final = "kubectl-dra"

app = typer.Typer(
    name="dractl",
    help="Admin toolkit for Kubernetes Dynamic Resource Allocation.",
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("allocate", epilog=allocate.EXAMPLES + REACHING)(allocate.allocate)
app.command("attributes", epilog=attributes.EXAMPLES + REACHING)(attributes.attributes)
app.command("cel", epilog=cel.EXAMPLES + REACHING)(cel.cel)
app.command("cleanup", epilog=cleanup.EXAMPLES + REACHING)(cleanup.cleanup)
app.command("completion", epilog=completion.EXAMPLES)(completion.completion)
app.command("convert", epilog=convert.EXAMPLES)(convert.convert)
app.command("diff", epilog=diff.EXAMPLES + REACHING)(diff.diff)
app.command("discover", epilog=discover.EXAMPLES + REACHING)(discover.discover)
app.add_typer(doctor.app, name="doctor", epilog=doctor.EXAMPLES + REACHING)
app.command("explain", epilog=explain.EXAMPLES + REACHING)(explain.explain)
app.command("fields", epilog=fields.EXAMPLES)(fields.fields)
app.command("health", epilog=health.EXAMPLES + REACHING)(health.health)
app.add_typer(migrate.app, name="migrate", epilog=migrate.EXAMPLES)
app.command("options", epilog=reaching.EXAMPLES)(reaching.options)
app.command("render", epilog=render.EXAMPLES)(render.render)
app.command("report", epilog=report.EXAMPLES + REACHING)(report.report)
app.command("snapshot", epilog=snapshot.EXAMPLES + REACHING)(snapshot.snapshot)
app.command("taint", epilog=taint.EXAMPLES + REACHING)(taint.taint)
app.command("top", epilog=top.EXAMPLES + REACHING)(top.top)
app.command("validate", epilog=validate.EXAMPLES + REACHING)(validate.validate)
app.command("version", epilog=version.EXAMPLES)(version.version)


@app.callback(invoke_without_command=True)
def group(context: typer.Context) -> None:
    """Admin toolkit for Kubernetes Dynamic Resource Allocation."""
    if context.invoked_subcommand is None:
        context.obj.write(context.get_help() + "\n")


def run() -> None:
    """Run as a program of its own, or as the plugin of kubectl."""
    # A run is short: what it drops, reference counts free; what it keeps, it needs.
    gc.disable()
    # Who is told to end tells what is done first, as after Ctrl-C.
    for number in filter(None, (signal.SIGTERM, getattr(signal, "SIGHUP", None))):
        if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup has it
            signal.signal(number, signal.default_int_handler)
    status = main()
    # Else the interpreter walks the whole heap once more before it ends.
    gc.freeze()
    sys.exit(status)


def complete_for_kubectl() -> None:
    """Answer kubectl, which looks for `kubectl_complete-dra` on PATH."""
    sys.exit(main(["__complete", *sys.argv[1:]]))


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status, whatever happens."""
    terminal = Terminal.of(os.environ, _program(sys.argv[0]))
    status = _status(terminal, sys.argv[1:] if argv is None else argv)
    if not terminal.is_unread:
        return status
    _discard_output()
    return _BROKEN_PIPE


def _status(terminal: Terminal, argv: Sequence[str]) -> int:
    """Run one command; tell what ended it."""
    try:
        return _invoke(terminal, argv)
    except DractlError as error:
        terminal.fail(error)
        return error.status
    except OutputClosed:
        return _BROKEN_PIPE
    except KeyboardInterrupt:
        return ExitStatus.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the process boundary: the rest is a bug
        _report_bug(terminal, error)
        return ExitStatus.BUG


def _invoke(terminal: Terminal, argv: Sequence[str]) -> int:
    """Run typer without its own error handling."""
    if argv and argv[0].startswith(_COMPLETE):
        terminal.write(_completed(*argv))
        return ExitStatus.YES
    try:
        status: object = _root()(
            args=list(argv),
            prog_name=terminal.program,
            standalone_mode=False,
            obj=terminal,
        )
    except typer.TyperException as error:
        # pydantic, which typer asks, puts its own words before ours.
        message = error.format_message().replace("Value error, ", "", 1)
        words = " ".join((terminal.program, *_command(argv)))
        raise usage(
            message[:1].lower() + message[1:].removesuffix("."),
            hint=f"{words} --help shows what there is",
        ) from error
    return status if isinstance(status, int) else ExitStatus.YES


def _command(argv: Sequence[str]) -> Iterator[str]:
    """Yield the words of a command line that name its command."""
    at: object = _root()
    for word in argv:
        if not isinstance(at, TyperGroup) or word not in at.commands:
            return
        at = at.commands[word]
        yield word


def _completed(request: str, *words: str) -> str:
    from dractl.cli.complete import REQUEST_NEXT, answer

    return answer(_root(), [*words, ""] if request == REQUEST_NEXT else words)


@cache
def _root() -> TyperGroup:
    """Return the command tree: it takes longer to make than most commands to run."""
    root = get_group(app)
    # typer has groups after all commands, whatever they are called.
    root.commands = dict(sorted(root.commands.items()))
    return root


def _program(path: str) -> str:
    name = PurePath(path).stem if path.endswith(".exe") else PurePath(path).name
    return "kubectl dra" if name == _PLUGIN else "dractl"


def _discard_output() -> None:
    """Keep the interpreter from complaining of the closed pipe when it flushes."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _report_bug(terminal: Terminal, error: Exception) -> None:
    if terminal.verbose:
        traceback.print_exception(error, file=terminal.err)
    terminal.fail(
        DractlError(
            "bug",
            f"this is a bug in dractl: {type(error).__name__}: {error}",
            hint="" if terminal.verbose else "run it again with -v and report the text",
        )
    )

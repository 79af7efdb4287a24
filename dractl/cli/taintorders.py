"""What the options of `dractl taint` ask for, and which of them go together."""

from dataclasses import dataclass
from typing import Final, Literal

from dractl.cli.options import usage
from dractl.cli.output import AnswerFormat
from dractl.cli.source import Source

DryRun = Literal["none", "client", "server"]

_LONGEST: Final = 128
"""The longest name of a field manager: apimachinery, FieldManagerMaxLength."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """The devices and taints of a command line, as they were typed."""

    words: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    device_class: str | None = None
    expression: str | None = None
    everything: bool = False

    @property
    def has_options(self) -> bool:
        """Whether options name devices."""
        return bool(
            self.nodes
            or self.claims
            or self.device_class is not None
            or self.expression is not None
            or self.everything
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Remarked:
    """What is to be kept of a taint: of whom, why, for how long; and what it may do."""

    owner: str = ""
    reason: str = ""
    lasting: str | None = None
    overwrites: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a change is made: tried only, asked about, waited for. None: no end."""

    dry_run: DryRun = "none"
    manager: str = "dractl"
    forces: bool = False
    is_confirmed: bool = False
    previews: bool = False
    waits: bool = False
    seconds: float | None = None

    @property
    def asks_server(self) -> bool:
        """Whether it needs a server."""
        return self.dry_run != "client"

    @property
    def how(self) -> str:
        """What is said of a dry run; "" for none."""
        if self.dry_run == "none":
            return ""
        return "dry run on the server" if self.asks_server else "dry run"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaintOrders:
    """All that is asked for; without `lists` and `finds_expired`, a change."""

    named: Named
    remarked: Remarked
    way: Way
    lists: bool = False
    finds_expired: bool = False
    removes: bool = False
    namespace: str | None = None
    output_format: AnswerFormat = "table"

    def check(self, source: Source) -> None:
        """Raise DractlError for options that make no sense together."""
        named, way = self.named, self.way
        if self.removes and not self.finds_expired:
            raise usage(
                "--remove goes with --expired",
                hint="KEY- takes back a taint of devices",
            )
        if self.finds_expired and (named.words or named.has_options):
            raise usage("--expired is about all rules of dractl; name no devices")
        if named.everything and (named.nodes or named.claims):
            raise usage("--all means all devices; name no others")
        if not self.changes and self._says_how:
            raise usage("--list and --expired only show; they take no such options")
        if not _is_name_of_manager(way.manager):
            raise usage(
                f"--field-manager {way.manager[:_LONGEST]!r} is not 1 to {_LONGEST} "
                "bytes of printable text"
            )
        self._check_way(way, source)

    @property
    def prints_text(self) -> bool:
        """Whether the answer is for people."""
        return self.output_format in {"table", "wide"}

    @property
    def changes(self) -> bool:
        """Whether something is to be changed, and not only shown."""
        return not self.lists and (self.removes or not self.finds_expired)

    @property
    def _says_how(self) -> bool:
        return self.remarked != Remarked() or self.way != Way()

    def _check_way(self, way: Way, source: Source) -> None:
        if way.previews and (way.waits or way.dry_run != "none"):
            raise usage(
                "--preview changes nothing: --wait, --dry-run do not go with it"
            )
        if way.waits and way.dry_run != "none":
            raise usage("--wait follows evictions, and a dry run evicts nobody")
        if way.seconds is not None and not (way.waits or way.previews):
            raise usage("--timeout goes with --wait or --preview")
        if not source.is_live and (way.waits or way.previews):
            raise usage("--wait and --preview need a live cluster")
        if not source.is_live and way.dry_run == "server":
            raise usage("--dry-run=server needs a live cluster")


def _is_name_of_manager(text: str) -> bool:
    """Tell what the API server takes: metav1/validation, ValidateFieldManager."""
    return (
        0 < len(text.encode(errors="surrogatepass")) <= _LONGEST and text.isprintable()
    )

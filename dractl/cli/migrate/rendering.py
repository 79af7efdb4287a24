"""What `dractl migrate render` makes: from its options to texts, and what it says."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from dractl.cli.diffs import difference, joined
from dractl.cli.migrate.charts import advice
from dractl.cli.migrate.inputs import Gathered, gathered
from dractl.cli.migrate.options import Given, Wanted
from dractl.cli.migrate.placing import (
    SHARED,
    Piece,
    Placed,
    names_of,
    placed,
    shared_text,
)
from dractl.cli.migrate.wording import named
from dractl.cli.migrate.writing import shared_piece
from dractl.cli.reading import warn_of
from dractl.cli.source import Source
from dractl.cli.terminal import Terminal
from dractl.cli.text import counted
from dractl.errors import DractlError, ExitStatus
from dractl.migrate.answer import Finding, Plan, Rewrite, UserPlan
from dractl.migrate.inputs import Route, Wire
from dractl.migrate.plan import plan
from dractl.migrate.reverse import reversed_
from dractl.migrate.rewrite import rewritten
from dractl.model.cluster import Profile
from dractl.rules.registry import Severity
from dractl.rules.server import Judgement, judged
from dractl.rules.subject import mapping, text
from dractl.sources.yaml_write import block

_NO_FILE: Final = "/dev/null"
COMMAND: Final = "migrate render"


@dataclass(frozen=True, eq=False, slots=True)
class Rendering:
    """What documents become, and where. `plan` is None for the way back.

    `met` are the quotas and the like that change, so that findings of them are settled.
    """

    gathered: Gathered
    plan: Plan | None
    rewrite: Rewrite
    placed: Placed
    met: frozenset[str] = frozenset()

    @property
    def staying(self) -> tuple[UserPlan, ...]:
        """Those who ask for devices and stay as they are."""
        users = self.plan.users if self.plan else ()
        return tuple(each for each in users if each.route is None)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is to be known of what was rendered, each once."""
        found = list(self.rewrite.findings)
        if self.plan is not None:
            routes = {None, self.plan.order.route}
            found += [
                each for each in self.plan.findings if each.subject not in self.met
            ]
            for each in self.plan.users:
                found += each.findings if each.route is not None else ()
            found = [each for each in found if each.route in routes]
        unique = {(each.where, each.message): each for each in found}
        return tuple(unique.values())

    @property
    def is_complete(self) -> bool:
        """Whether all that asks for devices could be rendered."""
        errors = any(e.severity is Severity.ERROR for e in self.rewrite.findings)
        return not (self.staying or errors)


def rendering(
    given: Given, wanted: Wanted, source: Source, screen: Terminal, *, back: bool
) -> Rendering:
    """Read what the options mean and rewrite it; `back` is the way to device plugins.

    Raises DractlError where nothing can be read, and where an object came out that the
    release would refuse, which is a bug.
    """
    found = gathered(given, wanted, source, screen, command=COMMAND)
    if back:
        made, rewrite = None, reversed_(found.inputs, found.order)
    else:
        made = plan(found.inputs, found.snapshot, found.order)
        rewrite = rewritten(made, found.snapshot, found.inputs)
    check(found, rewrite)
    names = names_of(given.paths, found.manifests)
    where = placed(found, rewrite, names)
    users = {each.user.input.number for each in made.users} if made else set()
    others = rewrite.documents.keys() - users
    met = frozenset(each.title for each in found.inputs if each.number in others)
    return Rendering(found, made, rewrite, where, met)


# -- the check of what was made


def check(found: Gathered, rewrite: Rewrite) -> None:
    """Raise DractlError if the release would refuse what it did not refuse before."""
    profile = found.snapshot.profile
    for document, former in _made(found, rewrite):
        known = set(_objections(former, profile)) if former is not None else set()
        for each in _objections(document, profile):
            if each not in known:
                metadata = mapping(document, "metadata")
                name = text(metadata, "name") or text(metadata, "generateName")
                raise DractlError(
                    "refused",
                    f"Kubernetes {profile.version} would refuse what was rendered: "
                    f"{each}; this is a bug of dractl, and nothing was written",
                    where=f"{text(document, 'kind')} {name}",
                    hint="report it with the manifest",
                    status=ExitStatus.BUG,
                )


def _made(found: Gathered, rewrite: Rewrite) -> Iterator[tuple[Wire, Wire | None]]:
    """Yield what was made, and what stood in its place before."""
    before = {each.number: each.document for each in found.inputs}
    for number, document in rewrite.documents.items():
        yield document, before.get(number)
    for documents in rewrite.added.values():
        yield from ((each, None) for each in documents)
    yield from ((each, None) for each in rewrite.shared)


def _objections(document: Wire, profile: Profile) -> Iterator[str]:
    namespace = text(mapping(document, "metadata"), "namespace")
    # Whether the namespace admits admin access is a finding of the plan.
    answer: Judgement = judged(document, profile, ["default", namespace])
    for each in answer.violations:
        if str(each.path) != "metadata.namespace":  # that is the workload's own
            yield f"{each.path}: {each.message}"


# -- what is printed


def changed(made: Rendering) -> list[Piece]:
    """Return the texts that are others than before, and those that are new."""
    where = made.placed
    found = [each for each in (*where.files, *where.objects) if each.is_changed]
    found = [each for each in found if not each.is_empty]
    if where.shared:
        text_ = shared_text(where.shared)
        found.append(Piece("", SHARED, "", text_, text_))
    return found


def is_changed(made: Rendering) -> bool:
    """Tell whether there is a difference."""
    where = made.placed
    pieces = (*where.files, *where.objects)
    return bool(where.shared) or any(each.is_changed for each in pieces)


def stream(made: Rendering) -> str:
    """Return all files, what changes of a cluster, and new objects as one YAML text."""
    where = made.placed
    whole = [each.stream for each in where.files]
    whole += [each.stream for each in where.objects]
    return joined([*whole, *(f"{block(each)}\n" for each in where.shared)])


def differences(made: Rendering, *, force: bool) -> str:
    """Return what changes as a unified difference, new files included."""
    where = made.placed
    shared = shared_piece(where, force=force)
    pieces = [*where.files, *where.objects, *([shared] if shared else [])]
    return "".join(
        difference(
            each.before,
            each.after,
            (each.path or each.name) if each.before else _NO_FILE,
            each.path or each.name,
        )
        for each in pieces
    )


# -- what is said


def tell(made: Rendering, screen: Terminal) -> None:
    """Say what could not be read, what to know of the result, and what stays."""
    warn_of(made.gathered.snapshot, screen, COMMAND)
    for problem in made.gathered.failures:
        if problem in made.gathered.snapshot.problems:
            continue
        hint = advice(problem.where, COMMAND)
        screen.fail(DractlError("malformed", problem.message, problem.where, hint))
    for finding in made.findings:
        _say(finding, screen)
    route = made.gathered.order.route
    for each in made.staying:
        where = each.user.input.place(each.user.steps)
        screen.warn(
            f"{where}: {named(each.user)} stays as it is: {_reason(each, route)}"
        )
    _tell_of_texts(made.placed, screen)
    screen.note(_summary(made))


def _tell_of_texts(found: Placed, screen: Terminal) -> None:
    """Say what became of texts beside what was wanted."""
    for place in found.bare:
        screen.warn(f"{place}: comments inside this document could not be kept")
    for place in found.spelled:
        screen.note(
            f"{place}: aliases whose values are no longer the same are written out"
        )
    for each in (*found.files, *found.objects):
        if each.is_changed and each.is_empty:
            screen.note(f"{each.path or each.name}: nothing is left of it; delete it")
    for path in found.several:
        screen.note(f"{path}: it has several objects now, one after the other")


def _say(finding: Finding, screen: Terminal) -> None:
    named = "" if finding.subject in finding.message else finding.subject
    line = f"{finding.where or named}: {finding.message}".removeprefix(": ")
    if "\n" in finding.fix:
        line += " (migrate plan shows what to write)"
    elif finding.fix:
        line += f" ({finding.fix})"
    if finding.severity is Severity.INFO:
        screen.detail(line)
    else:
        screen.warn(line)


def _reason(each: UserPlan, route: Route) -> str:
    reasons = each.blocks.get(route, ())
    if reasons and each.targets:
        return "; ".join(reasons)
    without = [one for one in each.user.resources if one not in each.targets]
    return f"no DRA driver is known for {', '.join(without)}" if without else "no route"


def _summary(made: Rendering) -> str:
    rewrite = made.rewrite
    added = sum(map(len, rewrite.added.values())) + len(rewrite.shared)
    parts = [counted(len(rewrite.documents), "object") + " changed"]
    parts += [f"{added} new"] if added else []
    parts += [f"{len(rewrite.removed)} removed"] if rewrite.removed else []
    parts += [f"{counted(len(made.staying), 'workload')} as before"] * bool(
        made.staying
    )
    release = made.gathered.snapshot.profile.version
    return f"{', '.join(parts)} (for Kubernetes {release})"

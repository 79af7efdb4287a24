"""What `dractl migrate plan` finds, from its options to an answer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dractl.cli.migrate.charts import first_advice
from dractl.cli.migrate.inputs import Gathered, gathered
from dractl.cli.migrate.options import Given, Wanted
from dractl.cli.reading import warn_of
from dractl.cli.source import Source
from dractl.cli.terminal import Terminal
from dractl.cli.text import counted
from dractl.errors import ExitStatus
from dractl.migrate.answer import Plan, Proof, Verdict
from dractl.migrate.inputs import Order
from dractl.migrate.plan import plan
from dractl.migrate.proof import proof
from dractl.migrate.rewrite import rewritten
from dractl.migrate.stages import stages
from dractl.migrate.steps import Stage
from dractl.migrate.worlds import Worlds
from dractl.rules.registry import Severity


@dataclass(frozen=True, eq=False, slots=True)
class Answer:
    """A plan, its proof and its stages; findings of the rewriting are the plan's."""

    gathered: Gathered
    plan: Plan
    proof: Proof
    stages: Sequence[Stage]

    @property
    def has_cluster(self) -> bool:
        """Whether there are nodes on which a proof can place anything."""
        return bool(self.gathered.snapshot.nodes)

    @property
    def errors(self) -> int:
        """How many errors stand in the way of what is wished for."""
        told = {None, self.plan.order.route}
        return sum(
            each.severity is Severity.ERROR and each.route in told
            for each in dict.fromkeys(self.plan.all_findings)
        )

    @property
    def is_blocked(self) -> bool:
        """Whether somebody who could move cannot, or something else is in the way."""
        stay = any(each.targets and each.route is None for each in self.plan.users)
        return stay or self.errors > 0

    @property
    def status(self) -> ExitStatus:
        """How the command ends."""
        if self.gathered.failures:
            return ExitStatus.ENVIRONMENT
        whole = ExitStatus.ENVIRONMENT if self.gathered.problems else ExitStatus.YES
        if not self.plan.users:
            return whole
        moves = any(each.route is not None for each in self.plan.users)
        is_unproven = self.proof.verdict is Verdict.UNPROVEN and self.has_cluster
        if self.is_blocked or self.proof.verdict is Verdict.LOSES:
            return ExitStatus.NO
        return ExitStatus.NO if moves and is_unproven else whole


def planned(
    given: Given,
    wanted: Wanted,
    source: Source,
    screen: Terminal,
    *,
    fresh: bool = False,
) -> Answer:
    """Read what the options mean and plan it; raise DractlError.

    `fresh` asks a live cluster for the state of this moment.
    """
    found = gathered(given, wanted, source, screen, fresh=fresh)
    _check_pools(found, screen)
    made = plan(found.inputs, found.snapshot, found.order)
    new = rewritten(made, found.snapshot, found.inputs)
    worlds = Worlds(made, found.inputs, found.snapshot, new)
    proven = proof(worlds)
    steps = stages(worlds, proven)
    told = replace(made, findings=(*made.findings, *new.findings))
    return Answer(found, told, proven, steps)


def _check_pools(found: Gathered, screen: Terminal) -> None:
    label, nodes = found.order.pool_label, found.snapshot.nodes
    if label and nodes and not any(label in each.meta.labels for each in nodes):
        screen.warn(f"no node has the label {label}, so that all are of one pool")


def tell(answer: Answer, screen: Terminal) -> None:
    """Say what could not be read, how much there is, and what to type next."""
    warn_of(answer.gathered.snapshot, screen, "migrate plan")
    for problem in answer.gathered.failures:
        if problem not in answer.gathered.snapshot.problems:
            screen.warn(f"left out: {problem}")
    if hint := first_advice(answer.gathered.failures, "migrate plan"):
        screen.note(hint)
    screen.note(_summary(answer))
    screen.note(f"next: {_next(answer, screen.program)}")


def _summary(answer: Answer) -> str:
    made = answer.plan
    if not made.users:
        return f"nothing asks for an extended resource{_among(made.order)}"
    moving = [each for each in made.users if each.route is not None]
    total = counted(len(made.users), "workload")
    return (
        f"{len(moving)} of {total} can go by {made.order.route.value}, "
        f"{counted(answer.errors, 'error')} (judged as Kubernetes "
        f"{made.order.profile.version})"
    )


def _among(order: Order) -> str:
    space = f" in namespace {order.scope}" if order.scope else ""
    names = f" called {' or '.join(sorted(order.resources))}" if order.resources else ""
    return f"{names}{space}"


def _next(answer: Answer, program: str) -> str:
    if not answer.plan.users:
        return "name other files, or -A for all namespaces"
    if answer.is_blocked:
        return f"mend the errors; {program} migrate plan --explain CODE tells more"
    if not any(each.route is not None for each in answer.plan.users):
        return "nothing to do: all of it stays with its device plugins"
    render = f"{program} migrate render with the same options shows the changes"
    if not answer.has_cluster:
        return f"{render}; name a cluster for a proof"
    if answer.proof.verdict is not Verdict.SAFE:
        return f"look why it is not known to be safe; {render}"
    return render

"""The first run of a rollout: it plans, and keeps the plan for all later runs."""

from dractl import __version__
from dractl.cli.migrate import planning, statefile
from dractl.cli.migrate.options import Given, Wanted
from dractl.cli.migrate.rollout import check_live
from dractl.cli.migrate.ways import Accepted
from dractl.cli.options import usage
from dractl.cli.source import Source
from dractl.cli.terminal import Terminal
from dractl.errors import DractlError, ExitStatus
from dractl.migrate.answer import Proof, Verdict
from dractl.migrate.progress import Migration, Origin, planned


def migration(
    given: Given, wanted: Wanted, source: Source, accepted: Accepted, screen: Terminal
) -> Migration:
    """Plan what the options mean, against a live cluster.

    Raises DractlError where a file or the cluster cannot be read, where nothing is to
    be done, and for a plan that is not safe, unless the user puts up with that.
    """
    check_live(source)
    answer = planning.planned(given, wanted, source, screen, fresh=True)
    for problem in answer.gathered.failures:
        screen.warn(f"left out: {problem}")
    live = answer.gathered.live
    if live is None:
        raise usage(
            "files alone tell of no cluster to change",
            hint="name one with --context or --kubeconfig",
        )
    if answer.is_blocked and not accepted.errors:
        raise _refused(
            "the plan has errors",
            "dractl migrate plan with the same options shows them; mend them, or "
            "--accept-errors leaves out what they are about",
        )
    _check_proof(answer.proof, accepted)
    if not answer.stages:
        raise _refused("there is nothing to migrate", "dractl migrate plan says why")
    origin = Origin(
        server=live.connection.server,
        kubernetes=live.reading.info.kubernetes or "",
        dractl=__version__,
        made=statefile.moment(),
        verdict=answer.proof.verdict,
        wishes=statefile.wishes(given, wanted),
    )
    return planned(origin, tuple(answer.stages))


def _check_proof(proof: Proof, accepted: Accepted) -> None:
    reasons = "; ".join(proof.reasons[:3])
    if proof.verdict is Verdict.LOSES and not accepted.loss:
        raise _refused(
            f"less fits after this migration than before: {reasons}",
            "dractl migrate plan shows the proof; --accept-loss begins all the same",
        )
    if proof.verdict is Verdict.UNPROVEN and not accepted.unproven:
        raise _refused(
            f"it is not known whether as much fits after: {reasons}",
            "dractl migrate plan shows the proof; --accept-unproven begins all the "
            "same",
        )


def _refused(message: str, hint: str) -> DractlError:
    return DractlError("not-safe", message, hint=hint, status=ExitStatus.NO)

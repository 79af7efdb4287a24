"""`dractl migrate plan`."""

from typing import TYPE_CHECKING, Annotated, Final

from dractl.cli.command import command_with
from dractl.cli.migrate.options import Given, Wanted, given_of, wanted_of
from dractl.cli.options import AnswerOption, explain_option, verbatim
from dractl.cli.source import Source
from dractl.cli.terminal import Terminal
from dractl.errors import ExitStatus

if TYPE_CHECKING:
    from dractl.cli.migrate.planning import Answer

EXAMPLES: Final = verbatim("""
Examples:
  # what would become of what asks for devices in the sample cluster
  dractl migrate plan --demo

  # of the manifests in a folder; of what a chart renders
  dractl migrate plan manifests/ -R
  helm template my-chart | dractl migrate plan -

  # with a cluster, which shows what plugins do and whether as much fits after
  dractl migrate plan manifests/ -R --context prod
  dractl migrate plan -A
  dractl migrate plan -A --snapshot cluster.json.gz

  # without a change of pods: DeviceClasses serve the names that they ask for
  dractl migrate plan --demo --route extended-resource

  # for a program; what a finding means, and which there are
  dractl migrate plan --demo -o json
  dractl migrate plan --explain ambiguous-resource
  dractl migrate plan --explain all

Files are planned without a cluster, unless options name one; without files, the
cluster is. Give the configuration of the device plugins, too: it tells whether
one nvidia.com/gpu is a whole device, a partition or a share. Nothing is changed.
Of many of a kind, a few are shown; -v shows all, -o wide a line for each request.

Exit status: 0 it can go as planned, or nothing asks for devices; also without a
cluster, where nothing can be proven; 1 something is in the way: an error on the
chosen route, capacity that is lost, or no proof though there is a cluster; 2 wrong
usage; 3 a file or the cluster cannot be read, in whole or in part.
""")

ExplainOption = Annotated[str | None, explain_option("finding")]


@command_with(given_of, wanted_of)
def plan(  # noqa: PLR0913 - one parameter per option
    *,
    given: Given,
    wanted: Wanted,
    explain: ExplainOption = None,
    source: Source,
    output_format: AnswerOption = "table",
    screen: Terminal,
) -> int:
    """Say who asks device plugins for what, and what replaces it.

    For each workload: what the resource means there, which driver, class and selector
    stand for it, what becomes of selectors on node labels, and what needs a human. With
    a cluster, also whether as many pods fit after, and in which stages to go.
    """
    if explain is not None:
        from dractl.cli.manuals import explained
        from dractl.migrate.codes import CODES

        screen.write(explained(explain, CODES, "finding", columns=screen.columns))
        return ExitStatus.YES
    from dractl.cli.migrate import planning

    answer = planning.planned(given, wanted, source, screen)
    screen.write(_rendered(answer, output_format, screen))
    planning.tell(answer, screen)
    return answer.status


def _rendered(answer: "Answer", output_format: str, screen: Terminal) -> str:
    if output_format in {"json", "yaml"}:
        from dractl.cli import output
        from dractl.migrate.document import document

        data = document(
            answer.plan, answer.proof, answer.stages, answer.gathered.problems
        )
        return output.as_data(data, output_format)
    from dractl.cli.migrate import plans

    if output_format == "name":
        return plans.names(answer.plan)
    if output_format == "wide":
        return plans.wide(answer.plan, screen)
    known = {each.where for each in answer.gathered.inputs if not each.is_file}
    return plans.table(answer.plan, answer.proof, answer.stages, screen, known=known)

"""Documents and metrics of files that the doctor looks at beside a cluster."""

from collections.abc import Iterable
from typing import NamedTuple

from dractl.api.component_metrics import ComponentMetrics
from dractl.api.lists import flattened
from dractl.api.problems import Problem
from dractl.cli.terminal import Terminal
from dractl.doctor.case import Given
from dractl.sources.configuration import load_configuration


class Documents(NamedTuple):
    """Objects with the places that they stand at, what is none, and saved metrics."""

    given: tuple[Given, ...] = ()
    problems: tuple[Problem, ...] = ()
    metrics: tuple[ComponentMetrics, ...] = ()

    @property
    def is_there(self) -> bool:
        """Whether anything was found that can be looked at."""
        return bool(self.given or self.metrics)


def read_given(paths: Iterable[str], screen: Terminal) -> Documents:
    """Read files and folders, and tell what in them is no object.

    Raises DractlError for a path of which nothing can be read.
    """
    given: list[Given] = []
    problems: list[Problem] = []
    metrics: list[ComponentMetrics] = []
    for path in paths:
        loaded = load_configuration(path)
        if isinstance(loaded, ComponentMetrics):
            metrics.append(loaded)
            continue
        problems += loaded.problems
        for value, where in flattened(loaded.documents):
            if isinstance(value, dict):
                given.append(Given(where, value))
            elif value is not None:
                problems.append(Problem("", "", "", "", "it is no object", where))
    for problem in problems:
        screen.warn(f"left out: {problem}")
    return Documents(tuple(given), tuple(problems), tuple(metrics))

"""What the findings of a migration mean: `--explain CODE`."""

from dractl.catalogue.nearest import nearest
from dractl.cli.options import usage
from dractl.migrate.codes import CODES


def explained(code: str) -> str:
    """Return the manual of a finding, or the list of all; raise DractlError."""
    if code == "all":
        return _listing()
    found = CODES.get(code)
    if found is None:
        near = nearest(code, CODES)
        raise usage(
            f"there is no finding {code[:60]!r}",
            hint=f"did you mean {near[0]}?" if near else "--explain all lists them",
        )
    return f"{code} ({found.severity})\n\n{found.manual}\n"


def _listing() -> str:
    size = max(map(len, CODES))
    return "".join(
        f"{code:<{size}}  {CODES[code].severity:<7}  {CODES[code].title}\n"
        for code in sorted(CODES)
    )

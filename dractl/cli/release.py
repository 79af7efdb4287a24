"""What is said of the release that answers are for."""

from dractl.cli.terminal import Terminal
from dractl.model.cluster import NEWEST, OLDEST, Profile


def warn_of_release(profile: Profile, screen: Terminal) -> None:
    """Say that a release is not known here, if that is so."""
    release = profile.version
    if not OLDEST <= release <= NEWEST:
        nearest = OLDEST if release < OLDEST else NEWEST
        screen.warn(f"Kubernetes {release} is unknown here; it is judged as {nearest}")

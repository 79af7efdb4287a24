"""What older clusters and articles contain: recognised, explained, made today's."""

from dractl.legacy.construct import Legacy
from dractl.legacy.find import found
from dractl.legacy.modern import modernised
from dractl.legacy.today import Modern

__all__ = ["Legacy", "Modern", "found", "modernised"]

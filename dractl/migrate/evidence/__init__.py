"""What tells the meaning of extended resources: configurations, flags, node labels."""

from dractl.migrate.evidence.gathering import Evidence, gathered

__all__ = ["Evidence", "gathered"]

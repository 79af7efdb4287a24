"""A stateful API server for tests, whose answers are compared with recordings."""

from tests.apiserver.access import ADMIN, ALICE, Rule, User
from tests.apiserver.faults import Fault, Kind
from tests.apiserver.resources import Resource
from tests.apiserver.server import ApiServer

__all__ = ["ADMIN", "ALICE", "ApiServer", "Fault", "Kind", "Resource", "Rule", "User"]

"""A stateful API server for tests, whose answers are compared with recordings.

def test_a_lost_answer_is_asked_for_again(api_server, tmp_path):
    api_server.add(documents)
    api_server.faults.add(Fault(Kind.DROP_AFTER, method="PATCH"))
    config = api_server.kubeconfig(tmp_path / "config", namespace="team")
    ...  # what is tested, with that kubeconfig
    assert api_server.object("DeviceTaintRule", "maint")["spec"] == ...
    assert [each.status for each in api_server.requests] == ...
"""

from tests.apiserver.access import ADMIN, ALICE, Rule, User
from tests.apiserver.faults import Fault, Kind
from tests.apiserver.resources import Resource
from tests.apiserver.server import ApiServer

__all__ = ["ADMIN", "ALICE", "ApiServer", "Fault", "Kind", "Resource", "Rule", "User"]

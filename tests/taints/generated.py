"""Taints, rules and users of devices, made up."""

from hypothesis import strategies as st

from dractl.model.claims import Toleration
from dractl.model.devices import Taint
from tests.builders import DRIVER, rule
from tests.taints.cluster import EARLIER, user

NAMES = st.sampled_from([None, "n1", "n2"])
TIMES = st.sampled_from([None, EARLIER, "2026-11-26T11:30:00Z"])
EFFECTS = st.sampled_from(["NoExecute", "NoSchedule", "None"])
TAINTS = st.builds(
    Taint, st.sampled_from(["hot", "sick"]), st.sampled_from(["", "v"]), EFFECTS, TIMES
)
TOLERATIONS = st.lists(
    st.builds(
        Toleration,
        st.sampled_from(["", "hot", "sick"]),
        st.sampled_from(["Exists", "Equal"]),
        st.sampled_from(["", "v"]),
        st.sampled_from(["", "NoExecute", "NoSchedule"]),
        st.sampled_from([None, -1, 0, 60, 3600]),
    ),
    max_size=3,
)
RULES = st.lists(
    st.builds(
        lambda taint, pool, device, selects: rule(
            taint, DRIVER, pool, device, selects=selects
        ),
        TAINTS,
        NAMES,
        st.sampled_from([None, "gpu-0", "gpu-1"]),
        st.booleans(),
    ),
    max_size=3,
)
USERS = st.builds(
    lambda name, devices, tolerations, node, is_reserved: user(
        name,
        *devices,
        tolerations=tolerations,
        node_name=node,
        is_reserved=is_reserved,
    ),
    st.sampled_from(["web", "db", "train"]),
    st.lists(
        st.sampled_from(["n1/gpu-0", "n1/gpu-1", "n2/gpu-0", "n1/gone"]), max_size=2
    ),
    TOLERATIONS,
    st.sampled_from(["n1", "n1", ""]),
    st.sampled_from([True, True, False]),
)

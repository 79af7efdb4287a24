"""How the sockets are called by which drivers register with a kubelet.

As the helper of Kubernetes names them (1.36, dynamic-resource-allocation/kubeletplugin/
draplugin.go), with the UID of the pod where updates are rolling.
"""

import re
from typing import Final

POD_UID: Final = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
REGISTRATION: Final = re.compile(
    rf"(?P<driver>[^/]+?)(?:-(?P<pod>{POD_UID}))?-reg\.sock", re.ASCII
)

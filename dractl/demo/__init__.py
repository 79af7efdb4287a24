"""The sample cluster: Kubernetes 1.36 with the hardware that most people lack.

`control-1` has no devices and takes no pods. `a100-1` has four A100 40GB, of which two
are in MIG mode and publish every instance that could be cut from them, drawing on
shared counters. `h100-1` and `h100-2` have eight H100 each, and eight RDMA NICs of
which each hangs below the same PCIe root as one GPU; the last GPU of `h100-2` is broken
and tainted. `mi300x-1` has eight MI300X, `flex-1` two Flex 170, `l40s-1` two L40S whose
memory can be shared out. Attributes are those that the vendors' drivers publish.

Nine pods run. Twelve wait with two lone claims: some fit, and the others fail for one
reason each, which their names tell. The file is written by `python -m tools.demo`.
"""

from pathlib import Path
from typing import Final

PATH: Final = Path(__file__).with_name("cluster.json")
PLUGINS: Final = Path(__file__).with_name("plugins.json")
"""A second one, whose nodes still have device plugins: what `dractl migrate` is for."""

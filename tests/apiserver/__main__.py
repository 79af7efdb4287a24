"""Run `python -m tests.apiserver FILE...`."""

import sys

from tests.apiserver.child import serve

serve(sys.argv[1:])

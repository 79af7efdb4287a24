"""CEL device selectors: compile once, then ask device after device."""

from dractl.cel.errors import CelError, SelectorCompileError, SelectorEvalError
from dractl.cel.selector import Clause, Selector, compile_cached, compile_selector

__all__ = [
    "CelError",
    "Clause",
    "Selector",
    "SelectorCompileError",
    "SelectorEvalError",
    "compile_cached",
    "compile_selector",
]

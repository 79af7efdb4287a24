"""CEL device selectors: compile once, then ask device after device."""

"""The checks of `doctor`, each in the module of what it looks at."""

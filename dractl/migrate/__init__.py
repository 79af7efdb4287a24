"""From device plugins to DRA: who asks for what, what replaces it, in which steps."""

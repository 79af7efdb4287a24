"""Commands: words in, exit codes out; nothing here decides about devices."""

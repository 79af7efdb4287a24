"""Where snapshots come from: files, folders, standard input."""

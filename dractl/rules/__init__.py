"""What is wrong with manifests: rules, each a row of a table with its manual."""

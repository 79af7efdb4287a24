"""Plots as SVG: inside the page, or as files that stand alone."""

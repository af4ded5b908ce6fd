"""Telling somebody: what was told (the notebook), in which words, and how it gets there (the courier)."""

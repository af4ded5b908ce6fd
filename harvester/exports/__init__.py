"""Chosen releases in the formats of other programs, a file a format: rows in, bytes or a file out."""

"""Spiders: one class, and a few lines a board."""

"""Scheduled crawls of the briefings on korea.kr into one SQLite file. See docs/architecture.md."""

"""Signals of our own, sent through Scrapy's signal manager."""

day_closed = object()
"""A day's row of the ledger was written.

Arguments: `record` (store.DayRecord), `glanced` (whether only a page of it was looked at), `spider`.
"""

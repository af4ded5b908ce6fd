"""The formats by name, each loaded when it is used: two of them need packages that not everybody has."""

import importlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import BinaryIO, cast

from harvester.exports.columns import Row

Write = Callable[[Iterable[Row], Sequence[str], BinaryIO, str], list[str]]
"""Writes rows with these columns to a stream, under a title; returns what should be told of it."""


@dataclass(frozen=True, slots=True)
class Format:
    text: bool
    """Whether it may go to standard output."""
    records: bool
    """Whether attachments have a place in it that is more than JSON in a cell, and so are in it by default."""
    package: str = ""
    """What it needs besides."""


FORMATS = {
    "csv": Format(text=True, records=False),
    "xlsx": Format(text=False, records=False, package="xlsxwriter"),
    "jsonl": Format(text=True, records=True),
    "parquet": Format(text=False, records=True, package="pyarrow"),
    "atom": Format(text=True, records=False),
    "markdown": Format(text=True, records=True),
}


class MissingPackage(Exception):
    """The format's package is not installed; the message says how to install it."""


def writer(name: str) -> Write:
    """The `write` of a format. Raises MissingPackage."""
    try:
        return cast(Write, importlib.import_module(f"harvester.exports.{name}").write)
    except ModuleNotFoundError as error:
        if not FORMATS[name].package or (error.name or "").partition(".")[0] != FORMATS[name].package:
            raise
        raise MissingPackage(
            f"{name} needs the package {FORMATS[name].package}: pip install 'koreakr-harvester[export]',"
            " or `make extras` in a checkout"
        ) from error

"""Where output goes: standard output, written whole or said not to be, and files."""

import codecs
import io
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import click

from harvester.exports.output import FileThere, whole_file

STDOUT = Path("-")


class OutputFailed(Exception):
    """Standard output cannot be written. No OSError: who catches those means files of their own."""


class _Output(io.FileIO):
    """Standard output itself, below every buffer."""

    def write(self, data: Any) -> int:
        try:
            return super().write(data)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise OutputFailed(f"standard output cannot be written: {error.strerror or error}") from error


class _Errors(io.FileIO):
    """Standard error itself: what nobody can hear, as on a full disk or after the terminal closed, ends nothing."""

    def write(self, data: Any) -> int:
        try:
            return super().write(data) or 0
        except OSError:
            return len(data)


def prepare_output() -> None:
    """Make standard output one that never loses anything in silence, whatever it is; and standard error never fail.

    With PYTHONUNBUFFERED it has no buffer, and then nobody writes the rest of what was written in part; an encoding may
    lack letters; and what is closed would be skipped, its number going to the next file that is opened.
    """
    stderr = sys.stderr
    if stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  (open to the end)
    elif stderr is sys.__stderr__ and isinstance(stderr, io.TextIOWrapper):
        sys.stderr = io.TextIOWrapper(
            io.BufferedWriter(_Errors(stderr.fileno(), "wb", closefd=False)),
            encoding=stderr.encoding,
            errors=stderr.errors,
            line_buffering=True,
        )
    # Anything else was put there by who calls this from Python.
    if sys.stdout is not sys.__stdout__:
        return
    if (stdout := sys.stdout) is None:
        number, encoding, errors, at_once = os.open(os.devnull, os.O_RDONLY), "utf-8", "strict", False
    else:
        stdout.flush()
        number, encoding, errors = stdout.fileno(), stdout.encoding, stdout.errors or "strict"
        at_once = stdout.line_buffering or stdout.write_through
    sys.stdout = io.TextIOWrapper(
        io.BufferedWriter(_Output(number, "wb", closefd=False)),
        encoding=encoding,
        errors=ESCAPED if errors == "strict" else errors,
        line_buffering=at_once,
    )


def _escaped(error: UnicodeError) -> tuple[str, int]:
    """As JSON writes them, so that what is JSON stays so."""
    assert isinstance(error, UnicodeEncodeError)
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end


ESCAPED = "escaped"
codecs.register_error(ESCAPED, _escaped)


def give_up_output() -> None:
    """Send what still waits in the buffer nowhere, so that the interpreter does not try it again at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def wrong_output(why: str) -> click.BadParameter:
    return click.BadParameter(why, param_hint="'--output'")


def check_file(output: Path, example: str) -> None:
    """Complain of a place where no file can be written before anything is read."""
    try:
        if output.is_dir():
            raise wrong_output(f"{output} is a folder: name a file, {output / example}")
        if not output.parent.is_dir():
            raise wrong_output(f"there is no folder {output.parent}: make it first")
    except OSError as error:
        raise wrong_output(f"{output} cannot be a file: {error.strerror or error}") from None


@contextmanager
def file_at(output: Path, *, force: bool) -> Iterator[BinaryIO]:
    """A stream to a file that appears when it is whole; what is there already is wrong usage."""
    try:
        with whole_file(output, force=force) as stream:
            yield stream
    except FileThere as error:
        raise wrong_output(str(error)) from None

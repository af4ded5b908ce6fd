"""A process of its own that takes messages to addresses: `python -m harvester.telling.courier`, told what on its input.

Of its own, so that a mail server that hangs can hold up no run: it is ended after its time. And so that no address,
which holds passwords, is an argument that others on this machine can list, or a line in a log.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

ONE = 20.0
"""Seconds for one message."""
ALL = 40.0
"""Seconds for everything there is to take: a run ends that much later at worst."""
PING_TRIES = 2


@dataclass(frozen=True, slots=True)
class Delivery:
    """Messages for one address, in order: subject, body and kind of each."""

    address: str
    messages: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """How many of a delivery's messages were taken, and why not the next."""

    number: int = 0
    why_not: str = "no answer in time"


class Broken(Exception):
    """The courier did not say what became of it."""


# For the run


def unknown_addresses(addresses: Sequence[str]) -> list[int]:
    """Which of the addresses, counted from 0, are none. Raises Broken."""
    if not addresses:
        return []
    for line in _ask({"check": list(addresses)}):
        if "unknown" in line:
            return [int(number) for number in line["unknown"]]
    raise Broken("whether the addresses are such could not be found out")


def deliver(deliveries: Sequence[Delivery], ping: str | None = None) -> tuple[list[Taken], str | None]:
    """What became of each delivery; and why the ping address did not answer, None where it did, or there is none."""
    asked = {"deliver": [[each.address, list(each.messages)] for each in deliveries], "ping": ping}
    taken = [Taken() for _ in deliveries]
    not_pinged: str | None = "no answer in time" if ping else None
    with suppress(Broken):
        for line in _ask(asked):
            if "ping" in line:
                not_pinged = line["ping"]
            elif "delivery" in line:
                taken[line["delivery"]] = Taken(line["taken"], line["why_not"])
    return taken, not_pinged


def _ask(asked: dict[str, Any]) -> list[dict[str, Any]]:
    # -P: a file apprise.py in the folder of the moment is not what is meant.
    command = [sys.executable, "-P", "-m", __name__]
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment()
        )
    except OSError as error:
        raise Broken(str(error)) from error
    try:
        said, _ = process.communicate(json.dumps(asked).encode(), timeout=ALL + 10)
    except subprocess.TimeoutExpired:
        process.kill()
        said, _ = process.communicate()
    lines = []
    for line in said.splitlines():
        with suppress(ValueError):
            lines.append(json.loads(line))
    return lines


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in ("HARVEST_NOTIFY", "HARVEST_PING")}


# In the process of its own


def _main() -> None:
    asked = json.loads(os.fdopen(0, "rb").read())
    if "check" in asked:
        _say({"unknown": [n for n, address in enumerate(asked["check"]) if _service(address) is None]})
        return
    work = [threading.Thread(target=_deliver, args=(n, *each), daemon=True) for n, each in enumerate(asked["deliver"])]
    if asked["ping"]:
        work.append(threading.Thread(target=_ping, args=(asked["ping"],), daemon=True))
    for thread in work:
        thread.start()
    until = threading.Event()
    timer = threading.Timer(ALL, until.set)
    timer.daemon = True
    timer.start()
    for thread in work:
        while thread.is_alive() and not until.is_set():
            thread.join(0.05)


def _say(line: dict[str, Any]) -> None:
    # One call a line: threads would mix theirs.
    os.write(1, json.dumps(line).encode() + b"\n")


def _service(address: str) -> Any:
    """What apprise makes of an address, None for what is none."""
    import apprise  # noqa: PLC0415  (only here: it takes a third of a second to load)

    asset = apprise.AppriseAsset(
        app_id="harvest",
        app_desc="korea.kr harvester",
        language="en",
        async_mode=False,
        # A message that is sent on to another place as a GET is lost, and looks as if it were taken.
        http_redirects=False,
        storage_mode=apprise.PersistentStoreMode.MEMORY,
        pgp_autogen=False,
        pem_autogen=False,
        secure_logging=True,
        service_timeout=ONE,
    )
    service = apprise.Apprise(asset=asset)
    try:
        return service if service.add(address) and len(service) == 1 else None
    except Exception:
        # Some hundred parsers of addresses, written by some hundred people.
        return None


def _deliver(number: int, address: str, messages: list[tuple[str, str, str]]) -> None:
    service = _service(address)
    taken, why_not = 0, "" if service else "it is no address that apprise knows"
    for subject, body, kind in messages if service else ():
        complaints: list[str] = []
        try:
            done = service.notify(
                body=body,
                title=subject,
                notify_type=kind,
                body_format="text",
                log_callback=lambda entry, _, said=complaints: said.append(entry.message),
                log_level="WARNING",
            )
        except Exception as error:
            done, complaints = False, [f"{type(error).__name__}: {error}"]
        if not done:
            why_not = without_secrets("; ".join(complaints), address) or "it was not taken"
            break
        taken += 1
        _say({"delivery": number, "taken": taken, "why_not": "no answer in time"})
    _say({"delivery": number, "taken": taken, "why_not": why_not})


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def _ping(address: str) -> None:
    why_not: str | None = None
    for _ in range(PING_TRIES):
        try:
            with build_opener(_NoRedirects).open(Request(address, headers={"User-Agent": "harvest"}), timeout=ONE / 2):
                why_not = None
                break
        except Exception as error:
            why_not = without_secrets(str(error) or type(error).__name__, address)
    _say({"ping": why_not})


def without_secrets(text: str, address: str) -> str:
    """A complaint without the parts of an address that may be secret: all but how it begins and the host it names."""
    parts = urlsplit(address)
    said = f"{parts.netloc} {unquote(parts.netloc)} {parts.path} {unquote(parts.path)} {parts.query} {parts.fragment}"
    for mark in ":/@?&=#,+;":
        said = said.replace(mark, " ")
    text = text.replace(address, "…")
    for secret in sorted({word for word in said.split() if len(word) >= 4}, key=len, reverse=True):
        text = text.replace(secret, "…")
    return " ".join(text.split())[:200]


if __name__ == "__main__":
    _main()
    # Not waiting for what hangs.
    os._exit(0)

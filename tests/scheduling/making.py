"""What cron does to a command before sh gets it, and programs that stand in for those of a machine."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

Cron = Callable[[str], str]


def vixie(command: str, *, halves_backslashes: bool) -> str:
    """A % ends the command; a backslash before it is taken away, and by some crons the first of two as well."""
    done, escaped = "", False
    for letter in command:
        if escaped:
            if letter == "%" or (halves_backslashes and letter == "\\"):
                done = done[:-1]
            escaped = False
        elif letter == "\\":
            escaped = True
        elif letter == "%":
            break
        done += letter
    return done


CRONS: dict[str, Cron] = {
    "vixie": lambda command: vixie(command, halves_backslashes=False),
    "cronie": lambda command: vixie(command, halves_backslashes=True),
    "busybox": lambda command: command,
}


def command_of(line: str, cron: str = "vixie") -> str:
    """What cron hands to sh of a line of the crontab."""
    return CRONS[cron](line.split(None, 5)[5])


def started(table: str, *, path: str = "/usr/bin:/bin", **environment: str) -> subprocess.CompletedProcess[str]:
    """Start the hourly line of a crontab as cron would: by sh, with next to nothing in the environment."""
    (line,) = [each for each in table.splitlines() if each[:1].isdigit()]
    return subprocess.run(
        ["/bin/sh", "-c", command_of(line)],
        env={"HOME": "/", "LOGNAME": "somebody", "PATH": path, "SHELL": "/bin/sh", **environment},
        cwd="/",
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return path


def teller(path: Path) -> Path:
    """A program that prints its arguments, and the contact, as JSON."""
    told = "import json, os, sys; print(json.dumps([sys.argv[1:], os.environ.get('HARVEST_CONTACT')]))"
    return program(path, f"#!{sys.executable}\n{told}\n")


def told(command: str) -> list[object]:
    ended = subprocess.run(["/bin/sh", "-c", command], capture_output=True, check=True, env={"PATH": "/usr/bin:/bin"})
    answer: list[object] = json.loads(ended.stdout)
    return answer


CRONTAB = """#!/bin/sh
# As Debian's: no table is an error of -l, a table must end with a newline, and one with errors is refused whole.
cd "$FAKE_SPOOL" || exit 1
case "$1" in
-l) [ -e unreadable ] && { echo "crontab: permission denied" >&2; exit 1; }
    [ -f table ] && exec cat table
    echo "no crontab for somebody" >&2; exit 1 ;;
-r) [ -f table ] || { echo "no crontab for somebody" >&2; exit 1; }
    rm table ;;
-)  cat > new
    [ -e full ] && { echo "/var/spool/cron: No space left on device" >&2; exit 1; }
    [ -z "$(tail -c 1 new)" ] || { echo "new crontab file is missing newline before EOF" >&2; exit 1; }
    [ -e forgetful ] || mv new table ;;
*)  echo "usage error" >&2; exit 1 ;;
esac
"""

SYSTEMCTL = """#!/bin/sh
[ "$1" = --user ] || exit 1
shift
echo "$*" >> "$FAKE_SPOOL/systemctl"
if [ -e "$FAKE_SPOOL/no-bus" ]; then echo "Failed to connect to bus: No medium found" >&2; exit 1; fi
"""


def machine(folder: Path, environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """A machine of one's own: its crontab and its systemd, as variables for those who run there."""
    program(folder / "bin" / "crontab", CRONTAB)
    program(folder / "bin" / "systemctl", SYSTEMCTL)
    program(folder / "bin" / "loginctl", "#!/bin/sh\necho no\n")
    return {
        "PATH": f"{folder / 'bin'}:{environment['PATH']}",
        "FAKE_SPOOL": str(folder),
        "HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_DATA_HOME": str(folder / "share"),
    }

"""Any path and any value comes through cron, sh and systemd as it is; the user's other lines stay as they are."""

import os
import shutil
import subprocess
from datetime import UTC, datetime, time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harvester.scheduling import cron, systemd
from harvester.scheduling.job import Job, ScheduleProblem, check_writable, read_settings, write_settings
from harvester.scheduling.timing import Timing

from .making import CRONS, command_of, teller, told

NOW = datetime(2024, 1, 17, 3, 0, tzinfo=UTC)
NASTY = [
    "50%", "%", "%%", "\\", "\\\\", "\\%", "%\\", "\\\\%\\\\", "it's", "'", "''", "'\\''", '"', "$HOME", "`id`",
    "$(id)", "{a,b}", "=x",
    "~", "~/x", "# no", "*", "?", "a b", " ", "a;b&c|d>e<f", "!x", "", "--query=-x", "환경부 산업부", "\t", "$$",
]  # fmt: skip
WORDS = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.sampled_from("\\%'\"$` a환~"), max_size=12),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=20),
)


def job(folder: Path, *options: str, program: str = "/opt/bin/harvest", contact: str | None = None) -> Job:
    environment = {} if contact is None else {"HARVEST_CONTACT": contact}
    return Job(folder / "briefings.db", (program,), options, Timing(17), environment)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("it's 100% 환경부\\ $HOME")


@given(words=st.lists(WORDS, min_size=1, max_size=4), contact=WORDS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_word_comes_through_every_cron(here: Path, words: list[str], contact: str) -> None:
    fake = here / "bin dir" / "harvest"
    if not fake.exists():
        teller(fake)
    hourly, _ = cron.line(job(here, *words, program=str(fake), contact=contact), NOW)
    commands = {command_of(hourly, each) for each in CRONS}
    for command in commands:
        assert told(command) == [["schedule", "--run", "--jitter=60", *words], contact]


def unquoted(line: str) -> list[str]:
    """A line of words of a unit file, as systemd.syntax(7) and systemd.service(5) say it is read."""
    words, word, inside, letters = [], "", False, iter(line)
    for letter in letters:
        if letter == '"':
            if inside:
                words.append(word)
            word, inside = "", not inside
        elif letter == "\\":
            word += {"\\": "\\", '"': '"', "t": "\t"}[next(letters)]
        elif letter in "%$":
            assert next(letters) == letter
            word += letter
        elif inside:
            word += letter
        else:
            assert letter == " "
    assert not inside
    return words


@given(words=st.lists(WORDS, min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_every_word_comes_through_systemd(words: list[str]) -> None:
    asked = job(Path("/srv"), *words)
    text = systemd.units(asked)[f"{asked.name}.service"]
    (line,) = [each for each in text.split("\n") if each.startswith("ExecStart=")]
    assert unquoted(line.removeprefix("ExecStart=")) == list(asked.command("--jitter=0"))


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze")
@pytest.mark.parametrize("program", ["harvest", "a $b%c '환경부' d/harvest"])
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path, program: str) -> None:
    teller(tmp_path / program)
    timing = Timing(17, at=(time(7), time(18, 30)))
    nasty = [f"--query={word}" for word in NASTY]
    asked = Job(
        tmp_path / "50% 환경부.db", (str(tmp_path / program),), tuple(nasty), timing, {"HARVEST_CONTACT": 'a % \\ "'}
    )
    for name, text in systemd.units(asked).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    ended = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / name) for name in systemd.units(asked))],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    about_ours = [line for line in ended.stderr.splitlines() if asked.name in line]
    assert (ended.returncode, about_ours) == (0, []), ended.stderr


def test_two_databases_have_units_of_their_own() -> None:
    names = {job(Path(folder)).name for folder in ("/srv/a", "/srv/b")}
    assert len(names) == 2
    assert all(name.isascii() for name in names)


TABLE = st.lists(
    st.one_of(
        st.binary(max_size=30).map(lambda line: line.replace(b"\n", b"")),
        st.sampled_from(
            [b"", b"MAILTO=me", b"* * * * * true", b"# harvest schedule: begin /other.db", b"\r", b"\xff%"]
        ),
    ),
    max_size=6,
).map(b"\n".join)


@given(table=TABLE, ends=st.sampled_from([b"", b"\n"]))
@settings(max_examples=200, deadline=None)
def test_other_lines_stay_byte_for_byte(table: bytes, ends: bytes) -> None:
    before = table + ends
    one, two = job(Path("/srv/하나")), job(Path("/srv/둘 50%"))
    with_both = cron.with_block(cron.with_block(before, one, NOW), two, NOW)
    assert with_both.startswith(before)
    assert cron.with_block(with_both, two, NOW) == with_both
    without_one, found = cron.without(with_both, one.database)
    assert found
    assert os.fsencode(cron.block(two, NOW)) in without_one
    left, found = cron.without(without_one, two.database)
    assert found
    assert left == before or left == before + b"\n"
    assert cron.without(left, one.database) == (left, False)


def test_a_new_schedule_takes_the_place_of_the_old_one() -> None:
    table = cron.with_block(b"MAILTO=me\n", job(Path("/srv"), "--board=cabinet"), NOW) + b"1 2 * * * other\n"
    after = cron.with_block(table, job(Path("/srv"), "--board=speech"), NOW)
    assert b"cabinet" not in after
    assert after.count(b"harvest schedule: begin") == 1
    assert after.startswith(b"MAILTO=me\n1 2 * * * other\n")


@pytest.mark.parametrize("which", [0, 1])
def test_half_a_block_is_nobodys_to_guess(which: int) -> None:
    """Taking everything from its begin to the end of the table would take the user's lines with it."""
    mark = os.fsencode(cron.marks(Path("/srv/briefings.db"))[which])
    with pytest.raises(ScheduleProblem, match="half a block"):
        cron.without(b"a\n" + mark + b"\n1 2 * * * other\n", Path("/srv/briefings.db"))


def test_a_line_that_cron_would_refuse_is_not_written() -> None:
    with pytest.raises(ScheduleProblem, match="998"):
        cron.line(job(Path("/srv"), *(f"--ministry={'가' * 20}" for _ in range(20))), NOW)


@pytest.mark.parametrize("word", ["two\nlines", "\0", "a\x1bb", "\u2028"])
def test_what_no_line_can_hold_is_refused(word: str) -> None:
    with pytest.raises(ScheduleProblem):
        check_writable(job(Path("/srv"), word))


def test_secrets_are_for_their_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "schedule-briefings.env"
    secrets = {"HARVEST_NOTIFY": "slack://a/b%20c?x=1#y 'z' \"$HOME\"", "https_proxy": "http://me:p=w@proxy:1"}
    write_settings(path, secrets)
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_settings(path) == secrets
    path.chmod(0o644)
    write_settings(path, secrets)
    assert path.stat().st_mode & 0o777 == 0o600
    write_settings(path, {})
    assert list(path.parent.iterdir()) == []
    assert read_settings(path) == {}

"""Whatever a document does to its reader, who asked gets a reason, and the next document is read."""

import gc
import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep

import pytest

from harvester.demo.hwpx import make_hwpx
from harvester.demo.pdf import make_pdf
from harvester.documents import Document, Readers, UnreadableDocument, limits, read_document
from harvester.documents.reading import read

ROOT = Path(__file__).parents[2]
POSIX = pytest.mark.skipif(os.name != "posix", reason="signals and limits of POSIX")

# A reader that does what the name of the document says; otherwise it gives the number of its own process.
READER = """
import os, signal, sys
from harvester.documents import Document
from harvester.documents.worker import serve

def read(content, name):
    if name == "loop":
        while True: pass
    if name == "loop in C":
        return 9 ** 9 ** 9
    if name == "memory":
        kept = [bytearray(1 << 20) for _ in range(1 << 20)]
    if name == "dies":
        os.kill(os.getpid(), signal.SIGSEGV)
    if name == "exits":
        os._exit(3)
    if name == "raises":
        raise KeyError("no such thing")
    if name == "prints":
        print("x" * 1_000_000)
        os.write(1, b"y" * 1_000_000)
    return Document(f"{os.getpid()} {len(content)}", "hwpx", 3)

serve(read, seconds=float(sys.argv[1]), memory=400 * 1024 * 1024)
"""


def readers(count: int = 1, alarm: float = 60, seconds: float = 60) -> Readers:
    return Readers(count, command=[sys.executable, "-c", READER, str(alarm)], seconds=seconds)


@pytest.fixture
def one() -> Iterator[Readers]:
    with readers() as made:
        yield made


def reason(ask: Callable[[], Document]) -> str:
    with pytest.raises(UnreadableDocument) as refused:
        ask()
    return refused.value.reason


def process_of(document: Document) -> int:
    return int(document.text.split()[0])


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    # Nobody may be there to bury an orphan; where /proc tells, a dead one counts as dead.
    stat = Path(f"/proc/{process}/stat")
    with suppress(OSError):
        return stat.read_text().rpartition(")")[2].split()[0] != "Z"
    return True


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> bool:
    end = monotonic() + seconds
    while not condition() and monotonic() < end:
        sleep(0.02)
    return condition()


def test_what_the_guarded_reader_gives_is_what_the_reader_gives() -> None:
    for content in (make_hwpx(["가 나", "다"], [[["라", "마"]]]), make_pdf(["가 나", "다"]), b"<p>\xea\xb0\x80</p>"):
        assert read_document(content, "1.html") == read(content, "1.html")


def test_a_child_is_used_again(one: Readers) -> None:
    documents = [one.read(bytes(size), "a") for size in (0, 1, 3_000_000)]
    assert len(set(map(process_of, documents))) == 1
    assert [document.text.split()[1] for document in documents] == ["0", "1", "3000000"]
    assert (documents[0].kind, documents[0].pages) == ("hwpx", 3)


def test_a_child_that_is_idle_may_be_killed(one: Readers) -> None:
    first = process_of(one.read(b"", "a"))
    os.kill(first, signal.SIGTERM)
    assert wait_for(lambda: not is_alive(first))
    assert process_of(one.read(b"", "a")) != first


@POSIX
@pytest.mark.parametrize("name", ["loop", "loop in C"])
def test_an_endless_document_takes_too_long(name: str) -> None:
    with readers(alarm=0.3) as made:
        assert reason(lambda: made.read(b"", name)) == "took too long"
        assert made.read(b"", "a")


def test_a_child_without_an_alarm_of_its_own_is_killed_too() -> None:
    with readers(seconds=0.5) as made:
        assert reason(lambda: made.read(b"", "loop")) == "took too long"
        assert made.read(b"", "a")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing limits the memory of a process")
def test_a_document_takes_too_much_memory(one: Readers) -> None:
    assert reason(lambda: one.read(b"", "memory")) == "took too much memory"
    assert one.read(b"", "a")


@POSIX
def test_a_crash_is_named(one: Readers) -> None:
    assert reason(lambda: one.read(b"", "dies")) == "crashed its reader: SIGSEGV"
    assert reason(lambda: one.read(b"", "exits")) == "crashed its reader: exit status 3"
    assert reason(lambda: one.read(b"", "raises")) == "crashed its reader: KeyError"
    assert one.read(b"", "a")


def test_what_a_library_prints_does_no_harm(one: Readers) -> None:
    assert one.read(b"abc", "prints").text.endswith(" 3")


def test_a_reader_killed_in_the_middle() -> None:
    with readers() as made:
        child = process_of(made.read(b"", "a"))
        threading.Timer(0.3, os.kill, (child, signal.SIGTERM)).start()
        assert reason(lambda: made.read(b"", "loop")) == "crashed its reader: SIGTERM"


@POSIX
def test_an_interrupt_of_who_asks_does_not_mix_answers_up() -> None:
    with readers() as made:
        first = process_of(made.read(b"", "a"))
        threading.Timer(0.3, signal.pthread_kill, (threading.get_ident(), signal.SIGINT)).start()
        with pytest.raises(KeyboardInterrupt):
            made.read(b"", "loop")
        assert process_of(made.read(b"12", "a")) != first


def test_a_reader_that_does_not_start_is_not_the_documents_fault() -> None:
    broken = [sys.executable, "-c", "import nothing_of_this_name"]
    with Readers(1, command=broken) as made, pytest.raises(RuntimeError, match="does not start"):
        made.read(b"", "a")
    with Readers(1, command=["a-program-that-is-not-there"]) as made, pytest.raises(OSError, match="not-there"):
        made.read(b"", "a")


def test_nonsense_from_a_child_is_no_answer() -> None:
    script = "import os; os.write(1, b'ready\\n' + b'\\xff' * 100); os.read(0, 100); os.read(0, 100)"
    with Readers(1, command=[sys.executable, "-c", script]) as made:
        assert reason(lambda: made.read(b"", "a")).startswith("crashed its reader")


def test_eight_threads_and_two_children() -> None:
    with readers(2) as made, ThreadPoolExecutor(8) as threads:
        names = ["a", "dies"] * 20
        texts = list(threads.map(lambda name: outcome(made, name), names))
    assert texts[1::2] == ["crashed its reader: SIGSEGV"] * 20
    assert all(text.endswith(" 3") for text in texts[::2])


def outcome(made: Readers, name: str) -> str:
    try:
        return made.read(b"abc", name).text
    except UnreadableDocument as refused:
        return refused.reason


def test_eight_threads_and_the_shared_readers() -> None:
    with ThreadPoolExecutor(8) as threads:
        texts = [f"문단 {number}" for number in range(40)]
        assert list(threads.map(lambda text: read_document(make_hwpx([text]), "a").text, texts)) == texts


def test_closing_ends_the_children() -> None:
    made = readers(2)
    child = process_of(made.read(b"", "a"))
    made.close()
    made.close()
    assert wait_for(lambda: not is_alive(child))
    with pytest.raises(ValueError, match="closed"):
        made.read(b"", "a")


def test_who_asks_may_be_large_itself() -> None:
    script = textwrap.dedent(
        f"""
        import sys
        from harvester.documents import Readers
        large = b"x" * (600 << 20)
        del large
        made = Readers(1, command=[sys.executable, "-c", {READER!r}, "60"])
        print(len({{made.read(b"", "a").text for _ in range(5)}}))
        made.close()
        """
    )
    assert run(script) == "1\n"


def test_no_more_children_than_needed_and_none_left_open() -> None:
    with pytest.raises(ValueError, match="one child"):
        readers(0)
    with readers(4) as made:
        assert len({process_of(made.read(b"", "a")) for _ in range(8)}) == 1
    gc.collect()


@POSIX
def test_a_child_ends_with_its_parent() -> None:
    script = "\n".join(
        (
            "import os, signal, sys",
            "from harvester.documents import Readers",
            f"made = Readers(1, command=[sys.executable, '-c', {READER!r}, '60'])",
            "print(made.read(b'', 'a').text.split()[0], flush=True)",
            "os.kill(os.getpid(), signal.SIGKILL)",
        )
    )
    child = int(run(script, status=-signal.SIGKILL))
    assert wait_for(lambda: not is_alive(child))


def run(script: str, *, status: int = 0, cwd: Path = ROOT) -> str:
    """What a script prints that has no main guard; it must not complain either."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "default"}
    ran = subprocess.run(
        [sys.executable, "-"], input=script, text=True, capture_output=True, cwd=cwd, env=environment, check=False
    )
    assert (ran.returncode, ran.stderr) == (status, "")
    return ran.stdout


SCRIPT = """
import sys
from harvester.documents import read_document
text = read_document("<html><body><p>가나</p></body></html>".encode(), "1.html").text
print(ascii(text), [name for name in ("scrapy", "twisted", "lxml", "pypdfium2") if name in sys.modules])
"""


def test_from_a_script_without_a_main_guard(tmp_path: Path) -> None:
    # Nor must the child take what lies in the folder for Python's own.
    (tmp_path / "json.py").write_text("raise SystemExit('wrong json')", encoding="utf-8")
    (tmp_path / "lxml.py").write_text("raise SystemExit('wrong lxml')", encoding="utf-8")
    path = tmp_path / "folder" / "script.py"
    path.parent.mkdir()
    path.write_text(SCRIPT, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run([sys.executable, str(path)], capture_output=True, cwd=tmp_path, env=environment, check=False)
    assert (ran.stdout.decode().strip(), ran.stderr) == (r"'\uac00\ub098' []", b"")


@POSIX
def test_a_forked_process_has_children_of_its_own() -> None:
    """And leaves alone those of the process it was forked from."""
    script = textwrap.dedent(
        f"""
        import os, sys
        from harvester.documents import Readers
        made = Readers(1, command=[sys.executable, "-c", {READER!r}, "60"])
        first = made.read(b"", "a").text
        forked = os.fork()
        if forked == 0:
            os._exit(made.read(b"", "a").text != first and 7)
        for _ in range(100):
            assert made.read(b"", "a").text == first
        assert os.waitstatus_to_exitcode(os.waitpid(forked, 0)[1]) == 7
        assert made.read(b"", "a").text == first
        made.close()
        """
    )
    assert run(script) == ""


@POSIX
def test_ctrl_c_does_not_reach_the_children() -> None:
    script = textwrap.dedent(
        f"""
        import os, signal, sys, threading
        from harvester.documents import Readers
        made = Readers(1, command=[sys.executable, "-c", {READER!r}, "60"])
        first = made.read(b"", "a").text
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        os.killpg(os.getpgrp(), signal.SIGINT)
        assert made.read(b"", "a").text == first
        made.close()
        """
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, env=environment, start_new_session=True, check=False
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"", b"")


def test_a_file_too_large_is_not_even_sent(monkeypatch: pytest.MonkeyPatch, one: Readers) -> None:
    monkeypatch.setattr(limits, "LARGEST_FILE", 10)
    assert reason(lambda: one.read(bytes(11), "a")).startswith("too large: ")


def test_strange_names_and_empty_files() -> None:
    for name in ("", "\0", "가" * 10_000, "..\\x/y\udc80.hwp", "1.html\n"):
        assert read_document(make_hwpx(["가"]), name).text == "가"
    assert reason(lambda: read_document(b"", "a.hwpx")).startswith("empty: ")

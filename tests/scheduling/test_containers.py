"""What can be known of the image, and of the workflow of the page about it, without building them."""

import re
import shlex
from pathlib import Path

import yaml

from harvester.cli.schedule import command

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
IGNORED = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
PAGE = (ROOT / "docs" / "scheduling.md").read_text(encoding="utf-8")


def instructions(name: str) -> list[str]:
    return re.findall(rf"^{name} +(.*)$", DOCKERFILE, re.MULTILINE)


def test_what_is_copied_is_there_and_is_not_left_out() -> None:
    copied = [word for line in instructions("COPY") if "--from" not in line for word in shlex.split(line)[:-1]]
    assert {"requirements.lock", "harvester", "pipelines"} <= set(copied)
    for each in copied:
        assert (ROOT / each).exists()
        assert f"!{each}" in IGNORED
    assert "*" in IGNORED  # all the rest, with whatever secrets are in it


def test_it_runs_as_a_plain_user_with_hashed_packages() -> None:
    assert instructions("USER") == ["10001:10001"]
    assert DOCKERFILE.rindex("\nUSER") > DOCKERFILE.rindex("\nFROM")
    assert DOCKERFILE.rindex("\nUSER") > DOCKERFILE.rindex("\nRUN")
    installs = re.findall(r"pip install[^\n&]*", DOCKERFILE)
    assert all("--require-hashes" in line or "--no-deps" in line for line in installs)
    assert len(installs) == 2


def test_what_it_starts_exists() -> None:
    (started,) = [line for line in instructions("CMD") if line.startswith("[")]
    verb, *options = yaml.safe_load(started)
    assert verb == command.name
    assert set(options) <= {name for param in command.params for name in param.opts}


def test_the_workflow_of_the_page_is_one() -> None:
    (block,) = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    workflow = yaml.safe_load(block)
    (job,) = workflow["jobs"].values()
    assert workflow["concurrency"]["cancel-in-progress"] is False
    assert [step for step in job["steps"] if "harvest crawl" in step.get("run", "")]
    assert workflow[True]["schedule"][0]["cron"].split()[0] != "0"  # YAML reads `on` as true

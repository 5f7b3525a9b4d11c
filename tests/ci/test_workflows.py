"""The workflows of the continuous integration: they parse, and call what is there."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess

import pytest
from support.paths import ROOT

from emoapp.cli import parse

yaml = pytest.importorskip("yaml")

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TEST = ROOT / ".github" / "workflows" / "test.yml"


def steps(path) -> list[dict]:
    jobs = yaml.safe_load(path.read_text("utf-8"))["jobs"]
    return [step for job in jobs.values() for step in job["steps"]]


def lines(path) -> list[str]:
    return [line for step in steps(path) for line in step.get("run", "").splitlines()]


def test_every_platform_of_the_table_is_tested():
    matrix = yaml.safe_load(TEST.read_text("utf-8"))["jobs"]["test"]["strategy"]["matrix"]
    tested: dict[str, set[str]] = {}
    for one in matrix["include"]:
        tested.setdefault(one["name"], set()).add(one["python"])
    assert tested == {
        "ubuntu": {"3.10", "3.11", "3.12", "3.13", "3.14"},
        "windows": {"3.10", "3.13"},
        "macos-arm64": {"3.11", "3.13"},
        "ubuntu-arm64": {"3.13"},
    }
    assert ("3.13", "C:\\Jürgen Test") in [(m["python"], m["folder"]) for m in matrix["include"]]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_what_is_called_is_there(path):
    said = "\n".join(lines(path))
    for name in re.findall(r"(?<![\w/])(?:\.ci|tests|assets|models)/[\w./]+", said):
        assert (ROOT / name).exists(), name
    for step in steps(path):
        if "uses" in step:
            assert re.fullmatch(r"[\w/.:-]+[@:]v?\d[\w.]*", step["uses"]), "of a fixed version"


def commands(path) -> list[list[str]]:
    """The words of each call of the program, up to what the shell takes for itself."""
    found = []
    for line in lines(path):
        if match := re.search(r"\bemoapp ((?:live|video|doctor|image)\b.*)", line):
            found.append(shlex.split(re.split(r" (?:>|2>|\|\||&&)", match[1])[0]))
    return found


def test_each_call_of_the_program_parses():
    called = commands(TEST)
    assert {words[0] for words in called} == {"live", "video", "doctor"}
    for words in called:
        parse(words, settings=False)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actionlint_finds_nothing(path):
    actionlint = shutil.which("actionlint")
    if actionlint is None:
        pytest.skip("needs actionlint")
    ran = subprocess.run([actionlint, str(path)], capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stdout

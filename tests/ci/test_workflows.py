"""The workflows of the continuous integration: they parse, and call what is there."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys

import pytest
from support.paths import ROOT

from emoapp.cli import parse

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

yaml = pytest.importorskip("yaml")

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TEST = ROOT / ".github" / "workflows" / "test.yml"
RELEASE = ROOT / ".github" / "workflows" / "release.yml"


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
    for name in re.findall(
        r"(?<![\w/])(?:\.ci|tests|assets|models|packaging|constraints)/[\w./]+", said
    ):
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


@pytest.mark.parametrize(
    "path, expected", [(TEST, {"live", "video", "doctor"}), (RELEASE, {"image"})]
)
def test_each_call_of_the_program_parses(path, expected):
    called = commands(path)
    assert {words[0] for words in called} == expected
    for words in called:
        parse(words, settings=False)


def test_only_what_was_tried_is_published_and_only_for_a_tag():
    text = RELEASE.read_text("utf-8")
    workflow = yaml.safe_load(text)
    jobs = workflow["jobs"]

    def before(name: str) -> set[str]:
        needs = jobs[name].get("needs", [])
        needs = {needs} if isinstance(needs, str) else set(needs)
        return needs.union(*map(before, needs))

    writing = {name for name, job in jobs.items() if "permissions" in job}
    assert writing == {"publish", "release"} and workflow["permissions"] == {"contents": "read"}
    for name in writing:
        assert jobs[name]["if"] == "github.ref_type == 'tag'"
        assert before(name) >= set(jobs) - writing
    assert jobs["publish"]["permissions"] == {"id-token": "write"}
    assert "secrets." not in text, "trusted publishing needs none"


def test_the_folder_without_python_is_made_and_used_on_three_systems():
    job = yaml.safe_load(RELEASE.read_text("utf-8"))["jobs"]["standalone"]
    systems = {one["os"].partition("-")[0] for one in job["strategy"]["matrix"]["include"]}
    assert systems == {"ubuntu", "windows", "macos"}
    assert any(".ci/standalone.py" in step.get("run", "") for step in job["steps"])
    (installed,) = (line for line in lines(RELEASE) if ".whl)[" in line)
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert set(re.search(r"\[([\w,]+)\]", installed)[1].split(",")) <= set(
        extras["optional-dependencies"]
    )


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actionlint_finds_nothing(path):
    actionlint = shutil.which("actionlint")
    if actionlint is None:
        pytest.skip("needs actionlint")
    ran = subprocess.run([actionlint, str(path)], capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stdout

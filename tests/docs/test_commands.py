"""Every command and option that the documentation shows exists, and the quick ones are run."""

from __future__ import annotations

import re
import shlex
import shutil

import click
import cv2
import pytest
from support.clips import write_clip
from support.documentation import PAGES, SHELL, blocks, commands, spans
from support.paths import ROOT

from emoapp.cli import COMMANDS, main, parse
from emoapp.cli.commands import load_command
from emoapp.cli.options import Option

OLD = {"--camera", "--hidden", "--soft-share"}
"""Old names that the changelog tells."""

TUTORIALS = ("recordings", "webcam", "your-face")
RUN = {"video", "report", "image", "config", "profile"}
"""Commands that the test of a tutorial runs. `live` is run where it opens no window."""


def names_of(command: str) -> set[str]:
    options = [p for p in load_command(command).params if isinstance(p, Option)]
    return {"-h", "--help", *(n for o in options for n in (*o.opts, *o.secondary_opts))}


KNOWN = {"--version"}.union(*map(names_of, COMMANDS))


def identify(page) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=identify)
def test_every_command_is_one_that_the_program_takes(page):
    for block in blocks(page, *SHELL):
        for words in commands(block):
            if words and words[0] == "--demo":  # the window's options need no command
                words = ["live", *words]
            if words and words[0] in COMMANDS:
                try:
                    parse(words, settings=False)
                except click.exceptions.Exit:
                    assert {"-h", "--help"} & set(words)
            else:
                assert words[:1] in ([], ["--help"], ["--version"]), words


@pytest.mark.parametrize("page", PAGES, ids=identify)
def test_every_option_exists(page):
    for span in spans(page):
        command = re.match(r"(?:\S*/)?emoapp (\w+)\b", span)
        if command:
            assert command[1] in COMMANDS or command[1] == "COMMAND", span
        elif not span.startswith(("--", "emoapp")):
            continue  # of another program
        known = names_of(command[1]) if command and command[1] in COMMANDS else KNOWN | OLD
        options = re.findall(r"(?<!\S)--[a-z][a-z0-9-]*(?![A-Z])", span.replace("--no-FLAG", ""))
        assert set(options) <= known, span


def test_the_settings_shown_are_settings(tmp_path, monkeypatch):
    monkeypatch.setenv("EMOAPP_CONFIG", str(tmp_path / "emoapp.toml"))
    (shown,) = blocks(ROOT / "docs" / "guide" / "settings.md", "toml")
    (tmp_path / "emoapp.toml").write_text(shown, encoding="utf-8")
    assert parse(["live"]).detector == "haar" and not parse(["live"]).mirror


@pytest.fixture
def folder(tmp_path, monkeypatch, demo):
    """What the tutorials speak of: clip.mp4, portrait.jpg, recordings, photographs of Ada."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EMOAPP_CONFIG", str(tmp_path / "none.toml"))
    monkeypatch.setenv("EMOAPP_PROFILE_DIR", str(tmp_path / "profiles"))
    assert main(["video", str(demo), "-o", "clip.mp4", "--overlay", "none", "--frames", "45"]) == 0
    (tmp_path / "recordings").mkdir()
    shutil.copy(demo, "recordings/first.mp4")
    write_clip(tmp_path / "recordings" / "second.mp4", [number / 30 for number in range(6)])
    shutil.copy(ROOT / "assets" / "tour.mp4", "ada.mp4")
    (tmp_path / "times.csv").write_text("start_s,end_s,label\n0,2.3,happy\n2.6,3.6,neutral\n")
    pictures = cv2.VideoCapture(str(ROOT / "assets" / "tour.mp4"))
    for number in range(10):
        pictures.set(cv2.CAP_PROP_POS_FRAMES, 5 * number + (60 if number > 4 else 0))
        ok, picture = pictures.read()
        label = "happy" if number < 5 else "neutral"
        for owner in ("photos_of_ada", "other_photos_of_ada"):
            (tmp_path / owner / label).mkdir(parents=True, exist_ok=True)
            assert ok and cv2.imwrite(str(tmp_path / owner / label / f"{number}.jpg"), picture)
    shutil.copy("photos_of_ada/happy/0.jpg", "portrait.jpg")
    return tmp_path


def is_quick(words: list[str]) -> bool:
    if words[:2] == ["profile", "learn"]:  # by itself it opens a window
        return "--photos" in words or "--video" in words
    return words[0] in RUN or (words[0] == "live" and "--no-window" in words)


@pytest.mark.slow
@pytest.mark.parametrize("name", TUTORIALS)
def test_a_tutorial_can_be_followed(name, folder, capfd):
    page = ROOT / "docs" / "tutorials" / f"{name}.md"
    shown = [words for block in blocks(page, "sh") for words in commands(block)]
    quick = [words for words in shown if words and is_quick(words)]
    assert quick
    for words in quick:
        assert main(words) == 0, f"{shlex.join(words)}: {capfd.readouterr().err}"
    if name == "recordings":
        for made in ("numbers_report/report.html", "annotated.mp4", "numbers/first.csv"):
            assert (folder / made).exists(), made
        exec(compile("\n".join(blocks(page, "python")), page.name, "exec"), {})
        assert "happy" in capfd.readouterr().out


def test_the_readme_stays_short():
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= 150

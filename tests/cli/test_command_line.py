"""The words of a command line: what they mean, and what is said where they are wrong."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from emoapp.cli import COMMANDS, main, parse
from emoapp.errors import UsageError

TRAIN = ["train", "--data", "a", "--output", "b"]


@pytest.fixture(autouse=True)
def no_settings(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("EMOAPP_CONFIG", str(tmp_path / "none.toml"))


@pytest.mark.parametrize(
    "typed, sizes",
    [
        (["--sizes", "24", "32", "48"], (24, 32, 48)),
        (["--sizes", "24", "--sizes", "48"], (24, 48)),
        (["--sizes=48"], (48,)),
        ([], (48,)),
    ],
)
def test_options_of_several_values(typed, sizes):
    args = parse([*TRAIN, *typed, "--blocks", "1", "2", "1", "-v"])
    assert (args.sizes, args.blocks, args.verbose) == (sizes, (1, 2, 1), True)


def test_teachers_end_where_an_option_begins():
    words = ["distill", "--teachers", "a", "b", "--data", "c", "--output", "d"]
    args = parse(words)
    assert [str(path) for path in args.teachers] == ["a", "b"] and str(args.data) == "c"


@pytest.mark.parametrize(
    "typed, companion",
    [
        ([], "off"),
        (["--companion"], "auto"),
        (["--companion", "--privacy"], "auto"),
        (["--companion", "offline"], "offline"),
        (["--companion=server"], "server"),
        (["--companion", "offline", "--no-companion"], "off"),
        (["--no-companion", "--companion", "offline"], "offline"),
    ],
)
def test_an_option_with_or_without_a_word(typed, companion):
    assert parse(["live", *typed]).companion == companion


def test_options_may_be_abbreviated():
    args = parse(["live", "--det", "haar", "--no-win", "--cam", "Logi"])
    assert (args.detector, args.no_window, args.source) == ("haar", True, "camera:Logi")


def test_words_behind_two_hyphens_are_no_options():
    assert parse(["video", "--overwrite", "--", "--log", "-o"]).inputs == ("--log", "-o")


@pytest.mark.logs_errors
@pytest.mark.parametrize(
    "typed, said, hint",
    [
        (["lvie"], "there is no command lvie", "did you mean live?"),
        (["-v", "live"], "there is no option -v", "see `emoapp --help`"),
        (["live", "--detektor", "x"], "there is no option --detektor", "did you mean --detector?"),
        (["live", "--record", "--privacy"], "--record: expected a value", "see `emoapp live --"),
        (["live", "--loop=1"], "--loop takes no value", "see `emoapp live --help`"),
        (["live", "--companion-m"], "--companion-model: expected a value", "see `emoapp live"),
        (["live", "--companion-l=1"], "--companion-l may be any of", "see `emoapp live --help`"),
        (["live", "--demo", "--source", "1"], "--demo and --source exclude each other", "see "),
        (["live", "--source", "1", "--camera", "2"], "--source and --camera exclude", "see "),
        (["live", "--detector", "psychic"], "--detector: expected one of auto, bl", "see "),
        (["live", "--fps", "nan"], "--fps: expected more than 0, got nan", "see `emoapp live"),
        (["live", "--fps", "-1"], "--fps: expected more than 0, got -1", "see `emoapp live"),
        (["live", "--limit", "brihgtness=3"], "did you mean brightness?", "see `emoapp live"),
        (["train"], "--data is missing", "see `emoapp train --help`"),
        (["train", "--blocks", "1", "2"], "--blocks: expected 3 values, found 2", "see "),
        (["report"], "LOG is missing", "see `emoapp report --help`"),
        (["report", "a", "b\x1b[2J"], "unexpected extra argument", "see `emoapp report --help`"),
        (["li\x1b[2Jve"], "there is no command li", "did you mean live?"),
    ],
)
def test_wrong_words_are_said_in_two_lines(typed, said, hint, capsys):
    assert main(typed) == 2
    out, err = capsys.readouterr()
    first, second = err.splitlines()
    assert out == "" and "\x1b" not in err
    assert first.startswith("emoapp: ") and said in first and second.startswith(hint)
    with pytest.raises(UsageError):
        parse(typed)


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_the_help_fits_a_terminal(command, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert main([*command.split(), "-h"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 5 and max(map(len, lines)) <= 80


def complete(words: str, **variables: str) -> str:
    run = subprocess.run(
        [sys.executable, "-m", "emoapp"],
        env=os.environ | {"_EMOAPP_COMPLETE": "bash_complete", "COMP_WORDS": words} | variables,
        capture_output=True,
        text=True,
    )
    return run.stdout


@pytest.mark.parametrize(
    "words, position, expected",
    [
        ("emoapp li", "1", ["live"]),
        ("emoapp live --det", "2", ["--detector"]),
        ("emoapp live --detector ", "3", ["auto", "blazeface", "mediapipe", "haar"]),
    ],
)
def test_a_shell_completes_words(words, position, expected):
    lines = complete(words, COMP_CWORD=position).splitlines()
    assert [line.partition(",")[2] for line in lines] == expected


def test_the_name_alone_opens_the_window_and_says_where_the_commands_are(monkeypatch, capsys):
    opened = []

    def opens(args) -> None:
        opened.append(args.source)

    monkeypatch.setattr("emoapp.cli.live.command.callback", opens)
    assert main([]) == 0 and opened == ["0"]
    assert "emoapp --help" in capsys.readouterr().out


def test_options_without_a_command_are_those_of_the_window(monkeypatch, capsys):
    opened = []
    monkeypatch.setattr("emoapp.cli.live.command.callback", lambda args: opened.append(args.demo))
    assert main(["--demo"]) == 0 and opened == [True]
    assert main(["--version"]) == 0 and main(["--help"]) == 0 and opened == [True]


@pytest.mark.logs_errors
def test_a_wrong_option_without_a_command_is_refused_as_the_windows(capsys):
    assert main(["--dmeo"]) == 2
    assert "did you mean --demo?" in capsys.readouterr().err


def test_a_value_with_a_space_behind_an_option_of_several_values():
    found = parse(["export", "--model", "a", "b c", "--output=d e"], settings=False)
    assert [str(path) for path in found.model] == ["a", "b c"] and str(found.output) == "d e"

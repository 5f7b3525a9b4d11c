"""Every option of every command means the same in the settings file and on the command line."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from emoapp.cli import COMMANDS, build_parser, main
from emoapp.cli.numbers import size_wh
from emoapp.cli.settings import apply_settings, options, read_settings
from emoapp.errors import UsageError

# Without shrinking: each example builds all parsers twice, and names the option that differs.
QUICK = settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture(autouse=True)
def file(tmp_path, monkeypatch) -> Path:
    path = tmp_path / "emoapp.toml"
    monkeypatch.setenv("EMOAPP_CONFIG", str(path))
    return path


def parser_of(command: str, *, settings: bool = False) -> argparse.ArgumentParser:
    (commands,) = (a for a in build_parser(settings=settings)._actions if a.dest == "command")
    return commands.choices[command]


def options_of(
    command: str, parser: argparse.ArgumentParser | None = None
) -> dict[str, argparse.Action]:
    """By their own names: without the opposites of flags."""
    found = {}
    for name, action in options(parser or parser_of(command)).items():
        if action not in found.values():
            found[name] = action
    return found


def needed(command: str) -> list[str]:
    """Words for what is not an option: `emoapp video a.mp4`."""
    plain = [a for a in parser_of(command)._actions if not a.option_strings]
    return ["a.mp4" for action in plain if action.nargs != "?"]


def toml(value: object) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def accepted(action: argparse.Action, value: object) -> bool:
    try:
        action.type(str(value))
    except (ValueError, argparse.ArgumentTypeError):
        return False
    return True


WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(
    lambda text: not text.startswith("-")
)
NUMBERS = st.integers(-2, 10**6) | st.floats(-1, 2) | st.floats(allow_nan=False)


def one_value(action: argparse.Action):
    if action.choices is not None:
        return st.sampled_from(sorted(action.choices))
    if action.type is size_wh:
        return st.tuples(st.integers(1), st.integers(1)).map(lambda wh: f"{wh[0]}x{wh[1]}")
    if action.type is None or accepted(action, "x.y"):
        return WORDS | st.integers()
    if not accepted(action, 0.5):
        return st.integers(4, 63) if accepted(action, 63) else st.integers(1, 8)
    return st.floats(1e-6, 1e6) if accepted(action, 5) else st.floats(1e-6, 0.999)


def values(action: argparse.Action):
    if action.nargs == 0:
        return st.booleans()
    if action.nargs == "?":
        return st.booleans() | one_value(action)
    if action.nargs is None:
        return one_value(action)
    count = action.nargs if isinstance(action.nargs, int) else None
    return st.lists(one_value(action), min_size=count or 1, max_size=count or 3)


def words(name: str, value: object) -> list[str]:
    """The value on the command line."""
    if isinstance(value, bool):
        opposite = f"--no-{name}"
        if name.startswith("no-"):
            opposite = "--with-frames" if name == "no-frames" else f"--{name[3:]}"
        return [f"--{name}" if value else opposite]
    if isinstance(value, list):
        return [f"--{name}", *map(str, value)]
    return [f"--{name}={value}"]


@pytest.mark.parametrize("command", COMMANDS)
@given(data=st.data())
@QUICK
def test_the_file_says_what_the_words_say(command, file, data):
    parser = parser_of(command)
    known = options_of(command, parser)
    for group in parser._mutually_exclusive_groups:
        stays = data.draw(st.sampled_from(group._group_actions))
        known = {n: a for n, a in known.items() if a is stays or a not in group._group_actions}
    chosen = {name: data.draw(values(action), label=name) for name, action in known.items()}
    lines = [f"{toml(name)} = {toml(value)}" for name, value in chosen.items()]
    file.write_text("\n".join([f"[{command}]", *lines]), encoding="utf-8")
    by_file = build_parser().parse_args([command, *needed(command)])
    typed = [word for name, value in chosen.items() for word in words(name, value)]
    by_words = build_parser(settings=False).parse_args([command, *needed(command), *typed])
    assert vars(by_file) == vars(by_words)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_alone_is_parsed_as_among_all(command, file):
    typed = [command, *needed(command), "-v"]
    for name, action in options_of(command).items():
        typed += [f"--{name}", "x"] if action.required else []
    alone = build_parser(words=typed)
    assert alone.parse_args(typed) == build_parser().parse_args(typed)
    with pytest.raises(SystemExit):
        alone.parse_args(["live" if command != "live" else "image"])
    file.write_text("[trian]\n")  # of which every command tells
    with pytest.raises(UsageError):
        build_parser(words=typed)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_flag_can_be_undone(command, file):
    flags = {n: a for n, a in options_of(command).items() if a.nargs in (0, "?")}
    assert "verbose" in flags
    required = [
        word
        for name, action in options_of(command).items()
        if action.required
        for word in (f"--{name}", "x")
    ]

    def parse(*typed: str):
        return build_parser().parse_args([command, *needed(command), *required, *typed])

    for name, action in flags.items():
        for on in (True, False):
            file.write_text(f"[{command}]\n{name} = {toml(on)}")
            there, changed = getattr(parse(), action.dest), words(name, not on)
            file.write_text("")
            assert there == getattr(parse(*words(name, on)), action.dest)
            assert getattr(parse(*changed), action.dest) != there, name
            file.write_text(f"[{command}]\n{name} = {toml(on)}")
            assert getattr(parse(*changed), action.dest) != there, name


@pytest.mark.parametrize("command", COMMANDS)
def test_what_an_option_does_not_take_is_named(command, file):
    parser = parser_of(command)
    for name, action in options_of(command, parser).items():
        wrong = ["{ a = 1 }", "2024-01-01", "[[1]]", "[]"]
        if action.nargs == 0:
            wrong += ["0", '"yes"', "[true]"]
        elif action.nargs in (None, "?"):
            wrong += ["[1]"] + ["true"] * (action.nargs is None)
        else:
            wrong += ["1", '"x"', "[true]", "[1, [2]]"]
        if action.choices is not None or (action.type and not accepted(action, "x.y")):
            wrong += ['"x.y"', '["x.y"]', "nan"]
        for value in wrong:
            file.write_text(f"[{command}]\n{name} = {value}")
            with pytest.raises(UsageError) as said:
                apply_settings(parser, read_settings(file)[command], f"[{command}]")
            assert f"[{command}], {name}: expected" in str(said.value), value


@pytest.mark.logs_errors
@given(st.dictionaries(WORDS, st.recursive(st.booleans() | NUMBERS | WORDS, st.lists), max_size=3))
@QUICK
def test_nonsense_is_a_message_and_no_traceback(file, table):
    assume(not table.keys() & options_of("train").keys())
    lines = [f"{toml(key)} = {toml(value)}" for key, value in table.items()]
    file.write_text("\n".join(["[train]", *lines]), encoding="utf-8")
    assert main(["config", "train"]) == (2 if table else 0)


def test_a_list_reaches_the_recipe(file):
    from emoapp.cli.train import recipe

    file.write_text('[train]\nblocks = [1, 2, 1]\ndata = "faces"\noutput = "runs/mine"\n')
    args = build_parser().parse_args(["train"])
    assert recipe(args).blocks == (1, 2, 1)
    assert (args.data, args.output) == (Path("faces"), Path("runs/mine"))
    typed = build_parser().parse_args(["train", "--blocks", "3", "3", "3", "--data", "others"])
    assert recipe(typed).blocks == (3, 3, 3) and typed.data == Path("others")


@pytest.mark.logs_errors
@pytest.mark.parametrize(
    "content, complaint",
    [
        ("[train]\nblocks = 2", "expected a list of 3 values, such as [2, 3, 3]; found 2"),
        ("[train]\nblocks = [2, 3]", "expected a list of 3 values"),
        ("[train]\nblocks = [2, 0, 3]", "blocks: expected 1 or more, got 0"),
        ("[train]\nepochs = 2.5", "epochs: expected a whole number, got '2.5'"),
        ("[train]\ndropout = 1", "dropout: expected 0 or more and less than 1, got 1"),
        ("[train]\nhidden = 1.5", "erase-probability: expected 0 to 1, got 1.5"),
        ("[train]\nwidth = 3", "width: expected 4 or more"),
        ("[video]\nquality = 64", "quality: expected 0 to 63"),
        ("[live]\nseconds = inf", "seconds: expected more than 0 and finite, got inf"),
        ("[live]\nsmoothing = -0.1", "smoothing: expected 0 or more"),
        ("[live]\ndemo = true\nsource = 1", "demo and source exclude each other"),
        ("[live]\ncamera = 1\nsource = 2", "camera and source exclude each other"),
        ("[live]\nwindow = true\nno-window = true", "window and no-window exclude each other"),
        ("[live]\nno-windw = true", "did you mean no-window"),
        ("[live]\nlimit = 3", "limits stand in the table [limits]"),
        ("[distill]\nteachers = []", "expected a list of one or more values"),
    ],
)
def test_ranges_and_contradictions(file, content, complaint, capsys):
    file.write_text(content)
    assert main(["config"]) == 2
    assert complaint in capsys.readouterr().err


def test_a_source_on_the_command_line_comes_before_the_demo_of_the_file(file):
    file.write_text("[live]\ndemo = true\n")
    assert build_parser().parse_args(["live"]).demo
    args = build_parser().parse_args(["live", "--source", "clip.mp4"])
    assert (args.demo, args.source) == (False, "clip.mp4")
    assert not build_parser().parse_args(["live", "--no-demo"]).demo


def test_config_names_the_file_whatever_the_flag_is_called(file, capsys):
    file.write_text("[live]\nwindow = false\n[train]\nblocks = [1, 1, 1]\n")
    assert main(["config"]) == 0
    (row,) = [line for line in capsys.readouterr().out.splitlines() if "window" in line]
    assert "True" in row and "emoapp.toml" in row
    assert main(["config", "train"]) == 0
    (row,) = [line for line in capsys.readouterr().out.splitlines() if "blocks" in line]
    assert "[1, 1, 1]" in row and "emoapp.toml" in row

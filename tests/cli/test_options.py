"""Every option of every command means the same in the settings file and on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from emoapp.cli import COMMANDS, main, parse
from emoapp.cli.commands import load_command
from emoapp.cli.defaults import converted, settable_options
from emoapp.cli.options import Option
from emoapp.cli.settings import read_settings
from emoapp.cli.values import SIZE, WholeNumber
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


def options_of(command: str) -> dict[str, Option]:
    """By their own names: without the opposites of flags."""
    found = {}
    for name, option in settable_options(load_command(command)).items():
        if option not in found.values():
            found[name] = option
    return found


def choices_of(option: Option) -> tuple[str, ...] | None:
    return option.type.choices if isinstance(option.type, click.Choice) else None


def can_be_bare(option: Option) -> bool:
    return option.is_flag or option.bare is not None


def needed(command: str) -> list[str]:
    """Words for what is not an option: `emoapp video a.mp4`."""
    plain = [p for p in load_command(command).params if isinstance(p, click.Argument)]
    return ["a.mp4" for argument in plain if argument.required]


def toml(value: object) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def accepted(option: Option, value: object) -> bool:
    try:
        option.type.convert(str(value), option, None)
    except click.BadParameter:
        return False
    return True


WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(
    lambda text: not text.startswith("-")
)
NUMBERS = st.integers(-2, 10**6) | st.floats(-1, 2) | st.floats(allow_nan=False)


def one_value(option: Option):
    if choices_of(option) is not None:
        return st.sampled_from(sorted(choices_of(option)))
    if isinstance(option.type, WholeNumber) and option.type.most is not None:
        return st.integers(option.type.least, option.type.most)
    if option.type is SIZE:
        return st.tuples(st.integers(1), st.integers(1)).map(lambda wh: f"{wh[0]}x{wh[1]}")
    if accepted(option, "x.y"):
        return WORDS | st.integers()
    if not accepted(option, 0.5):
        return st.integers(4, 63) if accepted(option, 63) else st.integers(1, 8)
    return st.floats(1e-6, 1e6) if accepted(option, 5) else st.floats(1e-6, 0.999)


def values(option: Option):
    if option.is_flag:
        return st.booleans()
    if option.bare is not None:
        return st.booleans() | one_value(option)
    if option.several:
        return st.lists(one_value(option), min_size=1, max_size=3)
    if option.nargs == 1:
        return one_value(option)
    return st.lists(one_value(option), min_size=option.nargs, max_size=option.nargs)


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
    known = options_of(command)
    for group in {option.exclusive for option in known.values()} - {""}:
        stays = data.draw(st.sampled_from([o for o in known.values() if o.exclusive == group]))
        known = {n: o for n, o in known.items() if o is stays or o.exclusive != group}
    chosen = {name: data.draw(values(option), label=name) for name, option in known.items()}
    lines = [f"{toml(name)} = {toml(value)}" for name, value in chosen.items()]
    file.write_text("\n".join([f"[{command}]", *lines]), encoding="utf-8")
    by_file = parse([command, *needed(command)])
    typed = [word for name, value in chosen.items() for word in words(name, value)]
    by_words = parse([command, *needed(command), *typed], settings=False)
    assert vars(by_file) == vars(by_words)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_parsed_alone_and_the_settings_of_all_are_checked(command, file):
    typed = [command, *needed(command), "-v"]
    for name, option in options_of(command).items():
        typed += [f"--{name}", "x"] if option.required else []
    assert parse(typed).verbose
    with pytest.raises(UsageError):
        parse([f"{command}x", *typed[1:]])
    file.write_text("[trian]\n")  # of which every command tells
    with pytest.raises(UsageError):
        parse(typed)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_flag_can_be_undone(command, file):
    flags = {n: o for n, o in options_of(command).items() if can_be_bare(o)}
    assert "verbose" in flags
    required = [
        word
        for name, option in options_of(command).items()
        if option.required
        for word in (f"--{name}", "x")
    ]

    def value_of(option: Option, *typed: str):
        return getattr(parse([command, *needed(command), *required, *typed]), option.name)

    for name, option in flags.items():
        for on in (True, False):
            file.write_text(f"[{command}]\n{name} = {toml(on)}")
            there, changed = value_of(option), words(name, not on)
            file.write_text("")
            assert there == value_of(option, *words(name, on))
            assert value_of(option, *changed) != there, name
            file.write_text(f"[{command}]\n{name} = {toml(on)}")
            assert value_of(option, *changed) != there, name


@pytest.mark.parametrize("command", COMMANDS)
def test_what_an_option_does_not_take_is_named(command, file):
    for name, option in options_of(command).items():
        single = option.nargs == 1 and not option.several
        wrong = ["{ a = 1 }", "2024-01-01", "[[1]]", "[]"]
        if option.is_flag:
            wrong += ["0", '"yes"', "[true]"]
        elif single:
            wrong += ["[1]"] + ["true"] * (option.bare is None)
        else:
            wrong += ["1", '"x"', "[true]", "[1, [2]]"]
        if not option.is_flag and not accepted(option, "x.y"):
            wrong += ['"x.y"', '["x.y"]', "nan"]
        for value in wrong:
            file.write_text(f"[{command}]\n{name} = {value}")
            with pytest.raises(UsageError) as said:
                table = read_settings(file)[command]
                converted(load_command(command), table, f"[{command}]")
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
    from emoapp.cli.recipe import recipe

    file.write_text('[train]\nblocks = [1, 2, 1]\ndata = "faces"\noutput = "runs/mine"\n')
    args = parse(["train"])
    assert recipe(args).blocks == (1, 2, 1)
    assert (args.data, args.output) == (Path("faces"), Path("runs/mine"))
    typed = parse(["train", "--blocks", "3", "3", "3", "--data", "others"])
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
    assert parse(["live"]).demo
    args = parse(["live", "--source", "clip.mp4"])
    assert (args.demo, args.source) == (False, "clip.mp4")
    assert not parse(["live", "--no-demo"]).demo


def test_config_names_the_file_whatever_the_flag_is_called(file, capsys):
    file.write_text("[live]\nwindow = false\n[train]\nblocks = [1, 1, 1]\n")
    assert main(["config"]) == 0
    (row,) = [line for line in capsys.readouterr().out.splitlines() if "window" in line]
    assert "True" in row and "emoapp.toml" in row
    assert main(["config", "train"]) == 0
    (row,) = [line for line in capsys.readouterr().out.splitlines() if "blocks" in line]
    assert "[1, 1, 1]" in row and "emoapp.toml" in row

"""Options of outputs: their words, in the settings file and on the command line."""

from __future__ import annotations

import pytest

from emoapp.cli import main, parse
from emoapp.cli.outputs import outputs_config
from emoapp.config import OutputsConfig
from emoapp.errors import UsageError


@pytest.fixture(autouse=True)
def settings(tmp_path, monkeypatch):
    path = tmp_path / "emoapp.toml"
    monkeypatch.setenv("EMOAPP_CONFIG", str(path))
    return path


@pytest.mark.parametrize(
    "word, address, shown",
    [
        ("127.0.0.1:9000", ("127.0.0.1", 9000), "127.0.0.1:9000"),
        ("9000", ("127.0.0.1", 9000), "127.0.0.1:9000"),
        (":9000", ("127.0.0.1", 9000), "127.0.0.1:9000"),
        ("studio.local:57120", ("studio.local", 57120), "studio.local:57120"),
        ("[::1]:9000", ("::1", 9000), "[::1]:9000"),
    ],
)
def test_an_address(word, address, shown, settings, capsys):
    assert parse(["live", "--osc", word]).osc == address
    settings.write_text(f'[live]\nosc = "{word}"\n')
    assert main(["config"]) == 0
    (row,) = [line for line in capsys.readouterr().out.splitlines() if "│ osc" in line]
    assert shown in row


@pytest.mark.parametrize(
    "word", ["", "host", "host:", "host:0", "host:65536", "host:x", "a b:9", "9²"]
)
def test_no_address(word):
    with pytest.raises(UsageError, match="--osc: expected HOST:PORT, such as 127.0.0.1:9000"):
        parse(["live", f"--osc={word}"])


@pytest.mark.parametrize(
    "file, typed, name",
    [
        ("", ["--lsl"], "emoapp"),
        ("", ["--lsl", "p7", "--demo"], "p7"),
        ("lsl = true", [], "emoapp"),
        ("lsl = false", [], None),
        ('lsl = "p7"', [], "p7"),
        ('lsl = "p7"', ["--no-lsl"], None),
        ('lsl = "p7"', ["--lsl", "off"], None),
        ('lsl = "off"', ["--lsl"], "emoapp"),
    ],
)
def test_an_output_is_switched_on_and_off(file, typed, name, settings):
    settings.write_text(f"[live]\n{file}\n")
    assert outputs_config(parse(["live", *typed])) == OutputsConfig(lsl=name)


DETAILS = [
    ("--virtual-camera-picture", "private", "--virtual-camera"),
    ("--listen", "0.0.0.0", "--websocket"),
    ("--websocket-origin", "http://localhost:3000", "--websocket"),
    ("--companion-url", "http://localhost:11434/v1", "--companion"),
    ("--companion-every", "60", "--companion"),
]


@pytest.mark.logs_errors
@pytest.mark.parametrize("option, word, output", DETAILS)
def test_more_about_an_output_that_is_off_is_refused(option, word, output, capsys):
    assert main(["live", "--demo", "--no-window", "--frames", "2", option, word]) == 2
    assert f"add {output}, or leave {option} out" in capsys.readouterr().err


def test_the_settings_file_may_say_more_about_an_output_that_is_off(settings):
    settings.write_text('[live]\nlisten = "0.0.0.0"\nvirtual-camera-picture = "private"\n')
    assert main(["live", "--demo", "--no-window", "--frames", "2"]) == 0


def test_an_output_may_be_switched_off_behind_what_more_was_said_about_it():
    typed = ["--companion-url", "http://localhost:11434/v1", "--no-companion"]
    typed += ["--listen", "0.0.0.0", "--no-websocket"]
    assert main(["live", "--demo", "--no-window", "--frames", "2", *typed]) == 0


def test_what_the_settings_say_of_cameras_and_windows_waits_for_those(settings):
    lines = ['size = "1280x720"', "fps = 30", "privacy = true", 'record = "film.mp4"']
    lines += ["speak = true", "companion = true"]
    settings.write_text("\n".join(["[live]", *lines]) + "\n")
    assert main(["live", "--demo", "--no-window", "--frames", "2"]) == 0


@pytest.mark.logs_errors
@pytest.mark.parametrize(
    "typed, said",
    [
        (["--privacy"], "--privacy the window or a virtual camera"),
        (["--speak"], "--speak needs the window"),
        (["--size", "640x480"], "Only a camera can be asked for a size"),
    ],
)
def test_what_is_typed_for_a_run_that_lacks_it_is_refused(typed, said, capsys):
    assert main(["live", "--demo", "--no-window", "--frames", "2", *typed]) != 0
    assert said in capsys.readouterr().err

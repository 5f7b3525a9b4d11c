"""The user's own defaults, from a file."""

from __future__ import annotations

import pytest

from emoapp.cli import main, parse
from emoapp.cli.renamed import with_current_options
from emoapp.errors import UsageError
from emoapp.limits import LIMITS, Limits
from emoapp.utils.toml_tables import update_table


@pytest.fixture
def settings(tmp_path, monkeypatch):
    path = tmp_path / "emoapp.toml"
    monkeypatch.setenv("EMOAPP_CONFIG", str(path))
    return path


def live(*words: str):
    return parse(["live", *words])


def test_values_become_defaults_and_words_override_them(settings):
    settings.write_text(
        '[live]\ndetector = "haar"\nsize = "640x480"\nmirror = false\nsmoothing = 1\nloop = true\n'
    )
    args = live()
    assert (args.detector, args.size, args.mirror) == ("haar", (640, 480), False)
    assert args.smoothing == 1.0 and args.loop is True
    assert live("--detector", "mediapipe", "--mirror").detector == "mediapipe"
    assert live("--mirror").mirror is True
    assert parse(["video", "a.mp4"]).detector == "auto"


def test_without_a_file_the_programs_own_values_hold(settings):
    assert live().detector == "auto" and live().mirror is None


@pytest.mark.logs_errors
@pytest.mark.parametrize(
    "content, complaint",
    [
        ('[live]\ndetektor = "haar"', "no option detektor; did you mean detector"),
        ('[live]\ndetector = "psychic"', "expected one of auto, blazeface, mediapipe, haar"),
        ("[live]\nframes = -1", "expected 1 or more"),
        ("[live]\nloop = 3", "expected true or false"),
        ("[alive]\nloop = true", "no command alive"),
        ("loop = true", "outside of a table"),
        ("[live", "not a settings file"),
        ("[limits]\nbrihgtness = 30", "no limit brihgtness; did you mean brightness"),
        ("[limits]\nturn = -1", "yaw: expected 0 or more"),
        ('[limits]\nyaw = "far"', "yaw: expected a number"),
    ],
)
def test_mistakes_are_named_with_the_file(settings, content, complaint, capsys):
    settings.write_text(content)
    assert main(["config"]) == 2
    said = capsys.readouterr().err
    assert complaint in said and "emoapp.toml" in said


@pytest.mark.logs_errors
def test_limits_from_the_file_and_from_words(settings, capsys):
    settings.write_text("[limits]\nbrightness = 30\n")
    limits = live("--limit", "yaw=0.2", "--limit", "contrast=9").limits
    assert limits == Limits(brightness=30, yaw=0.2, contrast=9)
    assert parse(["video", "a.mp4"]).limits == Limits(brightness=30)
    assert main(["live", "--limit", "brihgtness=3"]) == 2
    assert "did you mean brightness" in capsys.readouterr().err
    assert main(["config"]) == 0
    rows = [line for line in capsys.readouterr().out.splitlines() if "limits: " in line]
    assert len(rows) == len(LIMITS)
    (row,) = [row for row in rows if "emoapp.toml" in row]
    assert "brightness" in row and "30" in row


def test_a_limit_reaches_the_faces(settings, capfd):
    settings.write_text("[limits]\nbrightness = 250\n")
    assert main(["live", "--demo", "--no-window", "--frames", "1"]) == 0
    assert "too dark" in capfd.readouterr().out


@pytest.mark.parametrize(
    "words, source",
    [
        (["--camera", "1"], "1"),
        (["--camera", "Logi"], "camera:Logi"),
        (["--camera", "/dev/video2"], "/dev/video2"),
        ([], "camera:C9"),
        (["--source", "clip.mp4"], "clip.mp4"),
    ],
)
def test_a_camera_by_number_or_name(settings, words, source):
    settings.write_text('[live]\ncamera = "C9"\n')
    assert live(*words).source == source


def test_a_file_as_the_usual_source_is_no_camera(settings):
    settings.write_text('[live]\nsource = "clip.mp4"\n')
    assert live().source == "clip.mp4"


@pytest.mark.logs_errors
def test_config_shows_what_is_in_force_and_where_from(settings, capsys):
    settings.write_text('[video]\ndetector = "haar"\n')
    assert main(["config", "video"]) == 0
    said = capsys.readouterr().out
    row = next(line for line in said.splitlines() if " detector " in line)
    assert "haar" in row and "emoapp.toml" in row
    assert "mirror" not in said or "no-mirror" not in said
    assert main(["config", "--path"]) == 0
    assert capsys.readouterr().out.strip() == str(settings)
    assert main(["config", "nonsense"]) == 2


def test_old_names_work_with_a_warning(settings, capsys):
    settings.write_text("[limits]\nturn = 0.3\n[train]\nhidden = 0.2")
    words = ["train", "--data", "a", "--output", "b", "--camera", "0.1", "--soft-share=0.4"]
    args = parse(with_current_options(words))
    assert (args.erase_probability, args.degrade_probability) == (0.2, 0.1)
    assert args.distillation_weight == 0.4
    assert live().limits.yaw == 0.3
    said = capsys.readouterr().err
    for old, new in (("turn", "yaw"), ("hidden", "erase-"), ("camera", "degrade-")):
        assert f"{old} is now called {new}" in said


def test_a_mark_that_windows_editor_puts_in_front_is_no_error(settings):
    settings.write_bytes(b"\xef\xbb\xbf" + b'[live]\nsize = "640x360"\n')
    assert parse(["live"]).size == (640, 360)
    update_table(settings, "live", {"mirror": True}, {"mirror": None})
    assert parse(["live"]).mirror and parse(["live"]).size == (640, 360)


def test_a_path_with_backslashes_gets_a_hint(settings):
    settings.write_text('[live]\nfolder = "C:\\Users\\Ada"\n', encoding="utf-8")
    with pytest.raises(UsageError, match=r"single quotes: 'C:\\Users\\Ada'"):
        parse(["live"])
    settings.write_text("[live]\nfolder = 'C:\\Users\\Ada'\n", encoding="utf-8")
    assert str(parse(["live"]).folder) == r"C:\Users\Ada"
    settings.write_text('[live]\nfolder = \n# "C:\\x"\n', encoding="utf-8")
    with pytest.raises(UsageError) as error:
        parse(["live"])
    assert "quotes" not in str(error.value)

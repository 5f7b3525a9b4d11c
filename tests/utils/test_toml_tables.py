"""Values written into a settings file: the rest of it stays."""

from __future__ import annotations

import pytest

from emoapp.utils.toml_tables import update_table

DEFAULTS = {"mirror": None, "bars": True, "text-size": 100, "yaw": 0.42}


def test_a_new_file_has_what_differs_from_the_defaults(tmp_path):
    path = tmp_path / "new" / "emoapp.toml"
    update_table(path, "live", {"mirror": False, "bars": True, "text-size": 150}, DEFAULTS)
    assert path.read_text() == "[live]\nmirror = false\ntext-size = 150\n"


def test_comments_other_tables_and_other_keys_stay(tmp_path):
    path = tmp_path / "emoapp.toml"
    path.write_text(
        "# mine\n[train]\nepochs = 3 # few\n\n[live]\nno_bars = true # quiet\nfps = 30\n"
        "\n[limits]\nturn = 0.3\n"
    )
    update_table(path, "live", {"bars": True, "text-size": 150}, DEFAULTS)
    update_table(path, "limits", {"yaw": 0.42}, DEFAULTS, aliases={"turn": "yaw"})
    assert path.read_text() == (
        "# mine\n[train]\nepochs = 3 # few\n\n[live]\nno_bars = false # quiet\nfps = 30\n"
        "text-size = 150\n\n[limits]\nturn = 0.42\n"
    )


def test_a_broken_file_is_left_alone(tmp_path):
    path = tmp_path / "emoapp.toml"
    path.write_text("[live\n")
    with pytest.raises(ValueError):
        update_table(path, "live", {"bars": False}, DEFAULTS)
    assert path.read_text() == "[live\n"

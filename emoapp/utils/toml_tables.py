"""Change values in a TOML file and leave the rest of it, comments included, as it is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from emoapp.utils.files import write_whole

Value: TypeAlias = bool | int | float | str

Names: TypeAlias = Mapping[str, str]
"""Another name of a key -> the key itself."""


def update_table(
    path: Path,
    table: str,
    values: Mapping[str, Value],
    defaults: Mapping[str, Value | None],
    *,
    aliases: Names | None = None,
) -> None:
    """Write values into a table of a file, which is created where it is missing.

    A key that is there gets its new value; one that is not is added only where its value is not
    the default. A key that begins with "no-" is a switch by its opposite.

    Args:
        path: The file.
        table: Name of the table.
        values: Key, with hyphens -> value.
        defaults: Key -> what holds without the file; None where nothing does.
        aliases: Other names under which keys may be there.

    Raises:
        ValueError: The file is no TOML.
        OSError: It cannot be read or written.
    """
    import tomlkit

    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        content = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        content = ""
    document = tomlkit.parse(content)  # its errors are ValueErrors
    target = document.get(table)
    if target is None:
        target = tomlkit.table()
    for key, value in values.items():
        present = _present(target, key, aliases or {})
        if present is not None:
            opposite = _plain(present).startswith("no-")
            target[present] = not value if opposite else value
        elif value != defaults[key]:
            target[key] = value
    if table not in document and target:
        document[table] = target
    data = tomlkit.dumps(document).encode("utf-8")
    write_whole(path, lambda half: half.write_bytes(data))


def _present(target: Mapping[str, object], key: str, aliases: Names) -> str | None:
    """Return the key of a table that stands for `key`; None if there is none."""
    known = {key, f"no-{key}", *(old for old, new in aliases.items() if new == key)}
    return next((name for name in target if _plain(name) in known), None)


def _plain(key: str) -> str:
    return key.replace("_", "-")

"""Names as nobody would choose them: what files, cameras and labels may be called all the same."""

from __future__ import annotations

from hypothesis import strategies as st

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}",
    "a --> b",
    "00:00:00.000 --> 00:00:09.000",
    "one\ntwo\n\n2\n00:00:01.000 --> 00:00:02.000\nforged",
    "\x1b[31mred\x1b]0;owned\x07",
    "\x9b31m",
    "\u202egpj.exe",
    "line\u2028separator",
    "=HYPERLINK(1)",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "'=1",
    "''-1",
    "\uff1d1+1",
    'quo"te, comma; $math$ _hidden',
    "[bold]rich[/bold] [/]",
    "caf\udce9",
    "\ud83d alone",
    "null",
    "NA",
    "  blanks  ",
    "\U0001f469\u200d\U0001f467 \u0645\u06cc\u200c\u062e",
)

PIECES = st.sampled_from([*HOSTILE, *"<>&\"'=+-@\t\r\n\x1b\x00\x7f\x85\u200f\udcff|;,\\$[]{}"])
NAMES = (
    st.lists(
        st.one_of(PIECES, st.text(st.characters(exclude_categories=()), max_size=5)),
        min_size=1,
        max_size=4,
    )
    .map("".join)
    .filter(bool)
)
"""Any text, with what is special somewhere in it more often than chance would have it."""

"""No password of a stream's address leaves the program, in no file and no message."""

from __future__ import annotations

import functools
import http.server
import json
import threading
from contextlib import contextmanager

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.logs import UNEVEN, write_log

from emoapp.cli import main
from emoapp.utils.addresses import redact_url

SECRETS = "s3cr3t", "t0k3n", "anna"


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("rtsp://anna:s3cr3t@host:554/s?token=t0k3n#anna", "rtsp://host:554/s"),
        ("rtsp://anna@host", "rtsp://host"),
        ("rtsp://:s3cr3t@[fe80::1]:554/s", "rtsp://[fe80::1]:554/s"),
        ("HTTP://anna:s3cr3t@host/s/", "HTTP://host/s/"),
        ("async:rtsp://anna:s3cr3t@host/s", "async:rtsp://host/s"),
        # Not percent-encoded, as they are typed.
        ("rtsp://anna:s3cr3t@anna s3cr3t@host/s", "rtsp://host/s"),
        ("rtsp://anna:x/s3cr3t@host/s", "rtsp://...@host/s"),
        ("rtsp://anna:1/s3cr3t@host/s", "rtsp://...@host/s"),
        ("rtsp://anna:x?s3cr3t#@host/s?t0k3n", "rtsp://...@host/s"),
        ("rtsp://...@host/s", "rtsp://...@host/s"),
        # As some cameras take it.
        ("rtsp://host/user=anna_password=s3cr3t_channel=1.sdp?real", "rtsp://host/..."),
        # Nothing to hide.
        ("https://host/@channel/live", "https://host/@channel/live"),
        ("https://host/x?mail=a@b.c", "https://host/x"),
        ("udp://@239.0.0.1:1234", "udp://239.0.0.1:1234"),
        ("videos/a@b?c=d.mp4", "videos/a@b?c=d.mp4"),
        ("camera 0", "camera 0"),
        # In sentences.
        (
            "rtsp://anna:s3cr3t@host/s?token=t0k3n: no answer. See (http://host/a?t0k3n).",
            "rtsp://host/s: no answer. See (http://host/a).",
        ),
        ("Nobody is at tcp://[::1]:1: no answer", "Nobody is at tcp://[::1]:1: no answer"),
        ("'rtsp://anna:s3cr3t@host/s?t0k3n' and anna@host", "'rtsp://host/s' and anna@host"),
    ],
)
def test_what_is_left_of_an_address(text, redacted):
    assert redact_url(text) == redacted
    assert redact_url(redacted) == redacted


def secrets(without: str) -> st.SearchStrategy[str]:
    """Text without blanks and without these letters, known by its ends."""
    letters = st.characters(codec="utf-8", exclude_characters=without)
    kept = letters.filter(lambda letter: not letter.isspace())
    return st.text(kept, max_size=8).map("Ss{}sS".format)


@example(user="SssS", password="Ss@#sS", query="SssS")
@given(user=secrets(":/?#@"), password=secrets(""), query=secrets("@"))
def test_no_secret_is_left_whatever_it_is_made_of(user, password, query):
    address = f"rtsp://{user}:{password}@camera.example:554/live?key={query}"
    redacted = redact_url(address)
    assert redacted in ("rtsp://camera.example:554/live", "rtsp://...@camera.example:554/live")
    assert redact_url(redacted) == redacted


@contextmanager
def served(folder):
    """The address of a web server with these files, with a user, a password and room for more."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as web:
        thread = threading.Thread(target=web.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://anna:s3cr3t@127.0.0.1:{web.server_port}", web.server_port
        finally:
            web.shutdown()
            thread.join()


@pytest.mark.logs_errors
def test_nothing_that_is_written_or_said_has_the_password(tmp_path, clip, capfd, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EMOAPP_CONFIG", str(tmp_path / "emoapp.toml"))
    with served(clip.parent) as (address, port):
        stream = f"{address}/{clip.name}?token=t0k3n"
        for suffix in ("csv", "jsonl"):
            command = ["video", stream, "--log", f"log.{suffix}", "--stats", f"{suffix}.json"]
            assert main([*command, "--frames", "5"]) == 0
        assert main(["live", "--source", stream, "--no-window", "--frames", "5"]) == 0
        assert main(["report", "log.csv", "--source", stream]) == 0
        assert main(["video", stream, "--frames", "5"]) == 0
        missing = f"{address}/missing.mp4?token=t0k3n"
        assert main(["video", stream, missing, "-o", "many", "--stats", "many.json"]) == 1
        assert main(["live", "--source", missing, "--no-window"]) == 1
    assert main(["live", "--source", stream, "--no-window"]) == 1, "nobody answers any more"
    assert main(["live", "--source", stream, "--size", "640x480", "--no-window"]) == 2
    assert main(["report", "log.csv", stream]) == 2
    (tmp_path / "emoapp.toml").write_text(f'[live]\nsource = "{stream}"\n')
    assert main(["config"]) == 0
    said = "".join(capfd.readouterr())
    names = [path for path in tmp_path.rglob("*") if path != tmp_path / "emoapp.toml"]
    everything = said + "".join(str(path.relative_to(tmp_path)) for path in names)
    everything += "".join(path.read_bytes().decode("latin-1") for path in names if path.is_file())
    assert not [secret for secret in SECRETS if secret in everything]
    shown = f"http://127.0.0.1:{port}/{clip.name}"
    assert f"{shown}: 5 frames" in said and f"{shown} cannot be opened" in said
    assert json.loads((tmp_path / "csv.json").read_text())["source"] == shown
    assert set(json.loads((tmp_path / "many.json").read_text())) == {shown}
    assert (tmp_path / "clip_emotions.mp4").exists()


def test_reports_on_logs_of_earlier_versions_have_no_password(tmp_path):
    old = "rtsp://anna:s3cr3t@host/street.sdp?token=t0k3n"
    log = write_log(tmp_path / "log.csv", [one | {"source": old} for one in UNEVEN])
    assert main(["report", str(log), "--source", "rtsp://host/street.sdp"]) == 0
    page = (tmp_path / "log_report" / "report.html").read_text()
    assert "rtsp://host/street.sdp was not found" in page
    assert not [secret for secret in SECRETS if secret in page]

"""What all sources have in common, and which of them a name opens."""

from __future__ import annotations

import time

import pytest
from support.conformance import conforms
from support.programs import run_python

from emoapp.errors import SourceError, UsageError
from emoapp.sources import kind_of, open_source


def test_video_conforms(demo):
    conforms(open_source(demo), size_wh=(1280, 720), finite=True)


def test_paced_video_conforms(clip):
    began = time.monotonic()
    conforms(open_source(clip, live=True), size_wh=(320, 180), finite=True)
    assert time.monotonic() - began > 0.9, "a second plays for a second"


def test_images_conform(folder):
    conforms(open_source(folder), size_wh=(320, 180), finite=True)


def test_stream_conforms(server):
    conforms(open_source(server + "/video"), size_wh=(320, 180), finite=False)


def test_camera_conforms(run_with_camera):
    ran = run_with_camera(
        "from emoapp.sources import open_source\n"
        "from support.conformance import conforms\n"
        "conforms(open_source(0), size_wh=(320, 180), finite=False)\n"
        "conforms(open_source('/dev/video0'), size_wh=(320, 180), finite=False)"
    )
    assert (ran.returncode, ran.stderr) == (0, "")


# Choosing


@pytest.mark.parametrize(
    ("spec", "kind"),
    [
        (0, "camera"),
        ("1", "camera"),
        ("/dev/video2", "camera"),
        ("http://x/video", "stream"),
        ("rtsp://x/1", "stream"),
        (".", "images"),
        ("a.JPG", "images"),
        ("pictures/*", "images"),
        ("film.mp4", "video"),
        ("film [1].mp4", "images"),  # until there is such a file
    ],
)
def test_kind(spec, kind):
    assert kind_of(spec) == kind


def test_only_a_camera_takes_a_size(demo):
    with pytest.raises(UsageError, match="Only a camera"):
        open_source(demo, size_wh=(640, 480))
    for spec in ("", "-1"):
        with pytest.raises(SourceError, match="no camera's number|is no source"):
            open_source(spec)


def test_the_import_is_light():
    ran = run_python(
        "import sys, emoapp.sources, emoapp.sinks\n"
        "print([m for m in ('cv2', 'av', 'imutils', 'tensorflow') if m in sys.modules])"
    )
    assert ran.stdout.strip() == "[]", ran.stderr

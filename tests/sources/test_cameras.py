"""Which cameras there are: through V4L2 itself, by the structs of this machine's own headers."""

from __future__ import annotations

import json
import sys
import types

import cv2
import cv2_enumerate_cameras as enumeration
import pytest
from support.programs import run_python
from support.vcam import SOURCE, build, environment

from emoapp.cli import cameras as command
from emoapp.errors import CameraError
from emoapp.sources import kind_of, listing, open_source
from emoapp.sources.listing import CameraInfo, Mode, find_camera

linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="V4L2 is Linux's")

DESK = CameraInfo(0, "Logi [HD] C920", "/dev/video0", (Mode((1280, 720), (30.0, 7.5)),))
LAPTOP = CameraInfo(2, "Integrated Camera", "/dev/video2")
LAPTOP_IR = CameraInfo(4, "Integrated Camera IR", "/dev/video4")

# In place of vcam's own sizes and rates: a driver with a range of sizes and a list of rates.
_RICHER = """
    case VIDIOC_ENUM_FRAMESIZES: {
      struct v4l2_frmsizeenum *s = arg;
      if (s->index > RANGE) return EINVAL;
      s->type = V4L2_FRMSIZE_TYPE_STEPWISE;
      s->stepwise = (struct v4l2_frmsize_stepwise){320, 2592, 16, 240, 1936, 16};
      if (RANGE) return 0;
      s->type = V4L2_FRMSIZE_TYPE_DISCRETE;
      s->discrete.width = 800;
      s->discrete.height = 600;
      return 0;
    }
    case VIDIOC_ENUM_FRAMEINTERVALS: {
      struct v4l2_frmivalenum *v = arg;
      if (v->pixel_format != V4L2_PIX_FMT_MJPEG || v->width < 320 || v->height < 240) return EINVAL;
      if (v->index > (RANGE ? 0 : 2)) return EINVAL;
      v->type = V4L2_FRMIVAL_TYPE_DISCRETE;
      v->discrete = (struct v4l2_fract){v->index == 2 ? 1001 : 1, v->index == 2 ? 30000 : 15};
      if (v->index == 1) v->discrete = (struct v4l2_fract){2, 15};
      if (!RANGE) return 0;
      v->type = V4L2_FRMIVAL_TYPE_STEPWISE;
      v->stepwise = (struct v4l2_frmival_stepwise){{1, 60}, {1, 5}, {1, 60}};
      return 0;
    }
    case 0: {
      struct v4l2_frmsizeenum *s = arg;"""


def listed(tmp_path, library, *, status: int = 0, **env: str) -> list[dict]:
    """`emoapp cameras --json` in a process with the camera "video3" and a file "video1"."""
    for name in ("video1", "video3"):
        (tmp_path / name).touch()
    ran = run_python(
        "import argparse, glob, emoapp.cli.cameras as c, emoapp.sources.v4l2 as v\n"
        "find, read = glob.glob, v.read_modes\n"
        f"folder = {str(tmp_path)!r}\n"
        "glob.glob = lambda pattern: find(pattern.replace('/dev', folder))\n"
        "v.read_modes = lambda path: read(path.replace('/dev', folder))\n"
        "try: c.command.callback(argparse.Namespace(json=True))\n"
        "except c.CameraError as error: raise SystemExit(error.exit_status)",
        LD_PRELOAD=str(library),
        VCAM_MJPEG=str(library.with_name("clip.mjpeg")),
        VCAM_DEVICE=str(tmp_path / "video3"),
        **env,
    )
    assert (ran.returncode, ran.stderr) == (status, "")
    return json.loads(ran.stdout)


@pytest.fixture
def library(tmp_path, mjpeg):
    """library(change) -> a virtual camera of the changed source, with its clip beside it."""

    def make(change=lambda text: text):
        library = build(tmp_path, change(SOURCE.read_text()))
        environment(library, mjpeg)
        return library

    return make


@linux_only
def test_a_real_device_is_listed_and_a_file_is_not(tmp_path, library):
    (camera,) = listed(tmp_path, library())
    assert camera == {
        "number": 3,
        "name": "video3",  # vcam makes no entry in /sys, where names are
        "path": "/dev/video3",
        "modes": [{"size_wh": [320, 180], "rates": []}],  # vcam is silent about rates
    }


@linux_only
def test_one_that_is_busy_is_listed_without_modes(tmp_path, library):
    (camera,) = listed(tmp_path, library(), VCAM_BUSY="1")
    assert (camera["number"], camera["name"], camera["modes"]) == (3, "video3", [])


@linux_only
@pytest.mark.parametrize(
    ("a_range", "modes"),
    [
        (0, [([800, 600], [29.97, 15, 7.5])]),
        (1, [([2592, 1936], [60, 5]), ([1280, 720], [60, 5]), ([640, 480], [60, 5])]),
    ],
)
def test_sizes_and_rates_as_drivers_give_them(tmp_path, library, a_range, modes):
    def richer(text):
        begin = "    case VIDIOC_ENUM_FRAMESIZES: {\n      struct v4l2_frmsizeenum *s = arg;"
        assert begin in text
        return text.replace(begin, _RICHER.replace("RANGE", str(a_range)))

    (camera,) = listed(tmp_path, library(richer))
    assert [(mode["size_wh"], mode["rates"]) for mode in camera["modes"]] == modes


@linux_only
def test_a_node_that_gives_no_pictures_is_left_out(tmp_path, library):
    def metadata(text):
        # As the second node of a USB camera: the whole camera can capture, this node cannot.
        text = text.replace("c->device_caps = V4L2_CAP_VIDEO_CAPTURE", "c->device_caps = 0x800000")
        return text.replace("| V4L2_CAP_DEVICE_CAPS", "| V4L2_CAP_DEVICE_CAPS | 1")

    assert listed(tmp_path, library(metadata), status=2) == []


# Elsewhere


@pytest.mark.parametrize(
    ("platform", "backend"), [("win32", cv2.CAP_MSMF), ("darwin", cv2.CAP_AVFOUNDATION)]
)
def test_without_v4l2_no_camera_is_switched_on(monkeypatch, platform, backend):
    found = {backend: [(1, "Logi [HD] C920", "id 1"), (0, "", None)]}

    def enumerate_cameras(backend):
        return [enumeration.CameraInfo(*one, None, None, backend) for one in found[backend]]

    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(cv2, "VideoCapture", None)
    monkeypatch.setattr(enumeration, "enumerate_cameras", enumerate_cameras)
    assert listing.list_cameras() == [CameraInfo(0, "camera 0"), CameraInfo(1, "Logi [HD] C920")]


# By name


@pytest.fixture
def three(monkeypatch):
    monkeypatch.setattr(listing, "list_cameras", lambda: [DESK, LAPTOP, LAPTOP_IR])


@pytest.mark.parametrize(
    ("wanted", "number"),
    [
        (0, 0),
        ("2", 2),
        ("/dev/video4", 4),
        ("LOGI", 0),
        ("[hd]", 0),
        ("camera ir", 4),
        ("integrated camera", 2),  # the whole name of one, though a part of another's
    ],
)
def test_a_camera_is_found(three, wanted, number):
    assert find_camera(wanted) == number


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ("integrated", r"More than one .*2: Integrated Camera, 4: Integrated Camera IR"),
        ("1", r"no camera \"1\".*0: Logi \[HD\] C920, 2: "),
        ("sony", "0: Logi"),
        ("", "no camera"),
    ],
)
def test_one_that_is_not_clear_is_an_error_that_lists_them(three, wanted, says):
    with pytest.raises(CameraError, match=says):
        find_camera(wanted)


def test_a_source_is_opened_by_its_name(run_with_camera, tmp_path):
    ran = run_with_camera(
        "import emoapp.sources.listing as l; from emoapp.sources import open_source\n"
        "l.list_cameras = lambda: [l.CameraInfo(0, 'Virtual camera')]\n"
        "with open_source('camera:virt', reconnect=True) as s:\n"
        "    print(s.name, next(iter(s)).size_wh)"
    )
    assert ran.stdout.strip() == "camera 0 (320, 180)", ran.stderr
    assert kind_of("camera:virt") == "camera"


def test_a_name_that_is_unknown_names_the_others(three):
    with pytest.raises(CameraError, match="sony.*Logi"):
        open_source("camera:sony", reconnect=True)


# The command


def test_the_table_says_it_all(three, capsys):
    assert command.command.callback(types.SimpleNamespace(json=False)) == 0
    said = capsys.readouterr().out
    for part in ("0", "Logi [HD] C920", "1280x720", "30, 7.5", "Integrated Camera IR", "?"):
        assert part in said


def test_no_camera_is_said_with_exit_status_2(monkeypatch, capsys):
    monkeypatch.setattr(listing, "list_cameras", lambda: [])
    for as_json, printed in ((False, ""), (True, "[]\n")):
        with pytest.raises(CameraError, match="No camera was found.*--demo") as error:
            command.command.callback(types.SimpleNamespace(json=as_json))
        assert error.value.exit_status == 2
        assert capsys.readouterr().out == printed

"""What every output promises: no receiver holds the picture up, and nothing is left behind."""

from __future__ import annotations

from dataclasses import fields

import pytest
from support.outputs import (
    CONFIGS,
    HANGING,
    RESULTS,
    Asked,
    all_names,
    face,
    nothing_left,
    opened_by_now,
    result,
    until,
)

from emoapp.cli import main, parse
from emoapp.config import OutputsConfig
from emoapp.errors import UsageError
from emoapp.sinks import outputs
from emoapp.sinks.background import BackgroundSink
from emoapp.sinks.outputs import OUTPUTS, OutputContext, check_available, open_outputs

pytestmark = pytest.mark.usefixtures("cameras")


@pytest.fixture(params=all_names())
def asked(request) -> Asked:
    return Asked(request.param, CONFIGS[request.param]())


def test_it_takes_all_results_and_leaves_nothing_open(asked):
    with nothing_left():
        output = asked.open()
        for one in RESULTS:
            output.write(one)
        output.close()
        output.close()
        output.write(RESULTS[0])  # it is over, and nobody minds


def test_it_closes_before_its_first_result(asked):
    with nothing_left():
        asked.open().close()


def test_an_error_in_the_block_closes_it_too(asked):
    with nothing_left(), pytest.raises(ZeroDivisionError), asked.open() as output:
        output.write(RESULTS[0])
        raise ZeroDivisionError


def test_what_goes_wrong_is_said_once_at_most(asked):
    with asked.open() as output:
        for number in range(60):
            output.write(result(number, face("happy" if number % 2 else "sad")))
    assert len(asked.reports) <= 1


@pytest.mark.parametrize("name", HANGING)
def test_a_receiver_that_hangs_holds_nothing_up(name, cameras, monkeypatch):
    monkeypatch.setattr("emoapp.sinks.background.CLOSING_S", 0.3)
    with nothing_left():
        output = Asked(name, HANGING[name]).open()
        assert isinstance(output, BackgroundSink)
        output.write(RESULTS[0])
        for camera in cameras:
            camera.go.clear()
        # Each would wait for ever, so that this ends says that none is waited for.
        for number in range(1, 200):
            output.write(result(number, face("happy" if number % 2 else "sad")))
        assert output.dropped > 100
        output.close()
        for camera in cameras:
            camera.go.set()
    assert all(camera.closed for camera in cameras)


def test_the_oldest_is_dropped_and_the_newest_arrives(cameras):
    with Asked("virtual_camera", OutputsConfig(virtual_camera="auto")).open() as output:
        output.write(result(0))
        (camera,) = cameras
        until(lambda: len(camera.frames) == 1)
        camera.go.clear()
        camera.taking.clear()
        output.write(result(1))
        assert camera.taking.wait(20)
        for number in range(2, 10):
            output.write(result(number))
        assert output.dropped == 6
        camera.go.set()
    levels = [round(float(frame[:180].mean())) for frame in camera.frames]
    assert len(levels) == 4 and levels == sorted(levels), "0, 1, 8 and 9, in order"


def test_none_is_opened_unless_it_is_asked_for():
    before = opened_by_now()
    assert open_outputs(OutputsConfig(), OutputContext(("happy",))) == []
    assert parse(["live"]).osc is None and opened_by_now() == before


def test_one_that_cannot_be_opened_closes_those_before_it(cameras):
    both = OutputsConfig(osc=("127.0.0.1", 9), on_change=("no-such-program",))
    with nothing_left(), pytest.raises(UsageError, match="no such program"):
        open_outputs(both, OutputContext(("happy",)))


@pytest.mark.parametrize("name", [name for name in OUTPUTS if OUTPUTS[name].modules])
def test_a_missing_package_names_its_extra(name, monkeypatch):
    monkeypatch.setattr(outputs, "find_spec", lambda module: None)
    extra = OUTPUTS[name].extra
    with pytest.raises(UsageError, match=rf"pip install 'emoapp\[{extra}\]'"):
        check_available(CONFIGS[name]())


def test_every_extra_is_one_of_the_package():
    from support.paths import ROOT

    text = (ROOT / "pyproject.toml").read_text("utf-8")
    for kind in OUTPUTS.values():
        assert not kind.extra or f"\n{kind.extra} = [" in text


def test_every_output_has_a_field_and_an_option(capsys):
    assert set(OUTPUTS) <= {field.name for field in fields(OutputsConfig)}
    main(["live", "--help"])
    said = capsys.readouterr().out
    assert all(f"--{name.replace('_', '-')}" in said for name in OUTPUTS)


@pytest.mark.logs_errors
def test_a_defect_in_an_output_is_reported_and_ends_that_output_alone(cameras):
    asked = Asked("virtual_camera", OutputsConfig(virtual_camera="auto"))
    with asked.open() as output:
        output.write(result(0))
        cameras[0].send = lambda frame: 1 / 0
        output.write(result(1))
        until(lambda: cameras[0].closed)
        output.write(result(2))
        output.write(result(3))
    assert asked.reports == [("Virtual camera", "This output has ended: division by zero.")]

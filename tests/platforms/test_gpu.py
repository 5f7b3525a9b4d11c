"""The extra `gpu` is Linux's, and elsewhere a message says so."""

from __future__ import annotations

import builtins

import pytest
from packaging.requirements import Requirement
from support.desks import pretend
from support.paths import ROOT

from emoapp.classifiers.keras import KerasClassifier
from emoapp.diagnostics.doctor.machine import check_gpu
from emoapp.errors import DeviceError

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10
    import tomli as tomllib


@pytest.mark.parametrize(("platform", "wanted"), [("linux", 1), ("win32", 0), ("darwin", 0)])
def test_the_extra_installs_nothing_where_it_could_not_work(platform, wanted):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    needed = [
        text
        for text in map(Requirement, project["optional-dependencies"]["gpu"])
        if text.marker.evaluate({"sys_platform": platform, "python_version": "3.12"})
    ]
    assert len(needed) == wanted


@pytest.mark.parametrize(("system", "says"), [("windows", "WSL 2"), ("macos", "tensorflow-metal")])
def test_elsewhere_a_message_says_why(monkeypatch, system, says):
    pretend(monkeypatch, system)
    real = builtins.__import__

    def load(name, *rest, **more):
        assert not name.startswith("tensorflow"), "it need not be installed to say so"
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", load)
    with pytest.raises(DeviceError, match=f"{says}.*--device cpu|--device cpu.*{says}"):
        KerasClassifier()
    assert "no GPU" in check_gpu().found

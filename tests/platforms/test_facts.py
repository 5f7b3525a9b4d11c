"""What differs between systems is in one package, and the page of the platforms tells it."""

from __future__ import annotations

import ast
import importlib

import pytest
from support.paths import ROOT

PACKAGE = ROOT / "emoapp"
SYSTEMS = {"linux": "Linux", "windows": "Windows", "macos": "macOS"}
MODULES = sorted(path.stem for path in (PACKAGE / "platforms").glob("[a-z]*.py"))


@pytest.mark.parametrize("module", MODULES)
def test_each_module_says_what_is_so_since_when_and_where_it_is_written(module):
    facts = importlib.import_module(f"emoapp.platforms.{module}").FACTS
    page = (ROOT / "docs" / "platforms.md").read_text("utf-8")
    assert facts
    for fact in facts:
        assert fact.what.endswith(".") and fact.since and fact.source
        what = fact.what.replace("|", "\\|")
        row = f"| {SYSTEMS[fact.system]} | {what} | {fact.since} | {fact.source} |"
        assert row in page.splitlines(), "docs/platforms.md lists all facts"


def code_of(folder: str = "."):
    for path in sorted((PACKAGE / folder).rglob("*.py")):
        yield path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text("utf-8"))


def test_no_other_module_asks_which_system_it_is():
    asked = [
        f"{name}:{node.lineno}"
        for name, tree in code_of()
        if not name.startswith("platforms/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and ast.unparse(node) in ("sys.platform", "os.name", "platform.system")
    ]
    assert not asked, "ask emoapp.platforms"


def test_one_clock_measures_everything():
    """`time.monotonic` steps by 15.6 ms on Windows before Python 3.13."""
    read = [
        f"{name}:{node.lineno}"
        for name, tree in code_of()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and ast.unparse(node) == "time.monotonic"
        or isinstance(node, ast.ImportFrom)
        and node.module == "time"
        and "monotonic" in [alias.name for alias in node.names]
    ]
    assert not read, "take platforms.clock.now"


ENDLESS = {
    "app/run.py: self._loading.result()": "it is done",
    "app/live/__init__.py: opening.result()": "it is done",
    "app/video/batch.py: future.result()": "it is done",
    "app/live/moments.py: data.result()": "one small picture is compressed",
    "app/live/moments.py: self._worker.shutdown()": "one small picture is compressed",
    "app/live/voice.py: self._words.get()": "in a daemon thread, for which nobody waits",
    "app/video/executors.py: pool.shutdown()": "all runs are done",
    "app/video/executors.py: parent.join()": "in a daemon thread, for which nobody waits",
    "app/live/guided/controller.py: self._worker.shutdown()": "what a minute taught takes a second",
    "app/live/guided/session.py: self._learning.result()": "it is done",
    "profiles/learner.py: done.result()": "it is done",
    "profiles/learner.py: self._worker.shutdown()": "it is done",
    "sinks/web/server.py: event.wait()": "inside a wait that ends",
    "companion/client.py: self._process.wait()": "it was killed",
    "companion/talk.py: requests.get()": "in a process of its own, which its parent kills",
}
"""A wait without a timeout -> why Ctrl-C need not end it."""


def is_endless(call: ast.Call) -> bool:
    """Whether a call waits for as long as it takes."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    called = ast.unparse(call.func)
    if called == "wait" or called.endswith("as_completed") and called != "waits.as_completed":
        return not any(keyword.arg == "timeout" for keyword in call.keywords) and len(call.args) < 2
    bare = not call.args and not call.keywords
    return bare and name in ("join", "wait", "get", "result", "acquire", "shutdown")


def test_no_wait_is_endless():
    """On Windows, Ctrl-C ends no wait for a lock: the program could not be stopped."""
    found = {
        f"{name}: {ast.unparse(node)}"
        for name, tree in code_of()
        if not name.startswith("training/") and name != "utils/logs/handlers.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and is_endless(node)
    }
    assert found <= ENDLESS.keys(), "take platforms.waits"
    assert ENDLESS.keys() <= found, "no longer needed in ENDLESS"

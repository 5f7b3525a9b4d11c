"""A headless Chromium, steered over its own debugging socket."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest


class Browser:
    """One page of a browser with a profile of its own.

    Args:
        folder: Where the profile goes.
    """

    def __init__(self, folder: Path) -> None:
        found = shutil.which("chromium") or shutil.which("google-chrome")
        if found is None:
            pytest.skip("needs chromium")
        from websockets.sync.client import connect

        self.requests: list[str] = []
        self.complaints: list[str] = []
        self._number = 0
        self._session: str | None = None
        self._stack = ExitStack()
        self._program = subprocess.Popen(
            [
                *(found, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
                *("--remote-debugging-port=0", "--no-first-run", "--disable-background-networking"),
                *("--disable-component-update", f"--user-data-dir={folder / 'profile'}"),
                "about:blank",
            ],
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            address = self._address()
            options = {"max_size": None, "compression": None, "proxy": None}
            # A browser that is busy answers no ping, and none after it was ended.
            options |= {"ping_interval": None, "close_timeout": 0.5}
            self._socket = self._stack.enter_context(connect(address, **options))
            target = self._call("Target.createTarget", url="about:blank")["targetId"]
            attached = self._call("Target.attachToTarget", targetId=target, flatten=True)
            self._session = attached["sessionId"]
            for domain in ("Page", "Runtime", "Network", "Log", "Accessibility"):
                self._call(f"{domain}.enable")
        except BaseException:
            self.close()
            raise

    def _address(self) -> str:
        assert self._program.stderr is not None
        for line in self._program.stderr:
            if found := re.search(r"DevTools listening on (ws://\S+)", line):
                return found[1]
        pytest.skip("chromium does not start here")

    def _call(self, method: str, **params: Any) -> dict[str, Any]:
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": params}
        if self._session is not None:
            message["sessionId"] = self._session
        self._socket.send(json.dumps(message))
        while True:
            answer = json.loads(self._socket.recv(timeout=30))
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return answer["result"]
            self._note(answer)

    def _note(self, event: dict[str, Any]) -> None:
        params = event.get("params", {})
        if event.get("method") == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif event.get("method") == "Network.webSocketCreated":
            self.requests.append(params["url"])
        elif event.get("method") == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(params["exceptionDetails"]))
        elif event.get("method") == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.complaints.append(params["entry"]["text"] + " " + params["entry"].get("url", ""))

    def open(self, address: str, *, width: int = 800, height: int = 600) -> None:
        """Open an address in a view of this size, transparent as a browser source of OBS."""
        clear = {"r": 0, "g": 0, "b": 0, "a": 0}
        self._call("Emulation.setDefaultBackgroundColorOverride", color=clear)
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self._call("Emulation.setDeviceMetricsOverride", **size)
        self._call("Page.navigate", url=address)

    def forget(self) -> None:
        """Leave the page, and forget what it asked for and complained about."""
        self.open("about:blank")
        self.run("1")
        self.requests.clear()
        self.complaints.clear()

    def run(self, script: str) -> Any:
        """Return the value of a script's expression."""
        answer = self._call(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def until(self, script: str, within_s: float = 20) -> Any:
        """Return the value of an expression once it is true."""
        end = time.monotonic() + within_s
        while not (value := self.run(script)):
            assert time.monotonic() < end, f"{script} stays {value!r}; {self.run(BODY)}"
            time.sleep(0.05)
        return value

    def picture(self) -> np.ndarray:
        """Return what is shown: uint8 (H, W, 4), BGRA."""
        shot = self._call("Page.captureScreenshot", format="png")
        data = np.frombuffer(base64.b64decode(shot["data"]), np.uint8)
        picture = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
        if picture.shape[2] == 3:
            picture = cv2.cvtColor(picture, cv2.COLOR_BGR2BGRA)
        return picture

    def spoken(self) -> list[str]:
        """Return the names that a screen reader finds, in order."""
        nodes = self._call("Accessibility.getFullAXTree")["nodes"]
        names = [n.get("name", {}).get("value", "") for n in nodes if not n.get("ignored")]
        return [name for name in names if name]

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def close(self) -> None:
        """End the browser."""
        self._program.terminate()
        self._program.wait(10)
        self._stack.close()


BODY = "document.body.innerText"

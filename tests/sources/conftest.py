"""Sources to read: a folder of pictures, a web server."""

from __future__ import annotations

import http.server
import threading

import cv2
import pytest
from support.pictures import picture


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "pictures"
    (folder / "deeper").mkdir(parents=True)
    for number, name in enumerate(["a.png", "b.jpg", "deeper/c.bmp", "d.JPG"]):
        cv2.imwrite(str(folder / name), picture(number))
    (folder / "notes.txt").write_text("no picture")
    return folder


# The network


@pytest.fixture(scope="module")
def server(mjpeg):
    """The address of a web server: /video for ever, /short breaks off, all else is missing."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            if self.path not in ("/video", "/short"):
                return self.send_error(404)
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
            self.end_headers()
            number = 0
            while not stop.wait(1 / 60) and (self.path == "/video" or number < 20):
                jpeg = mjpeg[number % len(mjpeg)]
                head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
                try:
                    self.wfile.write(head.encode() + jpeg + b"\r\n")
                except OSError:  # the reader left
                    return None
                number += 1

        def log_message(self, *args):
            pass

    stop = threading.Event()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as web:
        thread = threading.Thread(target=web.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://me:secret@127.0.0.1:{web.server_port}"
        stop.set()
        web.shutdown()
        thread.join()

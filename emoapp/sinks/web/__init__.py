"""Send results to other programs and to web pages over a WebSocket, and serve such a page.

`output`       what the run sees: a sink that only appends to a short queue
`server`       a thread with an event loop: answers requests, sends frames to clients
`connections`  the limits of what one client, and all of them, may ask for
`access`       who may connect
`messages`     what is sent
`pages`        the files of the page
"""

from __future__ import annotations

from emoapp.sinks.web.output import WebSocketOutput, check_output, open_output

__all__ = ["WebSocketOutput", "check_output", "open_output"]

"""A model server with the interface of SageMaker's: GET /ping, POST /invocations.

AWS's own inference toolkit calls the user's functions, so their inputs, defaults and error statuses are the real ones;
only the HTTP front (the multi-model server in the image) is replaced.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sagemaker_inference.transformer import Transformer

# The image's model server allows 20 MB; SageMaker itself at most 6 MB for real-time requests and 100 MB in batch.
_MAX_BODY_BYTES = 110 * 1024 * 1024


class _Properties:
    """The part of the multi-model server's request context that the toolkit reads and writes."""

    def __init__(self, headers: dict[str, str], model_dir: str) -> None:
        self._headers = headers
        self.system_properties = {"model_dir": model_dir}
        self.request_processor = [self]
        self.status = 200
        self.content_type = "application/json"

    def get_request_properties(self) -> dict[str, str]:
        return self._headers

    def set_response_status(self, code: int = 200, phrase: str = "", idx: int = 0) -> None:
        self.status = int(code)

    def set_response_content_type(self, idx: int, value: str) -> None:
        self.content_type = value


def _make_handler(transformer: Transformer, model_dir: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_GET(self) -> None:
            self._answer(200 if self.path == "/ping" else 404, "application/json", b"{}\n")

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            if length > _MAX_BODY_BYTES:
                self.close_connection = True
                self._answer(413, "text/plain", b"Request entity too large")
                return
            body = self.rfile.read(length)
            if self.path != "/invocations":
                self._answer(404, "application/json", b"{}\n")
                return
            context = _Properties({name: value for name, value in self.headers.items()}, model_dir)
            result = transformer.transform([{"body": body}], context)[0]
            payload = result.encode("utf-8") if isinstance(result, str) else bytes(result)
            self._answer(context.status, context.content_type if context.status < 400 else "text/plain", payload)

        def _answer(self, status: int, content_type: str, payload: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)
            self.wfile.flush()

        def log_message(self, format: str, *args: Any) -> None:
            """Access logs of the image's server are off by default."""

    return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def run(assignment: dict[str, Any], report: Callable[..., None]) -> None:
    """Loads the model of `base`, reports the port, and serves until the process ends."""
    base = assignment["base"]
    code = assignment["code"]
    model_dir = os.path.join(base, "model")
    sys.path.insert(0, code)
    os.chdir(base)
    transformer = Transformer()
    transformer.validate_and_initialize(model_dir=model_dir)
    server = _Server(("127.0.0.1", 0), _make_handler(transformer, model_dir))
    report("listening", port=server.server_address[1])
    server.serve_forever(poll_interval=3600)

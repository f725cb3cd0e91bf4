"""The entry point `serve` of the image, without its Java front.

As in sagemaker_xgboost_container/serving.py, sagemaker-containers installs the user's module; then the worker of
multi-model-server (its own Service, Context and protocol) calls sagemaker-inference's handler service. Only the Java
front that speaks HTTP is replaced: one request is one batch.
"""

from __future__ import annotations

import os
import struct
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import image_patches  # noqa: F401
from mms.service import Service
from sagemaker_containers.beta.framework import env, modules
from sagemaker_inference.default_handler_service import DefaultHandlerService


class Reader:
    """Reads the worker's binary answer: https://github.com/awslabs/multi-model-server/blob/v1.1.2/mms/protocol/otf_message_handler.py."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def integer(self) -> int:
        (value,) = struct.unpack_from("!i", self._data, self._at)
        self._at += 4
        return int(value)

    def piece(self) -> bytes:
        size = self.integer()
        value = self._data[self._at : self._at + size]
        self._at += size
        return value


def answer(service: Service, body: bytes, headers: dict[str, str]) -> tuple[int, str, bytes]:
    """Status, content type and body that the worker gives for one request."""
    request = {
        "requestId": b"r",
        "parameters": [{"name": "body", "value": body, "contentType": headers.get("Content-Type", "")}],
        "headers": [{"name": name.encode(), "value": value.encode()} for name, value in headers.items()],
    }
    reader = Reader(bytes(service.predict([request])))
    code = reader.integer()
    if code != 200:
        return code, "text/plain", reader.piece()
    reader.piece()  # "Prediction success"
    reader.piece()  # request id
    content_type = reader.piece().decode()
    status = reader.integer()
    reader.piece()  # reason phrase
    for _ in range(reader.integer()):
        reader.piece()
        reader.piece()
    return status, content_type, reader.piece()


def handler_of(service: Service) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def do_GET(self) -> None:
            self._send(200 if self.path == "/ping" else 404, "application/json", b"{}\n")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            self._send(*answer(service, body, dict(self.headers.items())))

        def _send(self, status: int, content_type: str, payload: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, format: str, *args: Any) -> None:
            """Requests are not logged."""

    return Handler


def main() -> None:
    """Installs the module, loads the model, prints the port and serves until the process is ended."""
    serving = env.ServingEnv()
    modules.import_module(serving.module_dir, serving.module_name)
    handler = DefaultHandlerService()
    model_dir = os.path.join(os.environ["SAGEMAKER_BASE_DIR"], "model")
    service = Service("model", model_dir, None, handler.handle, None, 1)
    handler.initialize(service.context)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(service))
    print(f"listening {server.server_address[1]}", flush=True)
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()

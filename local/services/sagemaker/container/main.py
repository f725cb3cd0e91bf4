"""The process that stands for a SageMaker container on this machine.

It imports what the image holds, says so on file descriptor 3, and waits for its assignment: one line of JSON on
standard input. So an interpreter can be warm before it is needed. Standard input stays open as long as the local cloud
lives; when it ends, so does this process.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import threading
from typing import Any

_CONTROL_FD = 3
_PR_SET_PDEATHSIG = 1


def report(event: str, **fields: Any) -> None:
    """Writes one event for the local cloud; the log of the user's code is elsewhere."""
    os.write(_CONTROL_FD, (json.dumps({"event": event, **fields}) + "\n").encode())


def _die_with_the_cloud() -> None:
    """A process whose parent is killed gets no chance to be told: ask the kernel (Linux), and watch the pipe (all)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() == 1 and os.environ.get("MLOPS_PARENT_PID") != "1":
        os._exit(1)


def _watch(lifeline: int) -> None:
    while os.read(lifeline, 4096):
        pass
    os._exit(1)


def _read_line(descriptor: int) -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        piece = os.read(descriptor, 65536)
        if not piece:
            os._exit(0)
        line += piece
    return line


def main() -> None:
    """Warms up, waits for the assignment and does it."""
    _die_with_the_cloud()
    os.set_inheritable(_CONTROL_FD, False)
    lifeline = os.dup(0)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    # The user's modules must not meet ours: only the names below are taken, and this folder leaves the search path.
    import container_serving
    import container_training

    sys.path.pop(0)
    import numpy  # noqa: F401
    import xgboost  # noqa: F401

    report("warm")
    assignment = json.loads(_read_line(lifeline))
    threading.Thread(target=_watch, args=(lifeline,), daemon=True, name="lifeline").start()
    os.environ.clear()
    os.environ.update(assignment["environment"])
    if assignment["kind"] == "train":
        container_training.run(assignment)
    else:
        container_serving.run(assignment, report)


if __name__ == "__main__":
    main()

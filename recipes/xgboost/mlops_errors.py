"""Errors of the recipe: what a person can mend is told apart from what is a fault of the program."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable
from typing import Any

try:  # The serving container has the toolkit; training and tests do not need it.
    from sagemaker_inference.errors import GenericInferenceToolkitError as _ToolkitError
except ImportError:

    class _ToolkitError(Exception):  # type: ignore[no-redef]
        """Stands in for the toolkit's error outside of the serving container; same members."""

        def __init__(self, status_code: int, message: str, phrase: str) -> None:
            self.status_code = status_code
            self.message = message
            self.phrase = phrase
            super().__init__(status_code, message, phrase)


class TrainingError(Exception):
    """Training cannot succeed with these data or settings; the message says why and what to do."""


class InvalidRequestError(_ToolkitError):  # type: ignore[misc, valid-type]
    """A request that the client has to change.

    The toolkit answers with the status, and a body whose first line is this error as JSON; a traceback follows there.
    """

    def __init__(self, detail: str, *, row: int | None = None, field: str | None = None, status: int = 400) -> None:
        error: dict[str, Any] = {"code": "invalid-request"}
        if row is not None:
            error["row"] = row
        if field is not None:
            error["field"] = field
        error["message"] = detail
        self.detail = detail
        self.row = row
        self.field = field
        phrases = {400: "Bad Request", 406: "Not Acceptable", 415: "Unsupported Media Type"}
        super().__init__(status, json.dumps({"error": error}, ensure_ascii=False), phrases[status])


def shown(value: Any, limit: int = 80) -> str:
    """The value as JSON for a message, cut at `limit` characters."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        text = repr(type(value).__name__)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def closest(name: str, known: Iterable[str]) -> str:
    """`; did you mean "x"?` for the most similar known name, or an empty text."""
    names = list(known)
    by_folded = {candidate.casefold(): candidate for candidate in reversed(names)}
    match = difflib.get_close_matches(name.casefold(), list(by_folded), n=1, cutoff=0.6)
    return f"; did you mean {shown(by_folded[match[0]])}?" if match else ""

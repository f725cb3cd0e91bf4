"""Extracts the operations this local cloud supports from AWS's published service models.

Usage: python local/models/generate.py        (needs botocore, the version in BOTOCORE_VERSION)

Reads supported-operations.json and writes <service>.generated.json next to it: operations, the shapes they reach, the
traits that the wire protocols need, and the constraints. Documentation, examples and endpoint rules are dropped.
Source: botocore, Apache License 2.0, https://github.com/boto/botocore (see README.md).
"""

import json
import sys
from pathlib import Path

import botocore
import botocore.loaders

BOTOCORE_VERSION = "1.43.11"
HERE = Path(__file__).parent
SHAPE_TRAITS = (
    "type", "required", "payload", "min", "max", "pattern", "enum", "flattened", "locationName", "timestampFormat",
    "xmlNamespace", "union", "exception", "fault", "eventstream", "streaming", "document",
)  # fmt: skip
MEMBER_TRAITS = (
    "shape", "location", "locationName", "flattened", "xmlNamespace", "xmlAttribute", "timestampFormat", "jsonvalue",
    "streaming", "idempotencyToken", "hostLabel",
)  # fmt: skip
METADATA = ("apiVersion", "protocol", "jsonVersion", "targetPrefix", "xmlNamespace", "signingName", "endpointPrefix")


def member(reference: dict) -> dict:
    """The traits of a reference to a shape."""
    return {key: reference[key] for key in MEMBER_TRAITS if key in reference}


def shape(source: dict) -> dict:
    """The traits of a shape, with its members and without its documentation."""
    result = {key: source[key] for key in SHAPE_TRAITS if key in source}
    if "error" in source:
        result["error"] = {key: source["error"][key] for key in ("code", "httpStatusCode") if key in source["error"]}
    if "members" in source:
        result["members"] = {name: member(reference) for name, reference in source["members"].items()}
    for part in ("member", "key", "value"):
        if part in source:
            result[part] = member(source[part])
    return result


def references(source: dict) -> list[str]:
    """Names of the shapes that a shape refers to."""
    parts = [source[part] for part in ("member", "key", "value") if part in source]
    return [reference["shape"] for reference in [*source.get("members", {}).values(), *parts]]


def operation(source: dict) -> dict:
    """An operation's HTTP binding and the names of its shapes."""
    result: dict = {"http": {"method": source["http"]["method"], "uri": source["http"]["requestUri"]}}
    if source["http"].get("responseCode", 200) != 200:
        result["http"]["status"] = source["http"]["responseCode"]
    for part in ("input", "output"):
        if part in source:
            result[part] = source[part]["shape"]
    if "resultWrapper" in source.get("output", {}):
        result["resultWrapper"] = source["output"]["resultWrapper"]
    if source.get("errors"):
        result["errors"] = [error["shape"] for error in source["errors"]]
    return result


def extract(service: str, names: list[str], loader: botocore.loaders.Loader) -> dict:
    """The compact model of one service; an unknown operation name is an error."""
    model = loader.load_service_model(service, "service-2")
    missing = [name for name in names if name not in model["operations"]]
    if missing:
        sys.exit(f"{service}: botocore {BOTOCORE_VERSION} has no operation {', '.join(missing)}")
    operations = {name: operation(model["operations"][name]) for name in sorted(names)}
    # Every exception of the service stays: its operations may throw a common one that an operation does not list.
    queue = [name for name, source in model["shapes"].items() if source.get("exception")]
    for entry in operations.values():
        queue += [entry[part] for part in ("input", "output") if part in entry] + entry.get("errors", [])
    shapes: dict = {}
    while queue:
        name = queue.pop()
        if name not in shapes:
            shapes[name] = shape(model["shapes"][name])
            queue += references(model["shapes"][name])
    metadata = {key: model["metadata"][key] for key in METADATA if key in model["metadata"]}
    if "awsQueryCompatible" in model["metadata"]:
        metadata["queryCompatible"] = True
    return {"id": service, **metadata, "operations": operations, "shapes": dict(sorted(shapes.items()))}


def main() -> None:
    """Writes one file per service."""
    if botocore.__version__ != BOTOCORE_VERSION:
        sys.exit(f"generate.py is pinned to botocore {BOTOCORE_VERSION}, found {botocore.__version__}")
    loader = botocore.loaders.Loader()
    supported = json.loads((HERE / "supported-operations.json").read_text())
    for service, names in supported.items():
        text = json.dumps(extract(service, names, loader), separators=(",", ":"), ensure_ascii=False)
        (HERE / f"{service}.generated.json").write_text(text + "\n")


if __name__ == "__main__":
    main()

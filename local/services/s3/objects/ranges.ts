import { AwsError } from "../../../kernel/aws-error.ts";

/** Inclusive positions in bytes. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Reads a `Range` header for an object of `sizeBytes`. Undefined when the header is to be ignored (several ranges, another unit,
 * malformed), as S3 does. Throws InvalidRange (416) when it lies outside the object.
 */
export function parseRange(header: string, sizeBytes: number): ByteRange | undefined {
  const match = /^\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(header);
  if (match === null) return undefined;
  const [, first = "", last = ""] = match;
  if (first === "" && last === "") return undefined;
  if (first === "") {
    const suffix = Number(last);
    if (suffix === 0 || sizeBytes === 0) throw invalidRange(header, sizeBytes);
    return { start: Math.max(0, sizeBytes - suffix), end: sizeBytes - 1 };
  }
  const start = Number(first);
  if (last !== "" && Number(last) < start) return undefined;
  if (start >= sizeBytes) throw invalidRange(header, sizeBytes);
  return { start, end: last === "" ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1) };
}

/** Reads the range of an UploadPartCopy, which must lie inside the source: `bytes=first-last`. */
export function parseCopyRange(header: string, sizeBytes: number): ByteRange {
  const match = /^bytes=(\d+)-(\d+)$/.exec(header);
  const start = Number(match?.[1]);
  const end = Number(match?.[2]);
  if (match === null || start > end) {
    throw new AwsError(
      "InvalidArgument",
      400,
      "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy",
      { ArgumentName: "x-amz-copy-source-range", ArgumentValue: header },
    );
  }
  if (end >= sizeBytes) {
    throw new AwsError("InvalidArgument", 400, `Range specified is not valid for source object of size: ${sizeBytes}`, {
      ArgumentName: "x-amz-copy-source-range",
      ArgumentValue: header,
    });
  }
  return { start, end };
}

const invalidRange = (header: string, sizeBytes: number): AwsError =>
  new AwsError("InvalidRange", 416, "The requested range is not satisfiable", {
    RangeRequested: header,
    ActualObjectSize: sizeBytes,
  });

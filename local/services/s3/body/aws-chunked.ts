import { AwsError } from "../../../kernel/aws-error.ts";

const MAX_LINE_BYTES = 16_384;
const CARRIAGE_RETURN = 13;
const NEW_LINE = 10;

const malformed = (detail: string): AwsError =>
  new AwsError("InvalidRequest", 400, `The aws-chunked body is malformed: ${detail}`);

/**
 * Decodes a body with `Content-Encoding: aws-chunked`, signed or unsigned, and yields its bytes without copying them.
 * The trailing headers, names in lower case, are put into `trailers` before the generator ends.
 *
 * Throws InvalidRequest on a malformed frame and IncompleteBody when the body ends early.
 * Format: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */
export async function* decodeAwsChunked(
  source: AsyncIterable<Uint8Array>,
  trailers: Record<string, string>,
): AsyncGenerator<Uint8Array> {
  let state: "size" | "data" | "data-end" | "trailers" | "done" = "size";
  let remaining = 0;
  let line = "";
  for await (const bytes of source) {
    let at = 0;
    while (at < bytes.length && state !== "done") {
      if (state === "data") {
        const end = Math.min(bytes.length, at + remaining);
        yield bytes.subarray(at, end);
        remaining -= end - at;
        at = end;
        if (remaining === 0) state = "data-end";
        continue;
      }
      const newLine = bytes.indexOf(NEW_LINE, at);
      const end = newLine === -1 ? bytes.length : newLine;
      line += Buffer.from(bytes.buffer, bytes.byteOffset + at, end - at).toString("latin1");
      if (line.length > MAX_LINE_BYTES) throw malformed("a header line is too long");
      at = end + 1;
      if (newLine === -1) continue;
      if (line.charCodeAt(line.length - 1) === CARRIAGE_RETURN) line = line.slice(0, -1);
      if (state === "data-end") {
        if (line !== "") throw malformed("a chunk is longer than it says");
        state = "size";
      } else if (state === "size") {
        remaining = chunkSize(line);
        state = remaining === 0 ? "trailers" : "data";
      } else if (line === "") {
        state = "done";
      } else {
        addTrailer(line, trailers);
      }
      line = "";
    }
  }
  // The blank line behind the last chunk is missing in bodies of some clients; a missing last chunk is not forgiven.
  if (state !== "done" && state !== "trailers") {
    throw new AwsError(
      "IncompleteBody",
      400,
      "You did not provide the number of bytes specified by the Content-Length HTTP header",
    );
  }
  if (line !== "") addTrailer(line, trailers);
}

function chunkSize(line: string): number {
  const hex = line.split(";", 1)[0] ?? "";
  if (!/^[0-9a-fA-F]{1,12}$/.test(hex)) throw malformed(`expected a chunk size, got "${hex.slice(0, 40)}"`);
  return Number.parseInt(hex, 16);
}

function addTrailer(line: string, trailers: Record<string, string>): void {
  const colon = line.indexOf(":");
  if (colon <= 0) throw malformed("expected a trailing header");
  trailers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
}

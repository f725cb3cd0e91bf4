import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { AwsError } from "../../../kernel/aws-error.ts";
import { decodeAwsChunked } from "../body/aws-chunked.ts";
import { createDigest } from "../body/checksums.ts";
import { badDigest, malformedXml, notImplemented } from "../errors.ts";
import { checksumsOf } from "../operations/properties.ts";
import type { HeaderLookup } from "./read-input.ts";

const MAX_XML_BYTES = 8 * 1024 * 1024;

/** A request's body after its transfer encodings, and what the headers promise of it. */
export interface RequestBody {
  readonly stream: AsyncIterable<Uint8Array>;
  readonly contentSha256: string | undefined;
  readonly trailerNames: readonly string[];
  /** Filled while the stream is read. */
  readonly trailers: Readonly<Record<string, string>>;
  /** Bytes that the stream must have, when the headers tell. */
  readonly expectedBytes: number | undefined;
}

const incomplete = (): AwsError =>
  new AwsError(
    "IncompleteBody",
    400,
    "You did not provide the number of bytes specified by the Content-Length HTTP header",
  );

async function* counted(
  source: AsyncIterable<Uint8Array>,
  expectedBytes: number | undefined,
): AsyncGenerator<Uint8Array> {
  let seen = 0;
  for await (const chunk of source) {
    seen += chunk.length;
    yield chunk;
  }
  if (expectedBytes !== undefined && seen !== expectedBytes) throw incomplete();
}

/** Opens the body. Throws MissingContentLength and NotImplemented where S3 refuses a body of unknown length. */
export function openBody(request: IncomingMessage, header: HeaderLookup): RequestBody {
  // Leaving the loop early must not close the connection: the client is owed an answer.
  const raw = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
  const signedAs = header("x-amz-content-sha256");
  const chunked =
    signedAs?.startsWith("STREAMING-") === true || /(^|,)\s*aws-chunked/.test(header("content-encoding") ?? "");
  const trailers: Record<string, string> = {};
  if (chunked) {
    const decodedLength = header("x-amz-decoded-content-length");
    if (decodedLength === undefined || !/^\d+$/.test(decodedLength)) {
      throw new AwsError("MissingContentLength", 411, "You must provide the Content-Length HTTP header.");
    }
    const expectedBytes = Number(decodedLength);
    return {
      stream: counted(decodeAwsChunked(raw, trailers), expectedBytes),
      contentSha256: undefined,
      trailerNames: (header("x-amz-trailer") ?? "")
        .toLowerCase()
        .split(",")
        .map((name) => name.trim())
        .filter(Boolean),
      trailers,
      expectedBytes,
    };
  }
  const length = header("content-length");
  if (length === undefined && header("transfer-encoding") !== undefined) throw notImplemented("Transfer-Encoding");
  const expectedBytes = length === undefined ? undefined : Number(length);
  return {
    stream: counted(raw, expectedBytes),
    contentSha256: signedAs !== undefined && /^[0-9a-f]{64}$/i.test(signedAs) ? signedAs : undefined,
    trailerNames: [],
    trailers,
    expectedBytes,
  };
}

/** Reads a body that is a document (XML, policy) and verifies its digests. Throws MalformedXML above 8 MiB. */
export async function readDocument(body: RequestBody, header: HeaderLookup): Promise<string> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of body.stream) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_XML_BYTES) throw malformedXml("the document is too large");
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  const md5 = header("content-md5");
  if (md5 !== undefined && createHash("md5").update(bytes).digest("base64") !== md5) throw badDigest("Content-MD5");
  if (
    body.contentSha256 !== undefined &&
    createHash("sha256").update(bytes).digest("hex") !== body.contentSha256.toLowerCase()
  ) {
    throw new AwsError(
      "XAmzContentSHA256Mismatch",
      400,
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
  }
  return bytes.toString("utf8");
}

/** Verifies the checksum headers of a document. Not for CompleteMultipartUpload, whose headers speak of the object. */
export function verifyDocumentChecksums(document: string, header: HeaderLookup): void {
  const stated = checksumsOf({
    ChecksumCRC32: header("x-amz-checksum-crc32"),
    ChecksumCRC32C: header("x-amz-checksum-crc32c"),
    ChecksumCRC64NVME: header("x-amz-checksum-crc64nvme"),
    ChecksumSHA1: header("x-amz-checksum-sha1"),
    ChecksumSHA256: header("x-amz-checksum-sha256"),
  });
  for (const [algorithm, value] of Object.entries(stated)) {
    const digest = createDigest(algorithm as keyof typeof stated);
    digest.update(Buffer.from(document, "utf8"));
    if (digest.finish().toString("base64") !== value) throw badDigest(algorithm);
  }
}

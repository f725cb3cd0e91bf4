import { fc, test as property } from "@fast-check/vitest";
import { expect, test } from "vitest";
import { decodeAwsChunked } from "../../../local/services/s3/body/aws-chunked.ts";

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function decode(body: Uint8Array, pieceSize = 7): Promise<{ text: string; trailers: Record<string, string> }> {
  const trailers: Record<string, string> = {};
  const chunks: Uint8Array[] = [];
  for await (const chunk of decodeAwsChunked(pieces(body, pieceSize), trailers)) chunks.push(chunk);
  return { text: Buffer.concat(chunks).toString("latin1"), trailers };
}

test("a signed body without trailers is decoded", async () => {
  const body = "4;chunk-signature=ab12\r\nwiki\r\n0;chunk-signature=cd34\r\n\r\n";
  expect(await decode(Buffer.from(body))).toEqual({ text: "wiki", trailers: {} });
});

test("an unsigned body with a trailing checksum is decoded", async () => {
  const body = "b\r\nhello world\r\n0\r\nx-amz-checksum-crc32: DUoRhQ==\r\n\r\n";
  expect(await decode(Buffer.from(body))).toEqual({
    text: "hello world",
    trailers: { "x-amz-checksum-crc32": "DUoRhQ==" },
  });
});

property.prop([
  fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 }), { maxLength: 6 }),
  fc.integer({ min: 1, max: 80 }),
  fc.boolean(),
])("any body survives any cutting of the connection's bytes", async (chunks, pieceSize, signed) => {
  const signature = signed ? ";chunk-signature=0123456789abcdef" : "";
  const framed = chunks.flatMap((chunk) => [
    Buffer.from(`${chunk.length.toString(16)}${signature}\r\n`),
    chunk,
    Buffer.from("\r\n"),
  ]);
  const body = Buffer.concat([...framed, Buffer.from(`0${signature}\r\nx-amz-checksum-sha1:abc=\r\n\r\n`)]);
  const decoded = await decode(body, pieceSize);
  expect(decoded.text).toBe(Buffer.concat(chunks).toString("latin1"));
  expect(decoded.trailers).toEqual({ "x-amz-checksum-sha1": "abc=" });
});

test.each([
  ["a body that ends inside a chunk", "5\r\nab", "IncompleteBody"],
  ["a body without a last chunk", "2\r\nab\r\n", "IncompleteBody"],
  ["a chunk that is longer than it says", "2\r\nabcd\r\n0\r\n\r\n", "InvalidRequest"],
  ["a size that is no number", "zz\r\nab\r\n0\r\n\r\n", "InvalidRequest"],
  ["an endless header line", "a".repeat(20_000), "InvalidRequest"],
])("%s is refused", async (_, body, code) => {
  await expect(decode(Buffer.from(body), 1_000)).rejects.toMatchObject({ code });
});

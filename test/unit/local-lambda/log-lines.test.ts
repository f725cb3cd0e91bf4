import { fc, test as property } from "@fast-check/vitest";
import { expect, test } from "vitest";
import { splitLines } from "../../../local/services/lambda/runtime/log-lines.ts";

function split(bytes: Buffer, size: number): string[] {
  const seen: string[] = [];
  const splitter = splitLines(
    (text) => seen.push(`line ${text}`),
    (id) => seen.push(`mark ${id}`),
  );
  for (let at = 0; at < bytes.length; at += size) splitter.push(bytes.subarray(at, at + size));
  splitter.end();
  return seen;
}

property.prop([fc.integer({ min: 1, max: 40 })])("lines do not depend on how the pipe cuts them", (size) => {
  const bytes = Buffer.from("one\ntwo ü 𝄞\r\nthree\rfour\nunfinished\0req-1\nnext\n\0req-2\nlast");
  expect(split(bytes, size)).toEqual([
    "line one",
    "line two ü 𝄞",
    "line three\nfour",
    "line unfinished",
    "mark req-1",
    "line next",
    "mark req-2",
    "line last",
  ]);
});

test("a line without an end does not grow without bound", () => {
  const seen = split(Buffer.alloc(1_000_000, "x"), 65_536);
  expect(seen.length).toBeGreaterThan(3);
  expect(seen.join("").replaceAll("line ", "")).toHaveLength(1_000_000);
});

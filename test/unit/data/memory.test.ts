import { expect, it } from "vitest";
import { createIngest } from "../../../core/data/ingest.ts";
import { STRIKE_HEADER, strikeDefinition, strikeRows } from "../../fixtures/data/definitions.ts";

it("memory does not grow with the file: 100 MB need less than 100 MB more than 10 MB do", () => {
  const ingest = createIngest(strikeDefinition(), { batchId: "batch" });
  ingest.write(new TextEncoder().encode(`${STRIKE_HEADER}\n`));
  const block = new TextEncoder().encode(`${strikeRows(20_000).join("\n")}\n`);
  let sent = 0;
  let start = 0;
  let peak = 0;
  while (sent < 100_000_000) {
    for (let at = 0; at < block.length; at += 65_536) ingest.write(block.subarray(at, at + 65_536));
    sent += block.length;
    const { rss } = process.memoryUsage();
    if (sent < 10_000_000) start = rss;
    peak = Math.max(peak, rss);
  }
  expect(ingest.end().accepted).toBe(true);
  expect((peak - start) / 1e6).toBeLessThan(100);
});

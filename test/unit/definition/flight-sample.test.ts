import { createReadStream, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createIngest } from "../../../core/data/ingest.ts";
import { parseDefinition } from "../../../core/definition/parse.ts";
import { writeFlightBatches } from "../../../models/flight-delay/prepare.ts";

it("the flight-delay sample makes a monthly batch that its definition accepts", async () => {
  const yaml = new URL("../../../models/flight-delay/model.yaml", import.meta.url);
  const definition = parseDefinition(readFileSync(yaml, "utf8"), "model.yaml");
  const folder = mkdtempSync(join(tmpdir(), "flights-"));
  try {
    const [january, ...others] = await writeFlightBatches(folder, 1);
    expect(others).toEqual([]);
    expect(january).toMatchObject({ month: "2001-01", rows: 508_239 });
    const ingest = createIngest(definition, { batchId: "batch" });
    for await (const chunk of createReadStream(january?.path ?? "")) ingest.write(chunk);
    const result = ingest.end();
    if (!result.accepted) throw new Error(JSON.stringify(result.reasons));
    expect(result.rows.total).toBe(508_239);
    expect(result.timeRange?.from).toMatch(/^2001-01-01T/);
    expect(result.timeRange?.to).toMatch(/^2001-01-31T/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type IngestAttempt, ingestBatch } from "../../../app/use-cases/ingest-batch.ts";
import type { BatchReport } from "../../../core/data/report/batch-report.ts";
import { createWorld, publish, strikesCsv, type World } from "../../support/memory-ports.ts";

const FUNCTION_MILLIS = 900_000;
const KEY = "strikes/incoming/large.csv.gz";

async function uploaded(sizeBytes?: number) {
  const world = createWorld();
  await publish(world);
  const stored = world.objects.store({ bucket: "data", key: KEY }, gzipSync(strikesCsv(3_000)));
  const { versionId } = stored;
  return { world, object: { bucket: "data", key: KEY, versionId, sizeBytes: sizeBytes ?? stored.sizeBytes } };
}

/** A function in which every look at the clock takes so many milliseconds. */
function attempt(number: number, lookMillis: number): IngestAttempt {
  let looks = 0;
  return { number, remainingMillis: () => FUNCTION_MILLIS - lookMillis * looks++ };
}

/** The object's reading never ends: the platform kills the function. */
function killed(world: World, object: Parameters<typeof ingestBatch>[1], by: string, number: number): void {
  const objects = { ...world.factory.objects, read: () => new Promise(() => undefined) };
  void ingestBatch({ ...world.factory, objects } as never, object, by, attempt(number, 0));
}

async function reportOf(world: World, batchId: string | null): Promise<BatchReport> {
  const key = `strikes/quarantine/${batchId}/report.json`;
  return JSON.parse((await world.objects.readText({ bucket: "data", key }))?.text ?? "") as BatchReport;
}

describe("a compressed file that does not fit one function", () => {
  it("in time is quarantined with the reason before the platform ends the function, and leaves no part", async () => {
    const { world, object } = await uploaded(3_000_000_000);
    const answer = await ingestBatch(world.factory, object, "m1", attempt(1, 50_000));
    expect(answer.outcome).toBe("quarantined");
    const { reasons } = await reportOf(world, answer.batchId);
    expect(reasons).toMatchObject([{ rule: "file-too-large", count: 1 }]);
    expect(reasons[0]?.message).toMatch(
      /not done when its time ended after [78]\d\d seconds; divide it.*above 2000 megabytes/,
    );
    expect(world.alerts).toMatchObject([{ kind: "batch-quarantined" }]);
    expect(world.objects.keys("data", "strikes/batches/")).toEqual([]);
  });

  it("and is small gets a second attempt first: then it was the cloud that was slow", async () => {
    const { world, object } = await uploaded();
    await expect(ingestBatch(world.factory, object, "m1", attempt(1, 50_000))).rejects.toMatchObject({
      code: "cloud.unavailable",
    });
    expect((await ingestBatch(world.factory, object, "m1", attempt(2, 10))).outcome).toBe("accepted");
  });

  it("however small is quarantined when the second attempt runs out of time too", async () => {
    const { world, object } = await uploaded();
    await expect(ingestBatch(world.factory, object, "m1", attempt(1, 50_000))).rejects.toThrow();
    expect((await ingestBatch(world.factory, object, "m1", attempt(2, 50_000))).outcome).toBe("quarantined");
  });

  it("in memory is quarantined at the third attempt, with an alert, instead of going round until the dead letters", async () => {
    const { world, object } = await uploaded();
    for (const number of [1, 2]) {
      killed(world, object, "m1", number);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const answer = await ingestBatch(world.factory, object, "m1", attempt(3, 0));
    expect(answer.outcome).toBe("quarantined");
    const { reasons } = await reportOf(world, answer.batchId);
    expect(reasons[0]?.message).toContain("2 attempts to read the file");
    expect(world.alerts).toMatchObject([{ kind: "batch-quarantined" }]);
  });

  it("is not what an attempt that failed by itself is taken for", async () => {
    const { world, object } = await uploaded();
    const objects = { ...world.factory.objects, read: () => Promise.reject(new Error("S3 is down")) };
    for (const number of [1, 2, 3]) {
      const broken = ingestBatch({ ...world.factory, objects } as never, object, "m1", attempt(number, 0));
      await expect(broken).rejects.toThrow("S3 is down");
    }
    expect((await ingestBatch(world.factory, object, "m1", attempt(4, 0))).outcome).toBe("accepted");
  });
});

import { describe, expect, it } from "vitest";
import type { Factory } from "../../../app/factory.ts";
import { executionEnded } from "../../../app/use-cases/execution-ended.ts";
import { ingestBatch } from "../../../app/use-cases/ingest-batch.ts";
import { decideRanges, failRanges, placeRanges } from "../../../app/use-cases/merge-ranges.ts";
import { ingestRange, type RangeRequest, scanRange } from "../../../app/use-cases/read-range.ts";
import { createWorld, publish, strikesCsv, type World } from "../../support/memory-ports.ts";

const KEY = "strikes/incoming/large.csv";

interface Execution {
  readonly model: string;
  readonly batchId: string;
  readonly ranges: readonly RangeRequest["range"][];
}

/** A world in which files above 4,000 bytes are large, with one that has been uploaded. */
async function uploaded(
  text: string,
): Promise<{ world: World; factory: Factory; object: Parameters<typeof ingestBatch>[1] }> {
  const world = createWorld();
  const factory: Factory = { ...world.factory, settings: { ...world.factory.settings, largeFileBytes: 4_000 } };
  await publish(world);
  const { versionId, sizeBytes } = world.objects.store({ bucket: "data", key: KEY }, text);
  return { world, factory, object: { bucket: "data", key: KEY, versionId, sizeBytes } };
}

function execution(world: World): Execution {
  const [only, second] = world.orchestrator.running("ingest");
  expect(second).toBeUndefined();
  return only as Execution;
}

/** What the machine does; every step twice, as after a crash. */
async function runMachine(factory: Factory, { model, batchId, ranges }: Execution) {
  for (const range of ranges) for (let n = 0; n < 2; n += 1) await scanRange(factory, { model, batchId, range });
  for (let n = 0; n < 2; n += 1) await placeRanges(factory, { model, batchId });
  for (const range of ranges) for (let n = 0; n < 2; n += 1) await ingestRange(factory, { model, batchId, range });
  return decideRanges(factory, { model, batchId });
}

describe("a large upload", () => {
  it("is handed over once, however often and by whomever its event is delivered", async () => {
    const { world, factory, object } = await uploaded(strikesCsv(1_000));
    expect(await ingestBatch(factory, object, "message-1")).toMatchObject({ outcome: "handed-over" });
    expect(await ingestBatch(factory, object, "message-1")).toMatchObject({ outcome: "duplicate" });
    expect(await ingestBatch(factory, object, "message-2")).toMatchObject({ outcome: "duplicate" });
    expect(world.orchestrator.executions.size).toBe(1);
    const { ranges } = execution(world);
    expect(ranges.length).toBeGreaterThan(10);
    expect(ranges.at(-1)?.to).toBe(object.sizeBytes);
  });

  it("is started by the event that comes again when a crash came before the start", async () => {
    const { world, factory, object } = await uploaded(strikesCsv(1_000));
    const orchestrator = { ...world.orchestrator, start: () => Promise.reject(new Error("power cut")) };
    const crashing = { ...factory, orchestrator: orchestrator as unknown as Factory["orchestrator"] };
    await expect(ingestBatch(crashing, object, "message-1")).rejects.toThrow("power cut");
    expect(world.orchestrator.executions.size).toBe(0);
    await ingestBatch(factory, object, "message-1");
    expect(world.orchestrator.executions.size).toBe(1);
  });

  it("becomes one batch that asks for one training, also when every step is repeated", async () => {
    const { world, factory, object } = await uploaded(strikesCsv(1_000));
    await ingestBatch(factory, object, "message-1");
    const work = execution(world);
    expect(await runMachine(factory, work)).toEqual({ outcome: "accepted", rows: 1_000 });
    expect(await decideRanges(factory, work)).toEqual({ outcome: "duplicate", rows: 1_000 });
    expect(await ingestBatch(factory, object, "message-3")).toMatchObject({ outcome: "duplicate" });
    const batch = await world.registry.getBatch("strikes", work.batchId);
    expect(batch).toMatchObject({ status: "accepted", rows: { total: 1_000 } });
    expect(world.orchestrator.running("training")).toHaveLength(1);
    expect(world.objects.keys("data", `strikes/batches/${work.batchId}/ranges/`)).toEqual([]);
    const small = createWorld();
    await publish(small);
    const { versionId, sizeBytes } = small.objects.store({ bucket: "data", key: KEY }, strikesCsv(1_000));
    const one = await ingestBatch(small.factory, { bucket: "data", key: KEY, versionId, sizeBytes }, "message-1");
    expect((await small.registry.getBatch("strikes", one.batchId ?? ""))?.rows).toEqual(batch?.rows);
  });

  it("tells people when the machine gives up, keeps the file, and can be taken up again", async () => {
    const { world, factory, object } = await uploaded(strikesCsv(1_000));
    await ingestBatch(factory, object, "message-1");
    const work = execution(world);
    await failRanges(factory, work, { Error: "States.Timeout", Cause: "too slow" });
    expect(world.alerts).toMatchObject([{ kind: "ingest-failed", severity: "critical" }]);
    expect(await world.objects.head(object)).not.toBeNull();
    world.orchestrator.end("ingest", [...world.orchestrator.executions.values()][0]?.name ?? "", "failed");
    expect(await ingestBatch(factory, object, "message-2")).toMatchObject({ outcome: "handed-over" });
    expect(await runMachine(factory, execution(world))).toMatchObject({ outcome: "accepted" });
  });

  it.each(["TIMED_OUT", "ABORTED", "FAILED"] as const)(
    "frees its claim, is on record and told at once when the execution has ended as %s without a word",
    async (status) => {
      const { world, factory, object } = await uploaded(strikesCsv(1_000));
      await ingestBatch(factory, object, "message-1");
      const work = execution(world);
      const name = [...world.orchestrator.executions.values()][0]?.name ?? "";
      world.orchestrator.end("ingest", name, "aborted");
      const ended = { machine: "ingest", name, status, error: null, cause: null } as const;
      // Somebody else's end changes nothing.
      const other = { ...ended, name: `${name.slice(0, -8)}00000000` };
      expect(await executionEnded(factory, other)).toEqual({ handled: false });
      expect(world.alerts).toEqual([]);
      expect(await executionEnded(factory, ended)).toEqual({ handled: true });
      expect(await executionEnded(factory, ended)).toEqual({ handled: false });
      expect(world.alerts).toMatchObject([{ kind: "ingest-failed", severity: "critical" }]);
      expect(world.alerts[0]?.evidence[0]).toContain(`ended as ${status}`);
      const batch = await world.registry.getBatch("strikes", work.batchId);
      expect(batch?.claim?.failure).toContain(status);
      const [audit] = await world.registry.listAuditEvents("strikes", 1);
      expect(audit).toMatchObject({ action: "IngestFailed", before: { batchId: work.batchId } });
      expect(await ingestBatch(factory, object, "message-2")).toMatchObject({ outcome: "handed-over" });
      expect(await runMachine(factory, execution(world))).toMatchObject({ outcome: "accepted" });
    },
  );

  it("is told once when the machine's own failure path comes before the event of its end", async () => {
    const { world, factory, object } = await uploaded(strikesCsv(1_000));
    await ingestBatch(factory, object, "message-1");
    const name = [...world.orchestrator.executions.values()][0]?.name ?? "";
    await failRanges(factory, execution(world), { Error: "States.TaskFailed", Cause: "no memory" });
    const ended = { machine: "ingest", name, status: "FAILED", error: "e", cause: "c" } as const;
    expect(await executionEnded(factory, ended)).toEqual({ handled: false });
    expect(world.alerts).toHaveLength(1);
  });

  it("is left to one Lambda when it is compressed or below the limit", async () => {
    const { world, factory, object } = await uploaded(strikesCsv(50));
    expect(await ingestBatch(factory, object, "message-1")).toMatchObject({ outcome: "accepted" });
    const packed = new Uint8Array(5_000).fill(7);
    packed.set([0x1f, 0x8b, 8]);
    const { versionId, sizeBytes } = world.objects.store({ bucket: "data", key: KEY }, packed);
    const answer = await ingestBatch(factory, { bucket: "data", key: KEY, versionId, sizeBytes }, "message-2");
    expect(answer.outcome).toBe("quarantined");
    expect(world.orchestrator.running("ingest")).toEqual([]);
  });
});

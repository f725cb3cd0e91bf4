import { createHash } from "node:crypto";
import { detectMagic, MAGIC_BYTES } from "../../core/data/magic.ts";
import { fileTooLarge } from "../../core/data/rules/file-too-large.ts";
import { definitionHash } from "../../core/definition/definition.ts";
import type { ModelDefinition } from "../../core/definition/schema.ts";
import { dataKeys } from "../../core/plans/names.ts";
import type { BatchItem } from "../../core/registry/items.ts";
import type { Factory } from "../factory.ts";
import { writeJson } from "../support/json.ts";
import { claimingExecution, executionClaim, type LargeFilePlan, rangesOf, readPlan } from "../support/large-file.ts";

/** As long as the machine may run, and an hour. */
const EXECUTION_CLAIM_SECONDS = 13 * 3_600;

/**
 * Whether an upload is for the ingest machine: text above the limit that the definition allows. Compressed and binary files cannot be cut,
 * and what is too large for the definition is refused by the usual way without being read.
 */
export async function isForTheMachine(
  factory: Pick<Factory, "objects" | "settings">,
  definition: ModelDefinition,
  item: BatchItem,
  sizeBytes: number,
): Promise<boolean> {
  const { format, maxFileMegabytes } = definition.data;
  if (sizeBytes <= factory.settings.largeFileBytes || (format !== "csv" && format !== "jsonl")) return false;
  if (fileTooLarge(sizeBytes, maxFileMegabytes) !== undefined) return false;
  const found = await factory.objects.read(item.source, { from: 0, to: MAGIC_BYTES });
  if (found === null) return false;
  const chunks: Uint8Array[] = [];
  for await (const chunk of found.body) chunks.push(chunk);
  return detectMagic(Buffer.concat(chunks)) === undefined;
}

/**
 * Hands a large upload to the ingest machine, which holds the batch's claim from then on. May be repeated: the execution's name follows
 * from the message, and starting it again changes nothing.
 *
 * @param by id of the queue's message
 */
export async function handOver(
  factory: Factory,
  item: BatchItem,
  definition: ModelDefinition,
  sizeBytes: number,
  by: string,
): Promise<void> {
  const { model, batchId, source } = item;
  const bucket = factory.settings.dataBucket;
  const plan: LargeFilePlan = {
    schemaVersion: 1,
    source,
    sizeBytes,
    definition,
    definitionHash: definitionHash(definition),
    ranges: rangesOf(sizeBytes, factory.settings.largeFileBytes),
  };
  await writeJson(factory, { bucket, key: dataKeys.rangePlan(model, batchId) }, plan);
  const name = `${model}-${batchId}-${createHash("sha256").update(by).digest("hex").slice(0, 8)}`;
  const nowEpochSeconds = Math.floor(factory.clock.now().getTime() / 1000);
  // The claim first: whoever finds it starts the same execution, so a crash in between loses nothing.
  await factory.registry.putBatch({
    ...item,
    claim: { by: executionClaim(name), untilEpochSeconds: nowEpochSeconds + EXECUTION_CLAIM_SECONDS },
  });
  await factory.orchestrator.start("ingest", name, { model, batchId, ranges: plan.ranges });
  factory.log.info("upload handed over to the ingest machine", { model, batchId, ranges: plan.ranges.length });
}

/**
 * Makes sure that the execution which holds a batch was really started.
 *
 * @returns false when no execution holds the batch
 */
export async function ensureHandedOver(factory: Factory, item: BatchItem): Promise<boolean> {
  const name = claimingExecution(item);
  if (name === null) return false;
  const { model, batchId } = item;
  const { ranges } = await readPlan(factory, model, batchId);
  await factory.orchestrator.start("ingest", name, { model, batchId, ranges });
  return true;
}

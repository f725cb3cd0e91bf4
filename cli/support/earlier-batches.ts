import { basename } from "node:path";
import { loadBatchContext, NO_CONTEXT } from "../../app/use-cases/batch-context.ts";
import { contextOfFiles, offlineBatch, rulesAboutEarlierBatches } from "../../app/use-cases/validate-file.ts";
import type { BatchContext } from "../../core/data/batch-facts.ts";
import type { ModelDefinition } from "../../core/definition/schema.ts";
import { isMlopsError } from "../../core/errors/mlops-error.ts";
import { dataAccess } from "./data-access.ts";
import { Failure } from "./failure.ts";
import { fileObjects } from "./file-objects.ts";
import { openSession } from "./session.ts";

/** Where the batches before a file are looked for. */
export interface EarlierOptions {
  readonly stage: string;
  readonly aws?: boolean;
  /** Asks nobody. */
  readonly offline: boolean;
  /** Files that came before, the oldest first; then nobody is asked. */
  readonly after: readonly string[];
}

/** What a file is compared with, where it comes from, and what cannot be judged. */
export interface EarlierBatches {
  readonly context: BatchContext;
  /** For programs and people: `stage dev`, `files`, or null. */
  readonly source: string | null;
  readonly notJudged: { readonly rules: readonly string[]; readonly why: string } | null;
  /** Given files that would not have become a batch. */
  readonly leftOut: readonly { readonly name: string; readonly rules: readonly string[] }[];
}

/** Longest time that a stage is waited for. */
const REACH_MILLIS = 20_000;

/**
 * Finds the batches before a file: in files that are given, else in the registry of the stage, as ingest does. A stage that cannot be
 * reached leaves the rules about earlier batches unjudged, and says so.
 *
 * @throws Failure when `--aws` demands a stage that cannot be reached
 */
export async function earlierBatches(
  definition: ModelDefinition,
  { stage, aws, offline, after }: EarlierOptions,
  now: Date,
): Promise<EarlierBatches> {
  if (after.length > 0) {
    const files = after.map((path) => ({ name: basename(path), objects: fileObjects(path) }));
    const { context, leftOut } = await contextOfFiles(files, definition, now);
    const why = "every file given with --after would be quarantined, so there is nothing to compare with";
    return { context, source: "files", notJudged: unjudged(definition, context, why), leftOut };
  }
  if (offline) return without(definition, "--offline: no stage was asked for the batches before");
  try {
    const context = await reached(loadFrom(stage, aws, definition, now));
    const why = `${definition.name} has no accepted batch with these columns in stage ${stage}`;
    return { context, source: `stage ${stage}`, notJudged: unjudged(definition, context, why), leftOut: [] };
  } catch (error) {
    if (aws === true || !(error instanceof Failure || isMlopsError(error))) throw error;
    return without(definition, `stage ${stage} cannot be reached: ${error.message}`);
  }
}

async function loadFrom(
  stage: string,
  aws: boolean | undefined,
  definition: ModelDefinition,
  now: Date,
): Promise<BatchContext> {
  const session = await openSession({ stage, quiet: true, ...(aws !== undefined && { aws }) });
  return loadBatchContext(dataAccess(session), offlineBatch(definition, "", now), definition);
}

function without(definition: ModelDefinition, why: string): EarlierBatches {
  return {
    context: NO_CONTEXT,
    source: null,
    notJudged: unjudged(definition, NO_CONTEXT, why),
    leftOut: [],
  };
}

function unjudged(definition: ModelDefinition, { batches }: BatchContext, why: string): EarlierBatches["notJudged"] {
  const rules = rulesAboutEarlierBatches(definition);
  return batches.length > 0 || rules.length === 0 ? null : { rules, why };
}

async function reached<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    const fail = () => reject(new Failure(`no answer within ${REACH_MILLIS / 1_000} s`));
    timer = setTimeout(fail, REACH_MILLIS);
  });
  try {
    return await Promise.race([work, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}

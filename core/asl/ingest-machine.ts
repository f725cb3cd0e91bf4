import { catchAll, lambdaTask } from "./tasks.ts";
import type { Json, State, StateMachine } from "./types.ts";

/** The Lambda functions (ARNs) that take in a large file. */
export interface IngestMachineParts {
  /** Scans or reads one range. */
  readonly rangeFunctionArn: string;
  /** Places the ranges, decides on the whole, or records a failure. */
  readonly mergeFunctionArn: string;
}

/** A terabyte at 400 MB/s takes three quarters of an hour, twice. */
const MACHINE_TIMEOUT_SECONDS = 12 * 3600;
/** Ranges at a time: most of the concurrency that a new account has (10), but not all, for ingest is not the only function. */
const MAX_CONCURRENCY = 8;

/** The batch, as every step needs it. */
const BATCH = { model: "{% $batch.model %}", batchId: "{% $batch.batchId %}" };

/** Runs one pass over all ranges; each range is an execution of its own, so that the history does not grow with the file. */
function eachRange(parts: IngestMachineParts, pass: "scan" | "read", next: string): State {
  // State names are unique in a machine, also across its Maps.
  const name = pass === "scan" ? "Scan a range" : "Read a range";
  const work = lambdaTask(parts.rangeFunctionArn, "{% $states.input %}", {
    // Results of all children together must fit 256 KiB: what was found lies in S3.
    output: "{% $states.result.Payload.index %}",
  });
  return {
    Type: "Map",
    Comment: `Distributed over the ranges; each range is ${pass === "scan" ? "scanned for where its rows begin" : "validated, profiled and split"}`,
    Label: pass === "scan" ? "Scan" : "Read",
    Items: "{% $ranges %}",
    ItemSelector: { pass, ...BATCH, range: "{% $states.context.Map.Item.Value %}" },
    MaxConcurrency: MAX_CONCURRENCY,
    ItemProcessor: {
      ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
      StartAt: name,
      States: { [name]: work },
    } as unknown as Json,
    Catch: catchAll("Record the failure"),
    Output: {},
    Next: next,
  };
}

function merge(parts: IngestMachineParts, step: "place" | "decide", next: string): State {
  return lambdaTask(
    parts.mergeFunctionArn,
    { step, ...BATCH },
    {
      next,
      output: "{% $states.result.Payload %}",
      onError: catchAll("Record the failure"),
    },
  );
}

/**
 * The ingest machine: takes in a file that is too large for one Lambda. Two passes over byte ranges: the first finds out for every
 * range where its first row begins and how many rows come before it, the second does what one Lambda does with a whole small file. Then the
 * parts are one batch. Input: `{ model, batchId, ranges: [{ index, from, to }] }`.
 */
export function ingestMachine(parts: IngestMachineParts): StateMachine {
  return {
    Comment: "Takes in one large upload: byte ranges in parallel, merged to one batch",
    QueryLanguage: "JSONata",
    StartAt: "Remember",
    TimeoutSeconds: MACHINE_TIMEOUT_SECONDS,
    States: {
      Remember: {
        Type: "Pass",
        Assign: {
          batch: { model: "{% $states.input.model %}", batchId: "{% $states.input.batchId %}" },
          ranges: "{% $states.input.ranges %}",
        },
        Next: "Scan the ranges",
      },
      "Scan the ranges": eachRange(parts, "scan", "Place the rows"),
      "Place the rows": merge(parts, "place", "Read the ranges"),
      "Read the ranges": eachRange(parts, "read", "Decide"),
      Decide: merge(parts, "decide", "Done"),
      Done: { Type: "Succeed" },
      "Record the failure": lambdaTask(
        parts.mergeFunctionArn,
        { step: "fail", ...BATCH, error: "{% $error %}" },
        { next: "Failed", output: {} },
      ),
      Failed: {
        Type: "Fail",
        Error: "{% $error.Error %}",
        Cause: "{% $exists($error.Cause) ? $error.Cause : 'no cause was given' %}",
      },
    },
  };
}

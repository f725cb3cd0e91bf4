import { handlerContext } from "../../adapters/aws-factory.ts";
import { ingestRange, scanRange } from "../../app/use-cases/read-range.ts";
import { parseInput, rangeTask } from "../task-inputs.ts";

const { factory, logger } = handlerContext("ingest-range");

/** Works on one range of a large file: scans it, or reads its rows. What it finds lies in S3; the answer is only which range it was. */
export async function handler(event: unknown): Promise<{ index: number }> {
  const { pass, ...request } = parseInput(rangeTask, event);
  await (pass === "scan" ? scanRange : ingestRange)(factory, request);
  const { model, batchId, range } = request;
  logger.info("done", { model, batchId, pass, range: range.index });
  return { index: range.index };
}

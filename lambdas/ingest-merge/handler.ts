import { handlerContext } from "../../adapters/aws-factory.ts";
import { decideRanges, failRanges, placeRanges } from "../../app/use-cases/merge-ranges.ts";
import { mergeStep, parseInput } from "../task-inputs.ts";

const { factory, logger } = handlerContext("ingest-merge");

/** Works on a large file as a whole: between its two passes, after them, or when one has failed. */
export async function handler(event: unknown): Promise<object> {
  const input = parseInput(mergeStep, event);
  const batch = { model: input.model, batchId: input.batchId };
  const { step } = input;
  let answer: object = {};
  if (step === "place") answer = await placeRanges(factory, batch);
  else if (step === "decide") answer = await decideRanges(factory, batch);
  else await failRanges(factory, batch, input.error);
  logger.info("done", { ...batch, step, ...answer });
  return answer;
}

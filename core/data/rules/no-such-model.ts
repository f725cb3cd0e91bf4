import { closest } from "../../definition/closest.ts";
import { listed, type Reason, wholeReason } from "../reason.ts";

/** The upload is for a model that nobody defined. */
export function noSuchModel(model: string, known: readonly string[]): Reason {
  const near = closest(model, known);
  const hint = near === undefined ? "" : `; did you mean ${JSON.stringify(near)}?`;
  const models = known.length === 0 ? "no model is defined" : `there are ${listed(known)}`;
  return wholeReason(
    "no-such-model",
    `no model is named ${JSON.stringify(model)}: ${models}${hint} Define it, deploy, and upload again`,
  );
}

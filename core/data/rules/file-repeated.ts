import type { BatchRule } from "../batch-facts.ts";
import { wholeReason } from "../reason.ts";
import { shownValue } from "../text.ts";

/** The very same file was accepted before. */
export const fileRepeated: BatchRule = ({ sha256 }, { batches }) => {
  const same = batches.find((batch) => batch.sha256 === sha256);
  if (same === undefined) return [];
  const message = `the same file was accepted before as ${shownValue(same.fileName)} (batch ${same.batchId}, ${same.receivedAt}); its rows count once in a dataset: check what was to be uploaded`;
  return [wholeReason("file-repeated", message)];
};

import { closest } from "../../definition/closest.ts";
import type { BatchRule } from "../batch-facts.ts";
import { listed, wholeReason } from "../reason.ts";

/** The file has other columns than the batch before it; those that the definition needs are there. */
export const schemaChange: BatchRule = ({ columns }, { batches }) => {
  const before = batches[0]?.columns;
  if (before === undefined || before === null || columns.length === 0) return [];
  const added = columns.filter((name) => !before.includes(name));
  const gone = before.filter((name) => !columns.includes(name));
  if (added.length === 0 && gone.length === 0) return [];
  const renamed = gone.flatMap((name) => {
    const near = closest(name, added);
    return near === undefined ? [] : [`${JSON.stringify(name)} may now be ${JSON.stringify(near)}`];
  });
  const parts = [
    added.length === 0 ? [] : [`new: ${listed(added)}`],
    gone.length === 0 ? [] : [`gone: ${listed(gone)}`],
    renamed.length === 0 ? [] : [renamed.slice(0, 5).join(", ")],
  ].flat();
  const message = `the file has other columns than the batch before (${parts.join("; ")}); the model does not use them: list them under data.ignore, or add what is useful to data.features`;
  return [{ ...wholeReason("schema-change", message), count: added.length + gone.length }];
};

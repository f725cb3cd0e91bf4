/**
 * Measures what the project promises: `npm run bench [-- --json FILE] [--only NAME]`. Every module here exports `run()`;
 * nothing is asserted, a missed target is printed as missed.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { table } from "../cli/support/table.ts";
import { holds, type Measurement } from "./measurement.ts";

// As in cli/mlops.mjs: the SDK is pinned to a version that supports this Node.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

const modules: Record<string, () => Promise<{ run(): Promise<Measurement[]> }>> = {
  "local-cloud": () => import("./local-cloud.ts"),
  loop: () => import("./loop.ts"),
  "s3-upload": () => import("./s3-upload.ts"),
  ingest: () => import("./ingest.ts"),
  "large-upload": () => import("./large-upload.ts"),
};

const { values } = parseArgs({ options: { json: { type: "string" }, only: { type: "string" } } });
if (values.only !== undefined && modules[values.only] === undefined) {
  throw new Error(`--only takes one of ${Object.keys(modules).join(", ")}, not "${values.only}"`);
}
const results: Measurement[] = [];
for (const [name, load] of Object.entries(modules)) {
  if (values.only !== undefined && values.only !== name) continue;
  process.stderr.write(`${name} ...\n`);
  results.push(...(await (await load()).run()));
}
const rows = results.map((item) => [
  item.name,
  Number(item.value.toPrecision(4)),
  item.unit,
  item.target ?? "",
  item.target === undefined ? "" : holds(item) ? "held" : "MISSED",
]);
process.stdout.write(`${table(["what", "value", "unit", "target", ""], rows)}\n`);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);

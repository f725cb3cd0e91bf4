import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { synthesizeStage } from "../support/synthesize.ts";

// Writes the templates of a release, which the next changes are compared with. Run when a release is made:
//   npx tsx test/proof/released/write-released.ts
for (const stage of ["dev", "prod"]) {
  const file = fileURLToPath(new URL(`mlops-${stage}.template.json`, import.meta.url));
  writeFileSync(file, `${JSON.stringify(synthesizeStage(stage).template, null, 2)}\n`);
  const { status } = spawnSync("npx", ["biome", "format", "--write", file], { stdio: "inherit" });
  if (status !== 0) throw new Error(`biome could not format ${file}`);
  process.stdout.write(`wrote ${file}\n`);
}

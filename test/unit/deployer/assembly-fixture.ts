import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Template } from "../../../local/deployer/template.ts";

/** Writes a cloud assembly with one stack and no assets into a temporary directory; gives its path. */
export function writeAssembly(template: Partial<Template>, stackName = "test"): string {
  const directory = mkdtempSync(join(tmpdir(), "assembly-"));
  const templateFile = `${stackName}.template.json`;
  writeFileSync(join(directory, templateFile), JSON.stringify({ Resources: {}, ...template }));
  const artifact = { type: "aws:cloudformation:stack", properties: { templateFile } };
  writeFileSync(
    join(directory, "manifest.json"),
    JSON.stringify({ version: "55.0.0", artifacts: { [stackName]: artifact } }),
  );
  return directory;
}

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const directories: string[] = [];

/**
 * A directory to build an asset in. CDK copies assets into the cloud assembly as it makes them, so the directory goes when the process
 * ends; unless the CLI was told not to copy (`--no-staging`), which makes the assembly point here.
 */
export function buildDirectory(prefix: string): string {
  const directory = mkdtempSync(join(tmpdir(), prefix));
  const isCopied = !/"aws:cdk:disable-asset-staging":\s*true/.test(process.env["CDK_CONTEXT_JSON"] ?? "");
  if (isCopied) {
    if (directories.length === 0) process.once("exit", removeAll);
    directories.push(directory);
  }
  return directory;
}

function removeAll(): void {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
}

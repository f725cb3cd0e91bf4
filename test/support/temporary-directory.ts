import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PREFIX = "mlops-test-run-";
/** No run takes longer: what is older was left by one that was killed. */
const ABANDONED_AFTER_MILLIS = 24 * 3_600_000;

/** Gives all processes of a test run one directory for temporary files and removes it at the end, whatever tests forget or leave when they fail. */
export function setup(): (() => void) | undefined {
  const parent = tmpdir();
  // Each project of the run calls this.
  if (parent.includes(PREFIX)) return undefined;
  for (const name of readdirSync(parent).filter((entry) => entry.startsWith(PREFIX))) {
    const found = statSync(join(parent, name), { throwIfNoEntry: false });
    const isAbandoned = found !== undefined && Date.now() - found.mtimeMs > ABANDONED_AFTER_MILLIS;
    if (isAbandoned) rmSync(join(parent, name), { recursive: true, force: true });
  }
  const directory = mkdtempSync(join(parent, PREFIX));
  process.env["TMPDIR"] = directory;
  return () => rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const LAMBDAS = fileURLToPath(new URL("../../lambdas", import.meta.url));
let bundled: string | undefined;

/** The names of all handlers: the folders of `lambdas/`. */
export function handlerNames(): string[] {
  return readdirSync(LAMBDAS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/**
 * Bundles every handler with its dependencies, the AWS SDK included, so that what runs is what was tested, whatever SDK the
 * runtime brings. All are built in one go, once a process, without Docker.
 *
 * @returns the directory that holds `<name>/index.js` for each handler
 */
export function bundleHandlers(): string {
  if (bundled !== undefined) return bundled;
  const outdir = mkdtempSync(join(tmpdir(), "mlops-handlers-"));
  buildSync({
    entryPoints: Object.fromEntries(handlerNames().map((name) => [`${name}/index`, join(LAMBDAS, name, "handler.ts")])),
    outdir,
    bundle: true,
    platform: "node",
    target: "node22",
    format: "cjs",
    // Error names are part of the contract with Step Functions, so names stay.
    keepNames: true,
    minify: true,
    legalComments: "none",
    logLevel: "error",
  });
  bundled = outdir;
  return outdir;
}

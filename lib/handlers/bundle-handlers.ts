import { readdirSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { buildDirectory } from "../build-directory.ts";
import { packageFolder } from "../package-folder.ts";

const LAMBDAS = packageFolder("lambdas");
let bundled: string | undefined;

/** The names of all handlers: the folders of `lambdas/`. */
export function handlerNames(): string[] {
  return readdirSync(LAMBDAS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/**
 * Bundles all handlers with their dependencies, the AWS SDK included, so that what runs is what was tested, whatever SDK the
 * runtime brings. One directory serves every function: `<name>.mjs` for each handler, and chunks for what they share. The packages' ES
 * modules are taken where they have them, because only those can be shaken: that halves the size and the cold start. No Docker.
 *
 * @returns the directory
 */
export function bundleHandlers(): string {
  if (bundled !== undefined) return bundled;
  const outdir = buildDirectory("mlops-handlers-");
  buildSync({
    entryPoints: Object.fromEntries(handlerNames().map((name) => [name, join(LAMBDAS, name, "handler.ts")])),
    outdir,
    bundle: true,
    splitting: true,
    platform: "node",
    target: "node22",
    format: "esm",
    mainFields: ["module", "main"],
    outExtension: { ".js": ".mjs" },
    // Packages without ES modules still call require.
    banner: {
      js: 'import{createRequire as _createRequire}from"node:module";const require=_createRequire(import.meta.url);',
    },
    // Error names are part of the contract with Step Functions, so names stay.
    keepNames: true,
    minify: true,
    legalComments: "none",
    logLevel: "error",
  });
  bundled = outdir;
  return outdir;
}

import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** Root of the package that the command runs from. */
export const PACKAGE_ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Where a project keeps what the command makes: assemblies and the local cloud's state. */
export function workDirectory(): string {
  return resolve(".mlops");
}

/** State directory of the local cloud, unless `--state` names another. */
export function defaultStateDirectory(): string {
  return resolve(process.env["MLOPS_STATE"] ?? ".mlops/state");
}

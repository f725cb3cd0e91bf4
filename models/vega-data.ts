import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/**
 * Path of a data file of the package vega-datasets (https://github.com/vega/vega-datasets), which the samples are made from.
 *
 * @throws Error when the package is not installed; it is a development dependency
 */
export function vegaDataFile(name: string): string {
  const path = join(dirname(packageEntry()), "..", "data", name);
  if (!existsSync(path)) throw new Error(`${path} does not exist; install the development dependencies with npm ci`);
  return path;
}

function packageEntry(): string {
  try {
    return createRequire(import.meta.url).resolve("vega-datasets");
  } catch (error) {
    const message =
      "The samples are made from the package vega-datasets, which is not installed: npm ci in a checkout, npm install --save-dev vega-datasets@3.2.1 elsewhere";
    throw new Error(message, { cause: error });
  }
}

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * A folder of this package, such as `lambdas` or `recipes`: what the stack packs as it is. This file lies in the package's sources or, compiled,
 * below `dist/`; the folders lie beside `package.json` in both cases.
 *
 * @throws Error when the package is not whole
 */
export function packageFolder(name: string): string {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let directory = start; directory !== dirname(directory); directory = dirname(directory)) {
    if (existsSync(join(directory, "package.json"))) {
      const folder = join(directory, name);
      if (existsSync(folder)) return folder;
      throw new Error(`The package mlops-stack in ${directory} has no folder ${name}; install it again.`);
    }
  }
  throw new Error(`No package.json stands above ${start}; install the package mlops-stack again.`);
}

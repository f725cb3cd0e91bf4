import { findPython } from "../../local/python/find-python.ts";
import { PythonEnvironmentError } from "../../local/python/index.ts";
import { type Check, notChecked, ok, problem } from "./check.ts";

/** Oldest Node.js that the package supports: `engines` in package.json. */
const OLDEST_NODE = { major: 20, minor: 19 };

/** Whether this Node.js can run the command and synthesize the stack. */
export function checkNode(version: string = process.versions.node): Check {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const fits = major > OLDEST_NODE.major || (major === OLDEST_NODE.major && minor >= OLDEST_NODE.minor);
  if (fits) return ok("Node.js", version);
  return problem("Node.js", version, "Install Node.js 20.19 or newer (https://nodejs.org).");
}

/** Whether models can be trained on this machine; a deployment into AWS needs no Python. */
export async function checkPython(environment: NodeJS.ProcessEnv = process.env): Promise<Check> {
  try {
    const { path, version } = await findPython(environment);
    return ok("Python", `${version} (${path})`);
  } catch (error) {
    if (!(error instanceof PythonEnvironmentError)) throw error;
    return notChecked("Python", "only the local cloud needs it", error.message);
  }
}

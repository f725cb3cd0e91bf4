import { fileURLToPath } from "node:url";

export {
  ensurePythonEnvironment,
  type PythonEnvironment,
  type PythonEnvironmentOptions,
} from "./ensure-python-environment.ts";
export { PythonEnvironmentError, type PythonErrorCode } from "./python-error.ts";

/** Absolute path of the packages that containers need on this machine. */
export const containerRequirementsPath = fileURLToPath(new URL("requirements.txt", import.meta.url));

/** Absolute path of the packages that the project's own tests need beyond those. */
export const testRequirementsPath = fileURLToPath(new URL("requirements-test.txt", import.meta.url));

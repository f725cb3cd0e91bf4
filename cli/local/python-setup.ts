import { join } from "node:path";
import { ensurePythonEnvironment } from "../../local/python/ensure-python-environment.ts";
import { Failure } from "../support/failure.ts";
import { createProgress, type Progress } from "../support/progress.ts";
import { PACKAGE_ROOT } from "../support/project.ts";

/** Makes the Python environment of the containers, or finds it; gives the path of its interpreter. */
export async function setUpPython(progress: Progress, requirements = "requirements.txt"): Promise<string> {
  progress.step(
    requirements === "requirements.txt" ? "Python environment of the containers" : "Python environment of the tests",
  );
  try {
    const { python } = await ensurePythonEnvironment({
      requirementsPath: join(PACKAGE_ROOT, "local/python", requirements),
      onProgress: (line) => progress.update(line),
    });
    progress.done(python);
    return python;
  } catch (error) {
    progress.fail((error as Error).message);
    throw new Failure("Models cannot be trained on this machine without it.");
  }
}

/** `mlops python-setup` */
export async function pythonSetup(options: { ifPossible: boolean; test: boolean }): Promise<void> {
  const progress = createProgress();
  try {
    await setUpPython(progress);
    if (options.test) await setUpPython(progress, "requirements-test.txt");
  } catch (error) {
    if (!options.ifPossible) throw error;
    process.stderr.write("Going on without: everything that needs no training works.\n");
  }
}

import { PythonEnvironmentError } from "./python-error.ts";
import { CANDIDATE_NAMES, installHint, PROBE, type PythonInterpreter, versionProblem } from "./python-version.ts";
import { type CommandResult, runCommand } from "./run-command.ts";

/** Runs the probe with one interpreter; `undefined` when there is none of that name. */
export type ProbePython = (command: string) => Promise<CommandResult | undefined>;

/**
 * Finds a Python 3 that can make virtual environments. `MLOPS_PYTHON` names the one to use; otherwise the usual names
 * are tried on the PATH. Throws PythonEnvironmentError that says what was found and what to install.
 */
export async function findPython(
  environment: NodeJS.ProcessEnv = process.env,
  probe: ProbePython = probeCommand,
): Promise<PythonInterpreter> {
  const chosen = environment["MLOPS_PYTHON"];
  const problems: { readonly code: "python.unsupported-version" | "python.no-venv"; readonly text: string }[] = [];
  for (const name of chosen ? [chosen] : CANDIDATE_NAMES) {
    const result = await probe(name);
    if (!result) continue;
    if (result.exitCode !== 0) {
      problems.push({ code: "python.unsupported-version", text: `${name} does not run: ${lastLine(result.stderr)}` });
      continue;
    }
    const { version, venv } = JSON.parse(result.stdout) as { version: string; venv: boolean };
    const problem = versionProblem(version);
    if (problem) problems.push({ code: "python.unsupported-version", text: `${name} ${problem}` });
    else if (!venv)
      problems.push({ code: "python.no-venv", text: `${name} (${version}) lacks the modules venv and ensurepip` });
    else return { path: name, version };
  }
  const hint = installHint(process.platform);
  const [first] = problems;
  if (!first) {
    const what = chosen ? `MLOPS_PYTHON is ${chosen}, which is no program` : "No Python 3 was found";
    throw new PythonEnvironmentError("python.not-found", `${what}; training and serving models needs it. ${hint}`);
  }
  const found = problems.map((problem) => problem.text).join("; ");
  throw new PythonEnvironmentError(first.code, `No usable Python: ${found}. ${hint}`);
}

async function probeCommand(command: string): Promise<CommandResult | undefined> {
  try {
    return await runCommand(command, ["-c", PROBE]);
  } catch (error) {
    if (["ENOENT", "EACCES"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}

import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { withDirectoryLock } from "./directory-lock.ts";
import { findPython } from "./find-python.ts";
import { PythonEnvironmentError } from "./python-error.ts";
import { installHint } from "./python-version.ts";
import { type CommandResult, runCommand } from "./run-command.ts";

/** Which environment is wanted. */
export interface PythonEnvironmentOptions {
  /** Absolute path of a requirements file whose list is complete and pinned: it is installed without dependencies. */
  readonly requirementsPath: string;
  /** Default `${XDG_CACHE_HOME:-~/.cache}/mlops-stack/python`. */
  readonly cacheDirectory?: string;
  /** Gets one line for each step; nothing when the environment exists. */
  readonly onProgress?: (line: string) => void;
}

/** A ready environment. */
export interface PythonEnvironment {
  /** Absolute path of its interpreter. */
  readonly python: string;
  /** The environment's directory; its programs are in `bin`. */
  readonly directory: string;
  /** Where its packages are; on `PYTHONPATH` it lends them to another interpreter of the same version. */
  readonly sitePackages: string;
}

const LOCK_TIMEOUT_MILLIS = 15 * 60_000;
/** Written last, so that an environment that has it is complete. */
const MARKER = "mlops-complete";

/**
 * Gives the virtual environment for a requirements file, and makes it the first time: one for each content of the file and
 * version of Python. Parallel callers wait for each other. Works offline once made.
 * Throws PythonEnvironmentError whose message says what to install or do.
 */
export async function ensurePythonEnvironment(options: PythonEnvironmentOptions): Promise<PythonEnvironment> {
  const requirements = readFileSync(options.requirementsPath, "utf8");
  const cache =
    options.cacheDirectory ?? join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "mlops-stack", "python");
  const interpreter = await findPython();
  const identity = `${interpreter.version}\n${process.platform}-${process.arch}\n${requirements}`;
  const directory = join(cache, createHash("sha256").update(identity).digest("hex").slice(0, 16));
  const environment = {
    python: join(directory, "bin", "python"),
    directory,
    sitePackages: join(
      directory,
      "lib",
      `python${interpreter.version.split(".").slice(0, 2).join(".")}`,
      "site-packages",
    ),
  };
  if (isComplete(directory)) return environment;
  const progress = options.onProgress ?? (() => undefined);
  try {
    await withDirectoryLock(
      `${directory}.lock`,
      {
        timeoutMillis: LOCK_TIMEOUT_MILLIS,
        onWait: () => progress("Python: another process is installing the packages"),
      },
      async () => {
        if (!isComplete(directory)) await install(interpreter.path, directory, options.requirementsPath, progress);
      },
    );
  } catch (error) {
    throw explain(error, cache);
  }
  return environment;
}

function isComplete(directory: string): boolean {
  return existsSync(join(directory, MARKER));
}

async function install(
  interpreter: string,
  directory: string,
  requirementsPath: string,
  progress: (line: string) => void,
): Promise<void> {
  // What a killed installation left. Scripts of an environment hold its path, so it is made in its final place.
  if (existsSync(directory)) {
    const abandoned = `${directory}.${randomUUID()}`;
    renameSync(directory, abandoned);
    rmSync(abandoned, { recursive: true, force: true });
  }
  mkdirSync(directory, { recursive: true });
  progress(`Python: making a virtual environment in ${directory}`);
  const made = await runCommand(interpreter, ["-m", "venv", directory]);
  if (made.exitCode !== 0) {
    throw new PythonEnvironmentError(
      "python.no-venv",
      `${interpreter} cannot make a virtual environment: ${tail(made)}. ${installHint(process.platform)}`,
    );
  }
  const python = join(directory, "bin", "python");
  progress("Python: installing the packages (once, about a minute)");
  const installed = await runCommand(
    python,
    [
      "-m",
      "pip",
      "install",
      "--disable-pip-version-check",
      "--no-input",
      "--no-deps",
      "--compile",
      "--progress-bar",
      "off",
      "-r",
      requirementsPath,
    ],
    {
      onLine: (line) => {
        const collected = /^Collecting (\S+)/.exec(line);
        if (collected) progress(`Python: ${collected[1]}`);
      },
    },
  );
  if (installed.exitCode !== 0) throw pipError(installed);
  writeFileSync(join(directory, MARKER), `${new Date().toISOString()}\n`);
  progress("Python: ready");
}

function pipError(result: CommandResult): PythonEnvironmentError {
  const text = `${result.stdout}\n${result.stderr}`;
  if (/No space left on device|Errno 28\b|Disk quota exceeded/i.test(text)) return diskFull();
  if (
    /NewConnectionError|NameResolutionError|ConnectTimeout|Temporary failure in name resolution|ReadTimeout|ProxyError|Network is unreachable/i.test(
      text,
    )
  ) {
    return new PythonEnvironmentError(
      "python.no-network",
      `pip cannot reach the package index, which is needed once to install the Python packages. Check the network (or pip's proxy and index settings) and run the same command again. pip said: ${tail(result)}`,
    );
  }
  return new PythonEnvironmentError(
    "python.install-failed",
    `pip could not install the Python packages: ${tail(result)}`,
  );
}

function diskFull(cause?: unknown): PythonEnvironmentError {
  return new PythonEnvironmentError(
    "python.disk-full",
    "The disk is full: the Python packages need about 600 MB. Free some space, or set XDG_CACHE_HOME to a directory on another disk.",
    { cause },
  );
}

function explain(error: unknown, cache: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC" || code === "EDQUOT") return diskFull(error);
  if (code === "ELOCKED") {
    return new PythonEnvironmentError(
      "python.lock-timeout",
      `Another process has been installing the Python packages for 15 minutes. End it, or delete ${cache} and try again.`,
      { cause: error },
    );
  }
  return error;
}

/** The lines of pip that carry the reason. */
function tail(result: CommandResult): string {
  const lines = `${result.stdout}\n${result.stderr}`.trim().split("\n");
  const errors = lines.filter((line) => /^\s*(ERROR|error)/.test(line));
  return (errors.length > 0 ? errors : lines).slice(-3).join(" | ").slice(-1_000);
}

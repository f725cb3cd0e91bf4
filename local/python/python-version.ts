/** A Python interpreter that can be used: its path and version. */
export interface PythonInterpreter {
  readonly path: string;
  /** `3.11.7` */
  readonly version: string;
}

/** Oldest and newest minor version of Python 3 for which every pinned package has wheels. */
export const SUPPORTED_MINORS = { oldest: 10, newest: 13 } as const;

/** Printed by the interpreter: version, and whether virtual environments with pip can be made. */
export const PROBE = [
  "import importlib.util, json, platform",
  "has = lambda name: importlib.util.find_spec(name) is not None",
  "print(json.dumps({'version': platform.python_version(), 'venv': has('venv') and has('ensurepip')}))",
].join("\n");

/** Names under which a fitting Python 3 is found, the most specific first. */
export const CANDIDATE_NAMES: readonly string[] = [
  "python3",
  ...[13, 12, 11, 10].map((minor) => `python3.${minor}`),
  "python",
];

/** Why an interpreter does not fit, or `undefined` when it does. */
export function versionProblem(version: string): string | undefined {
  const [major, minor] = version.split(".").map(Number);
  const { oldest, newest } = SUPPORTED_MINORS;
  if (major === 3 && minor !== undefined && minor >= oldest && minor <= newest) return undefined;
  return `is Python ${version}; 3.${oldest} to 3.${newest} are supported`;
}

/** What a person types to get a usable Python on this system. */
export function installHint(platform: NodeJS.Platform): string {
  if (platform === "darwin")
    return "Install it with `brew install python@3.12` (https://brew.sh) or from https://python.org.";
  if (platform === "win32")
    return "Use the Windows Subsystem for Linux, and there: sudo apt-get install python3 python3-venv";
  return "On Debian and Ubuntu: sudo apt-get install python3 python3-venv. On Fedora: sudo dnf install python3.";
}

import { spawn } from "node:child_process";

/** How a finished command ended. Output is text; only the last 64 KiB of each stream are kept. */
export interface CommandResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const MAX_KEPT_CHARACTERS = 65_536;

/** Runs a command to its end. Rejects only when it cannot be started (`ENOENT`, `EACCES`). */
export function runCommand(
  command: string,
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly onLine?: (line: string) => void } = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], env: options.env ?? process.env });
    const kept = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      let line = "";
      child[name].setEncoding("utf8").on("data", (text: string) => {
        kept[name] = (kept[name] + text).slice(-MAX_KEPT_CHARACTERS);
        const lines = (line + text).split("\n");
        line = lines.pop() ?? "";
        for (const complete of lines) options.onLine?.(complete);
      });
    }
    child.once("error", reject);
    child.once("close", (exitCode) => resolve({ exitCode, ...kept }));
  });
}

import colors from "picocolors";
import type { Progress } from "../support/progress.ts";

/** Starts a chapter of the demo. */
export function heading(progress: Progress, title: string): void {
  progress.lines(`\n${colors.bold(title)}`);
}

import type { Progress } from "../cli/support/progress.ts";

/** Shows nothing: measurements print their own results. */
export const silent: Progress = { step() {}, update() {}, done() {}, fail() {}, lines() {} };

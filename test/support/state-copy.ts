import { cpSync, rmSync } from "node:fs";
import { onTestFinished } from "vitest";

/** Copies a state directory as a killed process would leave it, nothing closed; the copy is removed when the test ends. */
export function copyOfState(stateDirectory: string): string {
  const copy = `${stateDirectory}-copy`;
  cpSync(stateDirectory, copy, { recursive: true });
  onTestFinished(() => rmSync(copy, { recursive: true, force: true }));
  return copy;
}

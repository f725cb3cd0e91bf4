import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureAssembly } from "../cli/local/assembly.ts";
import { stopLocalCloud } from "../cli/local/control.ts";
import { startLocalCloud } from "../cli/local/up.ts";
import type { Measurement } from "./measurement.ts";
import { silent } from "./silent.ts";

const STARTS = 5;

/** Start of the local cloud until the stack is deployed: for the first time, on another empty state, and again on the state that it left; medians. */
export async function run(): Promise<Measurement[]> {
  const fresh: number[] = [];
  const again: number[] = [];
  const found: number[] = [];
  const firstEver: number[] = [];
  for (let index = 0; index < STARTS; index += 1) {
    const root = await mkdtemp(join(tmpdir(), "mlops-bench-"));
    const state = join(root, "state");
    const assembly = await ensureAssembly({ stage: "dev" });
    rmSync(`${assembly.directory}.deployed`, { recursive: true, force: true });
    const firstState = join(root, "first");
    firstEver.push((await startLocalCloud({ state: firstState, port: 0, stage: "dev" }, silent)).readySeconds);
    await stopLocalCloud(firstState);
    const first = await startLocalCloud({ state, port: 0, stage: "dev" }, silent);
    fresh.push(first.readySeconds);
    if (first.synthCached) found.push(first.synthSeconds);
    await stopLocalCloud(state);
    again.push((await startLocalCloud({ state, port: 0, stage: "dev" }, silent)).readySeconds);
    await stopLocalCloud(state);
    rmSync(root, { recursive: true, force: true });
  }
  return [
    { name: "local cloud ready after synth, first deployment of the assembly", value: median(firstEver), unit: "s" },
    {
      name: "local cloud ready after synth, empty state, assembly deployed before",
      value: median(fresh),
      unit: "s",
      target: "<= 0.5",
    },
    { name: "local cloud ready after synth, existing state", value: median(again), unit: "s", target: "<= 0.5" },
    {
      name: "finding the unchanged assembly instead of a synthesis",
      value: median(found),
      unit: "s",
      target: "<= 0.2",
    },
  ];
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

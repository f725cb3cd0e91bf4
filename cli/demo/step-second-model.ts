import { birdstrikeCsv } from "../../models/birdstrike-damage/prepare.ts";
import { Failure } from "../support/failure.ts";
import { decimals } from "../support/format.ts";
import { readJson } from "../support/objects.ts";
import { table } from "../support/table.ts";
import type { DemoContext } from "./context.ts";
import { heading } from "./heading.ts";
import { uploadAndWatch } from "./loop.ts";

interface GateReport {
  readonly verdict: string;
  readonly rows: number;
  readonly metrics: { readonly challenger: Record<string, number>; readonly champion: Record<string, number> };
  readonly comparison: {
    readonly metric: string;
    readonly test: string;
    readonly difference: number;
    readonly low: number;
    readonly high: number;
    readonly margin: number;
  } | null;
}

/** Uploads 1997-2000; version 2 is compared with version 1 on the same held-out rows. */
export async function secondModelStep(context: DemoContext): Promise<void> {
  const { progress, session, model } = context;
  heading(progress, "3. Upload four more years; the new version must prove itself against the one that serves");
  const { run } = await uploadAndWatch(context, "birdstrikes-1997-2000.csv", birdstrikeCsv({ from: 1997, to: 2000 }));
  const version = run?.version === null || run === null ? null : await session.registry.getVersion(model, run.version);
  if (version === null) throw new Failure(`No version 2: ${run?.reason ?? "the file was quarantined"}`);
  const gate = await readJson<GateReport>(session, version.gateReportKey);
  const head = await session.registry.getHead(model);
  const metrics = Object.keys(gate.metrics.challenger);
  progress.lines(
    table(
      ["held-out rows", ...metrics],
      [
        [`challenger (version ${version.version})`, ...metrics.map((name) => decimals(gate.metrics.challenger[name]))],
        ["champion (version 1)", ...metrics.map((name) => decimals(gate.metrics.champion[name]))],
      ],
    ),
  );
  const { comparison } = gate;
  if (comparison === null) throw new Failure("The gate did not compare version 2 with version 1.");
  progress.lines(
    `${gate.rows} rows, paired test (${comparison.test}): ${comparison.metric} differs by ${signed(comparison.difference)}, ` +
      `interval ${signed(comparison.low)} to ${signed(comparison.high)}; may be worse by at most ${comparison.margin}.\n` +
      `Gate: ${gate.verdict}. ${version.summary}\nVersion ${head.champion} serves now.`,
  );
}

function signed(value: number): string {
  return `${value >= 0 ? "+" : ""}${value.toFixed(4)}`;
}

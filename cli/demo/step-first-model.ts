import { birdstrikeCsv, birdstrikeInstances } from "../../models/birdstrike-damage/prepare.ts";
import { Failure } from "../support/failure.ts";
import { table } from "../support/table.ts";
import type { DemoContext } from "./context.ts";
import { heading } from "./heading.ts";
import { uploadAndWatch } from "./loop.ts";
import { predictOne } from "./predictions.ts";

/** Uploads 1990-1996, gets version 1 behind an endpoint, and asks it. */
export async function firstModelStep(context: DemoContext): Promise<void> {
  const { progress, report, session, model } = context;
  heading(progress, "1. Upload seven years of bird-strike reports; the factory does the rest");
  const result = await uploadAndWatch(context, "birdstrikes-1990-1996.csv", birdstrikeCsv({ from: 1990, to: 1996 }));
  const head = await session.registry.getHead(model);
  if (head.champion !== 1)
    throw new Failure(`Version 1 should serve, but it is ${head.champion}: ${result.run?.reason}`);
  report.timings["firstInServiceSeconds"] = result.seconds;

  heading(progress, "2. Call the endpoint with named raw fields (AWS SDK)");
  for (const instance of birdstrikeInstances({ from: 2001, to: 2001 }).slice(0, 3)) {
    const { prediction, variant } = await predictOne(context, instance);
    report.predictions.push({ instance, prediction, variant });
  }
  progress.lines(
    table(
      ["phase of flight", "speed", "wildlife", "damage", "answer", "variant"],
      report.predictions.map(({ instance, prediction, variant }) => {
        const row = instance as Record<string, unknown>;
        const answer = prediction as { probability: number; label: string };
        return [
          String(row["Phase of flight"] ?? "-"),
          String(row["Speed IAS in knots"] ?? "-"),
          String(row["Wildlife Species"] ?? "-"),
          `${(answer.probability * 100).toFixed(1)} %`,
          answer.label,
          variant ?? "-",
        ];
      }),
    ),
  );
}

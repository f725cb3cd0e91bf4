import { requireModel } from "../support/definitions.ts";
import { time } from "../support/format.ts";
import { printResult } from "../support/print.ts";
import { openSession, type SessionOptions } from "../support/session.ts";
import { table } from "../support/table.ts";

/** `mlops runs <model>`: newest first, with what started each and how it ended. */
export async function runs(model: string, options: SessionOptions & { json: boolean; limit: number }): Promise<void> {
  const session = await openSession({ ...options, quiet: options.json });
  await requireModel(session, model);
  const items = await session.registry.listRuns(model, options.limit);
  printResult(options.json, items, () =>
    items.length === 0
      ? `${model} has not been trained yet. "npx mlops upload ${model} FILE" sends data.`
      : table(
          ["run", "started", "trigger", "outcome", "version", "reason"],
          items.map((run) => [
            run.runId,
            time(run.startedAt),
            run.trigger.kind,
            run.outcome,
            run.version ?? "-",
            run.reason ?? run.trigger.reason,
          ]),
        ),
  );
}

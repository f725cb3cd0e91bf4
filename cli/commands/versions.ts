import { versionStatus } from "../../core/registry/versions.ts";
import { requireModel } from "../support/definitions.ts";
import { decimals, time } from "../support/format.ts";
import { printResult } from "../support/print.ts";
import { openSession, type SessionOptions } from "../support/session.ts";
import { table } from "../support/table.ts";

/** `mlops versions <model>`: newest first, with metrics, verdict and what each one is at present. */
export async function versions(
  model: string,
  options: SessionOptions & { json: boolean; limit: number },
): Promise<void> {
  const session = await openSession({ ...options, quiet: options.json });
  const { definition } = await requireModel(session, model);
  const [head, items] = await Promise.all([
    session.registry.getHead(model),
    session.registry.listVersions(model, options.limit),
  ]);
  const rows = items.map((item) => ({ ...item, status: versionStatus(head, item.version, item.verdict) }));
  const metric = definition.gate.metric;
  printResult(options.json, rows, () =>
    rows.length === 0
      ? `${model} has no version yet. "npx mlops runs ${model}" shows what was tried.`
      : table(
          ["version", "status", metric, "verdict", "created", "dataset", "summary"],
          rows.map((item) => [
            item.version,
            item.status,
            decimals(item.metrics[metric]),
            item.verdict,
            time(item.createdAt),
            item.datasetId,
            item.summary,
          ]),
        ),
  );
}

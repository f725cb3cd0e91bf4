import { requireModel } from "../support/definitions.ts";
import { time } from "../support/format.ts";
import { printResult } from "../support/print.ts";
import { openSession, type SessionOptions } from "../support/session.ts";
import { table } from "../support/table.ts";

/** Model versions that are searched for those trained on a dataset. */
const SEARCHED_VERSIONS = 1_000;

/** `mlops data log <model>`: the dataset versions, newest first, and which model versions were trained on each. */
export async function dataLog(
  model: string,
  options: SessionOptions & { json: boolean; limit: number },
): Promise<void> {
  const session = await openSession({ ...options, quiet: options.json });
  await requireModel(session, model);
  const [datasets, versions] = await Promise.all([
    session.registry.listDatasets(model, options.limit),
    session.registry.listVersions(model, SEARCHED_VERSIONS),
  ]);
  const rows = datasets.map((dataset) => ({
    ...dataset,
    versions: versions.filter(({ datasetId }) => datasetId === dataset.datasetId).map(({ version }) => version),
  }));
  printResult(options.json, rows, () =>
    rows.length === 0
      ? `${model} has no dataset version yet; the first training run makes one.`
      : table(
          ["dataset", "made", "batches", "rows", "train", "validation", "test", "model versions"],
          rows.map((row) => [
            row.datasetId,
            time(row.createdAt),
            row.batches.length,
            row.rows.total,
            row.rows.train,
            row.rows.validation,
            row.rows.test,
            row.versions.map((version) => `v${version}`).join(", ") || "-",
          ]),
        ),
  );
}

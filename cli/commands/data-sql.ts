import { athenaStatements } from "../../core/dataset/athena-tables.ts";
import { profileQuery } from "../../core/dataset/profile-sql.ts";
import { openDataset } from "../support/data-access.ts";
import { requireModel } from "../support/definitions.ts";
import { printResult } from "../support/print.ts";
import { openSession, type SessionOptions } from "../support/session.ts";

/** `mlops data sql <model> [dataset]`: SQL for Athena that reads a dataset version where it lies, and computes its profile. */
export async function dataSql(
  model: string,
  dataset: string | undefined,
  options: SessionOptions & { json: boolean },
): Promise<void> {
  const session = await openSession({ ...options, quiet: options.json });
  const { definition } = await requireModel(session, model);
  const { manifest } = await openDataset(session, model, dataset);
  const tables = athenaStatements(definition, manifest, session.outputs.DataBucketName);
  const query = profileQuery(definition);
  printResult(
    options.json,
    { datasetId: manifest.datasetId, tables, query },
    () => `${[...tables, query].join(";\n\n")};`,
  );
}

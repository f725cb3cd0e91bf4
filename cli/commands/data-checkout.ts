import { createWriteStream, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { checkoutDataset } from "../../app/use-cases/checkout-dataset.ts";
import { dataAccess, explained, openDataset } from "../support/data-access.ts";
import { requireModel } from "../support/definitions.ts";
import { Failure } from "../support/failure.ts";
import { bytes } from "../support/format.ts";
import { printResult } from "../support/print.ts";
import { openSession, type SessionOptions } from "../support/session.ts";
import { table } from "../support/table.ts";

/** `mlops data checkout <model> <dataset> --out DIR`: writes the exact rows of a dataset version, each part checked by its SHA-256. */
export async function dataCheckout(
  model: string,
  dataset: string,
  options: SessionOptions & { json: boolean; out: string },
): Promise<void> {
  const { out } = options;
  if (existsSync(out) && readdirSync(out).length > 0) {
    throw new Failure(
      `${out} is not empty. Name a directory that is new or empty, so that no other rows get among these.`,
      2,
    );
  }
  const session = await openSession({ ...options, quiet: options.json });
  await requireModel(session, model);
  const { manifest, profile } = await openDataset(session, model, dataset);
  const parts = await explained(
    checkoutDataset(dataAccess(session), manifest, async (name, body) => {
      const path = join(out, name);
      mkdirSync(dirname(path), { recursive: true });
      await pipeline(Readable.from(body), createWriteStream(path));
    }),
  );
  // Written last: a directory without a manifest is a checkout that did not end.
  writeFileSync(join(out, "profile.json"), `${JSON.stringify(profile, null, 2)}\n`);
  writeFileSync(join(out, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  printResult(
    options.json,
    { directory: out, datasetId: manifest.datasetId, rows: manifest.rows, parts },
    () =>
      `${table(
        ["file", "rows", "size"],
        parts.map((part) => [part.name, part.rows, bytes(part.sizeBytes)]),
      )}\n\n${manifest.rows.total} rows of dataset ${manifest.datasetId} are in ${out}; every part has the SHA-256 of the manifest.`,
  );
}

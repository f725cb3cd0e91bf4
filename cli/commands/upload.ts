import { createReadStream, existsSync, statSync } from "node:fs";
import { basename } from "node:path";
import { Upload } from "@aws-sdk/lib-storage";
import { requireModel } from "../support/definitions.ts";
import { Failure } from "../support/failure.ts";
import { bytes } from "../support/format.ts";
import { printResult } from "../support/print.ts";
import { createProgress } from "../support/progress.ts";
import { openSession, type Session, type SessionOptions } from "../support/session.ts";
import { waitForBatch } from "../support/wait.ts";

/** `mlops upload <model> <files...>`: puts files where the factory looks for them; with `--wait` follows each to its verdict. */
export async function upload(
  model: string,
  files: readonly string[],
  options: SessionOptions & { json: boolean; wait: boolean },
): Promise<void> {
  for (const file of files) {
    if (!existsSync(file) || !statSync(file).isFile()) throw new Failure(`${file} is not a file.`, 2);
  }
  const session = await openSession({ ...options, quiet: options.json });
  await requireModel(session, model);
  const progress = createProgress();
  const results: object[] = [];
  let refused = 0;
  for (const file of files) {
    progress.step(`upload ${basename(file)} (${bytes(statSync(file).size)})`);
    const target = await put(session, model, file, (percent) => progress.update(`${percent} %`));
    progress.done(target.uri);
    if (!options.wait) {
      results.push({ file, ...target });
      continue;
    }
    progress.step("validate");
    const batch = await waitForBatch(session, model, target.key, target.versionId);
    if (batch.status === "accepted") progress.done(`accepted as batch ${batch.batchId}, ${batch.rows?.total} rows`);
    else {
      refused += 1;
      progress.fail(
        `quarantined: ${batch.rules.join(", ")}; report: s3://${session.outputs.DataBucketName}/${batch.reportKey}`,
      );
    }
    results.push({ file, ...target, batch });
  }
  printResult(options.json, results, () =>
    options.wait ? "" : `The factory takes it from here. Follow it with "npx mlops status ${model}".`,
  );
  if (refused > 0) process.exitCode = 1;
}

async function put(
  session: Session,
  model: string,
  file: string,
  onPercent: (percent: number) => void,
): Promise<{ key: string; uri: string; versionId: string }> {
  const size = statSync(file).size;
  const key = `${model}/incoming/${basename(file)}`;
  const transfer = new Upload({
    client: session.s3,
    params: { Bucket: session.outputs.DataBucketName, Key: key, Body: createReadStream(file) },
    partSize: 8 * 1024 * 1024,
    queueSize: 4,
  });
  transfer.on("httpUploadProgress", (event) => onPercent(Math.floor((100 * (event.loaded ?? 0)) / Math.max(1, size))));
  const answer = await transfer.done();
  return { key, uri: `s3://${session.outputs.DataBucketName}/${key}`, versionId: answer.VersionId ?? "null" };
}

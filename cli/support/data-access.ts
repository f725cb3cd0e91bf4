import { S3ObjectStore } from "../../adapters/s3-object-store.ts";
import type { Factory } from "../../app/factory.ts";
import { findDataset, loadDataset } from "../../app/use-cases/load-dataset.ts";
import type { DatasetVersion } from "../../core/dataset/compare-datasets.ts";
import { isMlopsError } from "../../core/errors/mlops-error.ts";
import { Failure } from "./failure.ts";
import type { Session } from "./session.ts";

/** What the use cases about datasets need, over a session. */
export function dataAccess(session: Session): Pick<Factory, "registry" | "objects" | "settings"> {
  const { Stage, DataBucketName, ArtifactBucketName, AlertTopicArn } = session.outputs;
  return {
    registry: session.registry,
    objects: new S3ObjectStore(session.s3),
    settings: {
      stage: Stage,
      region: process.env["AWS_REGION"] ?? "",
      dataBucket: DataBucketName,
      artifactBucket: ArtifactBucketName,
      sagemakerRoleArn: "",
      alertTopicArn: AlertTopicArn,
      largeFileBytes: Number.POSITIVE_INFINITY,
    },
  };
}

/** Shows what the use cases say to a person as it is, without a stack trace. */
export async function explained<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (isMlopsError(error)) throw new Failure(error.message);
    throw error;
  }
}

/**
 * Reads a dataset version that a person has named: by its id, the beginning of its id, or `v12` for what version 12 was trained on.
 * Without a name it is the newest, or the one `back` places before it.
 *
 * @throws Failure when there is none
 */
export async function openDataset(
  session: Session,
  model: string,
  reference: string | undefined,
  back = 0,
): Promise<DatasetVersion> {
  const access = dataAccess(session);
  if (reference !== undefined)
    return explained(findDataset(access, model, reference).then((item) => loadDataset(access, item)));
  const item = (await access.registry.listDatasets(model, back + 1))[back];
  if (item === undefined) {
    throw new Failure(
      back === 0
        ? `${model} has no dataset version yet; the first training run makes one. Upload a file: npx mlops upload ${model} <file>`
        : `${model} has only ${back} dataset version, so there is nothing to compare it with.`,
    );
  }
  return explained(loadDataset(access, item));
}

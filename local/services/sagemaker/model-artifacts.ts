import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { unpackArchive } from "./archive.ts";
import { type SagemakerContext, SERVICE } from "./context.ts";
import { JobFailure } from "./errors.ts";
import type { ModelRecord } from "./records.ts";
import { headInput } from "./s3-inputs.ts";
import { requireS3Uri, s3Uri } from "./s3-uri.ts";

/** An unpacked model: `base` stands for /opt/ml, `code` is where its inference code is. */
export interface UnpackedModel {
  readonly base: string;
  readonly code: string;
}

const CONTAINER_BASE = "/opt/ml/";

/**
 * Unpacks a model's artifact, once for each content: containers of the same model share the directory and only read it.
 * Throws JobFailure when the artifact or the code is missing or broken.
 */
export async function unpackModel(
  context: SagemakerContext,
  model: ModelRecord,
  environment: Readonly<Record<string, string>>,
): Promise<UnpackedModel> {
  const { PrimaryContainer, ExecutionRoleArn } = model.request;
  const artifact = await unpackOnce(context, PrimaryContainer?.ModelDataUrl, "ModelDataUrl", ExecutionRoleArn);
  const source = environment["SAGEMAKER_SUBMIT_DIRECTORY"] ?? "";
  const program = environment["SAGEMAKER_PROGRAM"] ?? "";
  let code: string;
  if (source.startsWith("s3://"))
    code = join(await unpackOnce(context, source, "SAGEMAKER_SUBMIT_DIRECTORY", ExecutionRoleArn), "model");
  else if (source.startsWith(CONTAINER_BASE)) code = join(artifact, source.slice(CONTAINER_BASE.length));
  else
    throw new JobFailure(
      "ClientError",
      `SAGEMAKER_SUBMIT_DIRECTORY ${source} is neither an S3 URI nor below ${CONTAINER_BASE}`,
    );
  if (!existsSync(join(code, program))) {
    throw new JobFailure("ClientError", `SAGEMAKER_PROGRAM ${program} is not in ${source} of model ${model.name}`);
  }
  return { base: artifact, code };
}

const unpacking = new Map<string, Promise<void>>();

async function unpackOnce(
  context: SagemakerContext,
  uri: string | undefined,
  member: string,
  roleArn: string | undefined,
): Promise<string> {
  const location = requireS3Uri(uri, member);
  const object = await headInput(context.cloud, location, roleArn);
  const base = join(artifactDirectory(context), digestOf(s3Uri(location), object.etag));
  if (existsSync(base)) return base;
  let work = unpacking.get(base);
  if (!work) {
    work = unpackTo(object.path, base, s3Uri(location)).finally(() => unpacking.delete(base));
    unpacking.set(base, work);
  }
  await work;
  return base;
}

async function unpackTo(path: string, base: string, name: string): Promise<void> {
  const temporary = `${base}.${randomUUID()}`;
  try {
    await mkdir(join(temporary, "model"), { recursive: true });
    await unpackArchive(path, join(temporary, "model"), name);
    // The rename makes it exist: a killed process leaves no half-unpacked model.
    await rename(temporary, base);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

function digestOf(uri: string, etag: string): string {
  return createHash("sha256").update(`${uri}\n${etag}`).digest("hex").slice(0, 24);
}

function artifactDirectory(context: SagemakerContext): string {
  return join(context.cloud.directory(SERVICE), "models");
}

/** Removes unpacked models, which are only a cache; called before anything runs. */
export async function clearUnpackedModels(context: SagemakerContext): Promise<void> {
  const directory = artifactDirectory(context);
  if (!existsSync(directory)) return;
  for (const name of await readdir(directory)) await rm(join(directory, name), { recursive: true, force: true });
}

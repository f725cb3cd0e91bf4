import { createReadStream, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { AwsError } from "../kernel/aws-error.ts";
import type { Cloud } from "../kernel/cloud.ts";
import type { S3Service } from "../services/s3/types.ts";
import type { FileAsset } from "./assembly.ts";
import { DeployError } from "./deploy-error.ts";
import { substitutePseudo } from "./pseudo-parameters.ts";
import { writeZip } from "./zip-writer.ts";

/**
 * Puts the assets of an assembly into their buckets, which are made when they are missing. Asset keys are content
 * hashes, so an object that is there already is not written again. Gives the object keys with the end of each upload.
 */
export function publishAssets(cloud: Cloud, assets: readonly FileAsset[]): Map<string, Promise<void>> {
  const s3 = cloud.service<S3Service>("s3");
  const buckets = new Map<string, Promise<void>>();
  const published = new Map<string, Promise<void>>();
  for (const asset of assets) {
    for (const destination of asset.destinations) {
      const bucket = substitutePseudo(destination.bucketName, cloud);
      const key = substitutePseudo(destination.objectKey, cloud);
      const ready = buckets.get(bucket) ?? ensureBucket(cloud, bucket);
      buckets.set(bucket, ready);
      published.set(key, publish(s3, asset, bucket, key, ready));
    }
  }
  return published;
}

async function publish(
  s3: S3Service,
  asset: FileAsset,
  bucket: string,
  key: string,
  ready: Promise<void>,
): Promise<void> {
  try {
    await ready;
    if (await exists(s3, bucket, key)) return;
    const body = asset.packaging === "zip" ? zipDirectory(asset.path) : createReadStream(asset.path);
    await s3.putObject({ bucket, key, body });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DeployError(`the asset ${asset.path} could not be published: ${reason}`, { cause: error });
  }
}

async function ensureBucket(cloud: Cloud, bucket: string): Promise<void> {
  try {
    await cloud.call("s3", "HeadBucket", { Bucket: bucket });
  } catch (error) {
    if (!isMissing(error)) throw error;
    await cloud.call("s3", "CreateBucket", { Bucket: bucket });
  }
}

async function exists(s3: S3Service, bucket: string, key: string): Promise<boolean> {
  try {
    await s3.headObject({ bucket, key });
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof AwsError && error.statusCode === 404;
}

/** Reads in one go: nothing else can be done before functions have their code, and a hundred small waits would take ten times as long. */
function zipDirectory(directory: string): Uint8Array {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true });
  const paths = files
    .filter((file) => !file.isDirectory())
    .map((file) => join(file.parentPath, file.name))
    .sort();
  return writeZip(
    paths.map((path) => ({
      name: relative(directory, path).split(sep).join("/"),
      data: readFileSync(path),
      mode: statSync(path).mode & 0o777,
    })),
  );
}

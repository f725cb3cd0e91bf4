import { createReadStream } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { AwsError } from "../kernel/aws-error.ts";
import type { Cloud } from "../kernel/cloud.ts";
import type { S3Service } from "../services/s3/types.ts";
import type { FileAsset } from "./assembly.ts";
import { DeployError } from "./deploy-error.ts";
import { substitutePseudo } from "./pseudo-parameters.ts";
import { writeZip, type ZipEntry } from "./zip-writer.ts";

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
    const body = asset.packaging === "zip" ? await zipDirectory(asset.path) : createReadStream(asset.path);
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

async function zipDirectory(directory: string): Promise<Uint8Array> {
  const files = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = files
    .filter((file) => !file.isDirectory())
    .map((file) => join(file.parentPath, file.name))
    .sort();
  const entries = await Promise.all(
    paths.map(async (path): Promise<ZipEntry> => {
      const [data, { mode }] = await Promise.all([readFile(path), stat(path)]);
      return { name: relative(directory, path).split(sep).join("/"), data, mode: mode & 0o777 };
    }),
  );
  return writeZip(entries);
}

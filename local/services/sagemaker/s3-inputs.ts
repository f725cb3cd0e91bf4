import { constants, createReadStream, createWriteStream } from "node:fs";
import { copyFile, mkdir, readFile } from "node:fs/promises";
import { dirname, resolve, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { AwsError } from "../../kernel/aws-error.ts";
import type { Cloud } from "../../kernel/cloud.ts";
import { s3Of } from "./context.ts";
import { JobFailure } from "./errors.ts";
import { executionPrincipal } from "./execution-role.ts";
import { requireS3Uri, type S3Location, s3Uri } from "./s3-uri.ts";

/** One input object and the path that it has in the container or in the output. */
export interface InputObject extends S3Location {
  readonly relativePath: string;
}

/** Where a job's input is. */
export interface InputSource {
  readonly S3DataType: string | undefined;
  readonly S3Uri: string | undefined;
}

/** Lists the objects of an S3Prefix or ManifestFile. Throws JobFailure when there is none or the manifest is wrong. */
export async function listInputs(cloud: Cloud, source: InputSource, roleArn: string): Promise<InputObject[]> {
  const location = requireS3Uri(source.S3Uri, "S3Uri");
  if (source.S3DataType === "ManifestFile") return await readManifest(cloud, location, roleArn);
  if (source.S3DataType !== "S3Prefix") {
    throw new JobFailure("ClientError", `S3DataType ${source.S3DataType} is not supported by the local SageMaker`);
  }
  const found: InputObject[] = [];
  try {
    const principal = executionPrincipal(roleArn);
    const listing = { bucket: location.bucket, prefix: location.key, principal };
    for await (const { key } of s3Of(cloud).listObjects(listing)) {
      // Folder markers of consoles are not data.
      if (!key.endsWith("/"))
        found.push({ bucket: location.bucket, key, relativePath: relativePath(location.key, key) });
    }
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new JobFailure("ClientError", `Data download failed: ${error.code} (${location.bucket}): ${error.message}`);
  }
  if (found.length === 0) {
    throw new JobFailure(
      "ClientError",
      `Data download failed: No S3 objects found under S3 URL "${s3Uri(location)}" given in input data source. Please ensure that the bucket exists in the selected region (${cloud.region}), that objects exist under that S3 prefix, and that the role "${roleArn}" has "s3:ListBucket" permissions on bucket "${location.bucket}".`,
    );
  }
  return found;
}

/** Path of a key below a prefix: below the named folder, or below the folder that a partial name is in. */
export function relativePath(prefix: string, key: string): string {
  const isFolder = prefix === "" || prefix.endsWith("/") || key.charAt(prefix.length) === "/";
  const cut = isFolder ? prefix.length : prefix.lastIndexOf("/") + 1;
  return key.slice(cut).replace(/^\/+/, "");
}

async function readManifest(cloud: Cloud, location: S3Location, roleArn: string): Promise<InputObject[]> {
  const uri = s3Uri(location);
  const fail = (reason: string): JobFailure =>
    new JobFailure("ClientError", `Data download failed: The manifest file ${uri} ${reason}`);
  const { path } = await headInput(cloud, location, roleArn);
  let entries: unknown;
  try {
    entries = JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) throw fail(`is not JSON: ${error.message}`);
    throw error;
  }
  const expected = 'must be a list of {"prefix": "s3://..."} and the keys behind it';
  if (!Array.isArray(entries)) throw fail(expected);
  const [head, ...keys] = entries as unknown[];
  const prefix = typeof head === "object" && head !== null && "prefix" in head ? head.prefix : undefined;
  if (typeof prefix !== "string") throw fail(expected);
  const base = requireS3Uri(prefix, "The prefix of the manifest");
  if (keys.length === 0) throw fail("names no objects");
  return keys.map((key) => {
    if (typeof key !== "string" || key === "") throw fail(`has an entry that is not a key: ${JSON.stringify(key)}`);
    return { bucket: base.bucket, key: base.key + key, relativePath: key.replace(/^\/+/, "") };
  });
}

/** Finds an input object with the execution role. Throws JobFailure when it is not there, or the role may not read it. */
export async function headInput(
  cloud: Cloud,
  location: S3Location,
  roleArn: string | undefined,
): Promise<{ path: string; size: number; etag: string }> {
  const { bucket, key } = location;
  try {
    return await s3Of(cloud).headObject({ bucket, key, principal: executionPrincipal(roleArn) });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new JobFailure("ClientError", `Data download failed: ${error.code}: ${s3Uri(location)}: ${error.message}`);
  }
}

/** Copies inputs below a directory. Throws JobFailure for a missing object or a key that leads out of the directory. */
export async function downloadInputs(
  cloud: Cloud,
  inputs: readonly InputObject[],
  directory: string,
  compression: string | undefined,
  roleArn: string | undefined,
): Promise<void> {
  const root = resolve(directory);
  await mkdir(root, { recursive: true });
  for (const input of inputs) {
    const target = resolve(root, input.relativePath);
    if (!target.startsWith(root + sep)) {
      throw new JobFailure("ClientError", `Data download failed: the key ${input.key} leads out of its channel`);
    }
    const { path } = await headInput(cloud, input, roleArn);
    await mkdir(dirname(target), { recursive: true });
    if (compression === "Gzip") {
      await pipeline(createReadStream(path), createGunzip(), createWriteStream(target.replace(/\.gz$/, "")));
    } else await copyFile(path, target, constants.COPYFILE_FICLONE);
  }
}

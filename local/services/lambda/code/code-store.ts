import { createHash, randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, normalize } from "node:path";
import { AwsError } from "../../../kernel/aws-error.ts";
import type { Cloud } from "../../../kernel/cloud.ts";
import { invalidParameter, unsupported } from "../errors.ts";
import { readZip } from "./zip.ts";

/** Where a function's code comes from: AWS's FunctionCode. */
export interface CodeInput {
  readonly ZipFile?: Uint8Array;
  readonly S3Bucket?: string;
  readonly S3Key?: string;
  readonly S3ObjectVersion?: string;
  readonly ImageUri?: string;
}

/** Code that is unpacked on disk. */
export interface StoredCode {
  /** SHA-256 of the zip, base64. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** Unpacked code by the hash of its zip: the same zip is unpacked once. */
export class CodeStore {
  readonly #cloud: Cloud;
  readonly #directory: string;
  readonly #underWay = new Map<string, Promise<StoredCode>>();
  /** What objects held when they were last fetched: a stack's functions share one, which need not be read for each of them. */
  readonly #fetched = new Map<string, { readonly etag: unknown; readonly code: StoredCode }>();

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
    this.#directory = join(cloud.directory("lambda"), "code");
    mkdirSync(this.#directory, { recursive: true });
    // On AWS no package.json lies above the code; a project's own one must not decide here what kind of module it is.
    writeFileSync(join(this.#directory, "package.json"), "{}");
    this.#provideSdk();
  }

  /** The directory that LAMBDA_TASK_ROOT names. */
  taskRoot(sha256: string): string {
    return join(this.#directory, Buffer.from(sha256, "base64").toString("hex"));
  }

  /**
   * Fetches and unpacks code. Functions that are made at the same time from the same object share the work.
   * Throws InvalidParameterValueException as Lambda does.
   */
  store(code: CodeInput): Promise<StoredCode> {
    if (code.ZipFile !== undefined || code.ImageUri !== undefined) return this.#store(code);
    const key = `${code.S3Bucket}/${code.S3Key}?${code.S3ObjectVersion ?? ""}`;
    const underWay = this.#underWay.get(key) ?? this.#storeObject(key, code).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, underWay);
    return underWay;
  }

  async #storeObject(key: string, code: CodeInput): Promise<StoredCode> {
    const etag = await this.#etagOf(code);
    const known = this.#fetched.get(key);
    if (known !== undefined && known.etag === etag && etag !== undefined) return known.code;
    const stored = await this.#store(code);
    this.#fetched.set(key, { etag, code: stored });
    return stored;
  }

  async #store(code: CodeInput): Promise<StoredCode> {
    const archive = await this.#fetch(code);
    const sha256 = createHash("sha256").update(archive).digest("base64");
    if (!existsSync(this.taskRoot(sha256))) await this.#unpack(archive, this.taskRoot(sha256));
    return { sha256, sizeBytes: archive.length };
  }

  async #fetch(code: CodeInput): Promise<Buffer> {
    if (code.ImageUri !== undefined) throw unsupported("A container image as a function's code (Code.ImageUri)");
    if (code.ZipFile !== undefined) return Buffer.from(code.ZipFile);
    if (code.S3Bucket === undefined || code.S3Key === undefined) {
      throw invalidParameter("Please provide a source for function code.");
    }
    try {
      const { Body } = await this.#cloud.call("s3", "GetObject", addressOf(code));
      return Buffer.from(Body as Uint8Array);
    } catch (error) {
      const { code: name, message } = error as { code?: string; message?: string };
      throw invalidParameter(
        `Error occurred while GetObject. S3 Error Code: ${String(name)}. S3 Error Message: ${String(message)}`,
      );
    }
  }

  /** Undefined when the object cannot be looked at; GetObject then tells why. */
  async #etagOf(code: CodeInput): Promise<unknown> {
    try {
      return (await this.#cloud.call("s3", "HeadObject", addressOf(code)))["ETag"];
    } catch (error) {
      if (error instanceof AwsError) return undefined;
      throw error;
    }
  }

  async #unpack(archive: Buffer, target: string): Promise<void> {
    const temporary = join(this.#directory, `incoming-${randomBytes(8).toString("hex")}`);
    try {
      mkdirSync(temporary);
      let files = 0;
      for await (const file of readZip(archive)) {
        files += 1;
        const path = join(temporary, file.path);
        mkdirSync(dirname(path), { recursive: true });
        if (file.isSymbolicLink) {
          const link = file.bytes.toString("utf8");
          const resolved = normalize(join(dirname(file.path), link));
          if (link.startsWith("/") || resolved.startsWith("..")) {
            throw invalidParameter(`Could not unzip uploaded file: the link ${file.path} leaves the archive.`);
          }
          symlinkSync(link, path);
        } else {
          // In one go: awaiting each of a hundred small files takes longer than unpacking them all.
          writeFileSync(path, file.bytes);
          if (file.mode !== undefined) chmodSync(path, file.mode | 0o444);
        }
      }
      if (files === 0) throw invalidParameter("Uploaded file must be a non-empty zip");
      await rename(temporary, target).catch((error: NodeJS.ErrnoException) => {
        // Another request unpacked the same zip meanwhile.
        if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
      });
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  }

  /** Node's runtimes bring the AWS SDK along: it is linked where Node looks for modules above every function, and nothing else is. */
  #provideSdk(): void {
    const require = createRequire(import.meta.url);
    const modules = join(this.#directory, "node_modules");
    rmSync(modules, { recursive: true, force: true });
    mkdirSync(modules, { recursive: true });
    for (const [scope, example] of [
      ["@aws-sdk", "@aws-sdk/client-s3/package.json"],
      ["@smithy", "@smithy/types/package.json"],
    ] as const) {
      let found: string;
      try {
        found = require.resolve(example);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
        this.#cloud.log("lambda", "the AWS SDK is not installed; functions must bundle it", { scope });
        continue;
      }
      symlinkSync(dirname(dirname(found)), join(modules, scope), "dir");
    }
  }
}

function addressOf(code: CodeInput): object {
  return {
    Bucket: code.S3Bucket,
    Key: code.S3Key,
    ...(code.S3ObjectVersion === undefined ? {} : { VersionId: code.S3ObjectVersion }),
  };
}

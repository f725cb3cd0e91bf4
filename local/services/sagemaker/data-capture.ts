import { randomUUID } from "node:crypto";
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { AwsError } from "../../kernel/aws-error.ts";
import { type SagemakerContext, SERVICE, s3Of } from "./context.ts";
import { executionPrincipal } from "./execution-role.ts";
import { joinKey, parseS3Uri, type S3Location } from "./s3-uri.ts";

/** Collects captured invocations and writes them to S3 in files of a few seconds each. */
export interface DataCapture {
  /** Keeps one line; it is on disk when this returns. */
  add(destination: CaptureDestination, line: string): void;
  /** Uploads everything that was collected. */
  flush(): Promise<void>;
  /** Uploads what a killed process left on disk. */
  recover(): Promise<void>;
}

/** Whose records they are, and below which URI they go. */
export interface CaptureDestination {
  readonly uri: string;
  readonly endpointName: string;
  readonly variantName: string;
  /** Role of the model, with which the records are written. */
  readonly roleArn: string | undefined;
}

/** Where one file of records goes. */
interface CaptureTarget extends S3Location {
  readonly roleArn?: string | undefined;
}

interface Spool {
  readonly path: string;
  readonly fd: number;
  readonly target: CaptureTarget;
  readonly lines: string[];
  sizeBytes: number;
  readonly timer: NodeJS.Timeout;
}

const FLUSH_MILLIS = 3_000;
const MAX_FILE_BYTES = 1_048_576;

/** Makes the collector. Its spool files lie in the service's directory until they are in S3. */
export function createDataCapture(context: SagemakerContext): DataCapture {
  const { cloud } = context;
  const directory = join(cloud.directory(SERVICE), "capture");
  const spools = new Map<string, Spool>();
  const uploads = new Set<Promise<void>>();

  function open(id: string, destination: CaptureDestination): Spool {
    mkdirSync(directory, { recursive: true });
    const target: CaptureTarget = { ...targetOf(destination, cloud.now()), roleArn: destination.roleArn };
    const path = join(directory, `${randomUUID()}.jsonl`);
    const fd = openSync(path, "a");
    // The first line tells a later process where the records belong.
    writeSync(fd, `${JSON.stringify(target)}\n`);
    const timer = setTimeout(() => upload(id), FLUSH_MILLIS);
    const spool = { path, fd, target, lines: [], sizeBytes: 0, timer };
    spools.set(id, spool);
    return spool;
  }

  function upload(id: string): void {
    const spool = spools.get(id);
    if (!spool) return;
    spools.delete(id);
    clearTimeout(spool.timer);
    closeSync(spool.fd);
    const work = put(spool.target, spool.lines.join(""), spool.path).finally(() => uploads.delete(work));
    uploads.add(work);
  }

  async function put({ roleArn, ...target }: CaptureTarget, body: string, path: string): Promise<void> {
    try {
      await s3Of(cloud).putObject({
        ...target,
        body,
        contentType: "application/json",
        principal: executionPrincipal(roleArn),
      });
    } catch (error) {
      cloud.log(SERVICE, `captured records not written: ${(error as Error).message}`, { ...target });
      // What S3 refuses is lost, as on AWS; after any other fault the next start of the cloud tries again.
      if (!(error instanceof AwsError) || error.statusCode >= 500) return;
    }
    rmSync(path, { force: true });
  }

  return {
    add(destination, line) {
      const id = `${destination.uri}\n${destination.endpointName}\n${destination.variantName}`;
      const spool = spools.get(id) ?? open(id, destination);
      const text = `${line}\n`;
      writeSync(spool.fd, text);
      spool.lines.push(text);
      spool.sizeBytes += Buffer.byteLength(text);
      if (spool.sizeBytes >= MAX_FILE_BYTES) upload(id);
    },
    async flush() {
      for (const id of [...spools.keys()]) upload(id);
      await Promise.all(uploads);
    },
    async recover() {
      mkdirSync(directory, { recursive: true });
      for (const name of readdirSync(directory)) {
        const path = join(directory, name);
        const [header, ...lines] = readFileSync(path, "utf8").split("\n");
        // What stands behind the last line break is a record that was being written.
        const body = lines
          .slice(0, -1)
          .map((line) => `${line}\n`)
          .join("");
        if (header && body !== "") await put(JSON.parse(header) as CaptureTarget, body, path);
        else rmSync(path, { force: true });
      }
    },
  };
}

/** `<prefix>/<endpoint>/<variant>/yyyy/mm/dd/hh/mm-ss-mmm-<uuid>.jsonl`, times in UTC. */
function targetOf(destination: CaptureDestination, nowMillis: number): S3Location {
  const location = parseS3Uri(destination.uri);
  if (!location) throw new Error(`${destination.uri} is not an S3 URI`);
  const [, day, hour, minute, second, millis] =
    /^(.{10})T(..):(..):(..)\.(...)Z$/.exec(new Date(nowMillis).toISOString()) ?? [];
  const name = `${minute}-${second}-${millis}-${randomUUID()}.jsonl`;
  const path = `${destination.endpointName}/${destination.variantName}/${day?.replaceAll("-", "/")}/${hour}/${name}`;
  return { bucket: location.bucket, key: joinKey(location.key, path) };
}

import { type ChildProcess, spawn } from "node:child_process";
import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import type { Measurement } from "./measurement.ts";

const SIZE_BYTES = 200 * 1_000_000;
const MANY_KEYS = 2_000;
const Bucket = "bench-uploads";

/** A 200 MB upload, in one piece and in parts: speed, and the largest memory of the whole local cloud's process. */
export async function run(): Promise<Measurement[]> {
  const root = mkdtempSync(join(tmpdir(), "mlops-bench-"));
  const file = join(root, "data.bin");
  writeFileSync(file, Buffer.alloc(SIZE_BYTES, "speed,phase,damage\n120,Climb,none\n"));
  const server = spawn(
    process.execPath,
    [fileURLToPath(new URL("../local/server.cjs", import.meta.url)), "--port", "0", "--state-dir", join(root, "state")],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  try {
    const endpoint = await endpointOf(server);
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const s3 = new S3Client({ endpoint, region: "us-east-1", credentials });
    await s3.send(new CreateBucketCommand({ Bucket }));
    const atStart = memoryMb(server).resident;
    const single = await seconds(() =>
      s3.send(new PutObjectCommand({ Bucket, Key: "one", Body: createReadStream(file), ContentLength: SIZE_BYTES })),
    );
    const afterSingle = memoryMb(server).peak;
    const parts = await seconds(() =>
      new Upload({
        client: s3,
        params: { Bucket, Key: "parts", Body: createReadStream(file) },
        partSize: 8 * 1024 * 1024,
      }).done(),
    );
    const peak = memoryMb(server).peak;
    const download = await seconds(async () => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: "parts" }));
      for await (const _ of Body as AsyncIterable<Uint8Array>);
    });
    const small = await seconds(async () => {
      for (let index = 0; index < MANY_KEYS; index += 1) {
        await s3.send(new PutObjectCommand({ Bucket, Key: `small/${index}`, Body: "x" }));
      }
    });
    const list = await seconds(() => s3.send(new ListObjectsV2Command({ Bucket, Prefix: "small/" })));
    s3.destroy();
    const megabytes = SIZE_BYTES / 1e6;
    return [
      { name: "upload of 200 MB in one piece", value: megabytes / single, unit: "MB/s", target: ">= 60" },
      { name: "upload of 200 MB in parts", value: megabytes / parts, unit: "MB/s", target: ">= 60" },
      { name: "memory of the local cloud before the uploads", value: atStart, unit: "MB" },
      {
        name: "largest memory of the local cloud, upload in one piece",
        value: afterSingle,
        unit: "MB",
        target: "<= 150",
      },
      { name: "largest memory of the local cloud, upload in parts", value: peak, unit: "MB", target: "<= 150" },
      { name: "download of 200 MB", value: megabytes / download, unit: "MB/s" },
      { name: "small objects written one after the other", value: MANY_KEYS / small, unit: "objects/s" },
      { name: "listing of 1,000 keys", value: list * 1_000, unit: "ms" },
    ];
  } finally {
    server.kill("SIGKILL");
    rmSync(root, { recursive: true, force: true });
  }
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1_000;
}

function endpointOf(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    server.stdout?.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      const endpoint = /listens on (\S+)/.exec(text)?.[1];
      if (endpoint !== undefined && text.includes("ready")) resolve(endpoint);
    });
    server.once("exit", (status) => reject(new Error(`the local cloud ended with status ${String(status)}`)));
  });
}

/** Resident and peak memory in MB; not a number where the system has no procfs. */
function memoryMb(server: ChildProcess): { resident: number; peak: number } {
  if (process.platform !== "linux") return { resident: Number.NaN, peak: Number.NaN };
  const status = readFileSync(`/proc/${String(server.pid)}/status`, "utf8");
  const read = (name: string): number => (Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1_024) / 1e6;
  return { resident: read("VmRSS"), peak: read("VmHWM") };
}

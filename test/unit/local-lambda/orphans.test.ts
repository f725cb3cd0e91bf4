import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { expect, test } from "vitest";
import { makeZip } from "./make-zip.ts";

test.runIf(process.platform === "linux")("the processes of functions die with a cloud that is killed", async () => {
  const state = mkdtempSync(join(tmpdir(), "lambda-orphan-"));
  const script = fileURLToPath(new URL("./cloud-process.ts", import.meta.url));
  const start = async () => {
    const child = spawn(process.execPath, ["--import", "tsx", script, state], { stdio: ["ignore", "pipe", "inherit"] });
    const endpoint = await new Promise<string>((resolve) => {
      child.stdout.on("data", (chunk: Buffer) => resolve(chunk.toString().trim()));
    });
    return {
      child,
      other: new LambdaClient({
        endpoint,
        region: "us-east-1",
        credentials: { accessKeyId: "test", secretAccessKey: "test" },
        maxAttempts: 1,
      }),
    };
  };
  const { child, other } = await start();
  const source = `import { writeFileSync } from "node:fs";
    export const handler = async (event) => {
      writeFileSync(event.file, String(process.pid));
      if (event.how === "wait") await new Promise((r) => setTimeout(r, 60_000));
      if (event.how === "spin") for (;;);
    };`;
  await other.send(
    new CreateFunctionCommand({
      FunctionName: "orphan",
      Role: "arn:aws:iam::000000000000:role/test",
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Timeout: 100,
      Code: { ZipFile: makeZip([{ name: "index.mjs", content: source }]) },
    }),
  );
  const files = ["wait", "spin", "idle"].map((how) => ({ how, file: join(state, how) }));
  const [idle, ...busy] = files.toReversed();
  const run = (event: unknown) =>
    other.send(new InvokeCommand({ FunctionName: "orphan", Payload: Buffer.from(JSON.stringify(event)) }));
  const failures = busy.map((event) => expect(run(event)).rejects.toThrow());
  await run(idle);
  await expect.poll(() => files.every(({ file }) => existsSync(file)), { timeout: 5_000 }).toBe(true);
  const alive = () =>
    files.filter(({ file }) => existsSync(`/proc/${readFileSync(file, "utf8")}`)).map(({ how }) => how);
  expect(alive()).toEqual(["wait", "spin", "idle"]);
  child.kill("SIGKILL");
  await Promise.all(failures);
  // A handler that never lets go of the processor cannot notice; the next start ends it.
  await expect.poll(alive, { timeout: 3_000 }).toEqual(["spin"]);
  const next = await start();
  await expect.poll(alive, { timeout: 3_000 }).toEqual([]);
  next.child.kill("SIGKILL");
  next.other.destroy();
  other.destroy();
  rmSync(state, { recursive: true, force: true });
});

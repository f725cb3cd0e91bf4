import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runServer, type ServerOptions } from "../../../local/process/run-server.ts";
import { createKms } from "../../../local/services/kms/index.ts";
import { createLogs } from "../../../local/services/logs/index.ts";
import { writeAssembly } from "./assembly-fixture.ts";

let stateDirectory: string;
const options = (more: Partial<ServerOptions> = {}): ServerOptions => ({
  port: 0,
  stateDirectory,
  region: "us-east-1",
  accountId: "000000000000",
  factories: [createKms, createLogs, () => ({ id: "s3", operations: {} })],
  print: () => undefined,
  ...more,
});

beforeEach(() => {
  stateDirectory = mkdtempSync(join(tmpdir(), "server-"));
});
afterEach(() => {
  rmSync(stateDirectory, { recursive: true, force: true });
});

describe("runServer", () => {
  it("deploys the template, tells where it listens, and takes the file away at the end", async () => {
    const templateDirectory = writeAssembly({
      Resources: { G: { Type: "AWS::Logs::LogGroup" } },
      Outputs: { Group: { Value: { Ref: "G" } } },
    });
    const server = await runServer(options({ templateDirectory }));
    const file = JSON.parse(readFileSync(join(stateDirectory, "local.json"), "utf8"));
    expect(file).toEqual(server.file);
    expect(file).toMatchObject({
      pid: process.pid,
      stackName: "test",
      outputs: { Group: expect.stringMatching(/^test-G-/) },
    });
    expect(await (await fetch(`${file.endpoint}/_local/health`)).json()).toEqual({ status: "ok", phase: "ready" });
    const logs = await (await fetch(`${file.endpoint}/_local/logs?service=cloudformation&lines=1`)).text();
    expect(logs).toContain("G CREATE_COMPLETE");
    await server.stop();
    expect(() => readFileSync(join(stateDirectory, "local.json"))).toThrow("ENOENT");
  });

  it("refuses a second cloud on the same state, and takes over the lock of a dead process", async () => {
    const server = await runServer(options());
    await expect(runServer(options())).rejects.toThrow(
      `a local cloud already runs on ${stateDirectory} (process ${process.pid})`,
    );
    await server.stop();
    const again = await runServer(options());
    await again.stop();
  });

  it("names a taken port and gives the state back", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    await expect(runServer(options({ port }))).rejects.toThrow(`port ${port} on 127.0.0.1 is taken`);
    other.close();
    await (await runServer(options({ port }))).stop();
  });

  it("ends when the template cannot be deployed", async () => {
    const templateDirectory = writeAssembly({ Resources: { V: { Type: "AWS::EC2::VPC" } } });
    await expect(runServer(options({ templateDirectory }))).rejects.toThrow("AWS::EC2::VPC 'V'");
    await (await runServer(options())).stop();
  });
});

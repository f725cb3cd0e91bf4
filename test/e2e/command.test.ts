import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PACKAGE_ROOT } from "../../cli/support/project.ts";
import { modelsDirectory, smallCsv, smallModel } from "./support/tabular.ts";

const MODEL = "small";
const work = mkdtempSync(join(tmpdir(), "mlops-command-"));
const state = join(work, "state");
const models = modelsDirectory({ [MODEL]: smallModel(MODEL) });

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command as a person does: another process, in a directory of its own, with nothing in the environment. */
function mlops(...args: string[]): Promise<Outcome> {
  const { AWS_ENDPOINT_URL: _, ...environment } = process.env;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(PACKAGE_ROOT, "cli/mlops.mjs"), ...args],
      { cwd: work, env: { ...environment, MLOPS_STATE: state }, maxBuffer: 1e8 },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

async function json(...args: string[]) {
  const outcome = await mlops(...args, "--json");
  expect(outcome.stderr).not.toContain("✗");
  expect(outcome.code).toBe(0);
  return JSON.parse(outcome.stdout);
}

function file(name: string, content: string): string {
  const path = join(work, name);
  writeFileSync(path, content);
  return path;
}

beforeAll(async () => {
  const up = await mlops("local", "up", "--detach", "--port", "0", "--models", models);
  expect(up.stderr).toContain("start the local cloud and deploy");
  expect(up.code).toBe(0);
});
afterAll(async () => {
  await mlops("local", "down");
  rmSync(work, { recursive: true, force: true });
});

describe("mlops local", () => {
  it("tells where it is and what the stack's outputs are", async () => {
    const status = await json("local", "status");
    expect(status).toMatchObject({ region: "us-east-1", outputs: { Stage: "dev" } });
    expect(status.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(status.outputs.TrainingStateMachineArn).toMatch(/^arn:aws:states:/);
  });

  it("prints exports that a shell understands", async () => {
    const { stdout } = await mlops("local", "env");
    expect(stdout).toMatch(/^export AWS_ENDPOINT_URL='http:\/\/127\.0\.0\.1:\d+'$/m);
    expect(stdout).toMatch(/^export AWS_REGION='us-east-1'$/m);
  });

  it("refuses to start twice on one state, and says how to stop the first", async () => {
    const second = await mlops("local", "up", "--detach", "--port", "0", "--models", models);
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(/runs already at http.*mlops local down/);
  });

  it("says that a port is taken, and what to do", async () => {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", () => done()));
    const { port } = server.address() as AddressInfo;
    const up = await mlops(
      "local",
      "up",
      "--detach",
      "--port",
      String(port),
      "--state",
      join(work, "other"),
      "--models",
      models,
    );
    server.close();
    expect(up.code).toBe(1);
    expect(up.stderr).toMatch(new RegExp(`port ${port} .* is taken.*--port`));
  });

  it("leaves a directory alone that is not its state", async () => {
    const foreign = join(work, "photos");
    mkdirSync(foreign);
    const reset = await mlops("local", "reset", "--state", foreign);
    expect(reset.code).toBe(1);
    expect(reset.stderr).toContain("does not look like the state");
  });

  it("shows an invalid definition with file, place and advice instead of a stack trace", async () => {
    const broken = modelsDirectory({ [MODEL]: smallModel(MODEL).replace("metric: auc", "metrik: auc") });
    const up = await mlops(
      "local",
      "up",
      "--detach",
      "--port",
      "0",
      "--state",
      join(work, "broken"),
      "--models",
      broken,
    );
    expect(up.code).toBe(1);
    expect(up.stderr).toMatch(/model\.yaml:\d+:\d+/);
    expect(up.stderr).toContain("metrik");
    expect(up.stderr).not.toMatch(/^ {4}at /m);
  });
});

describe("mlops on a factory", () => {
  it("has nothing to show before the first upload, and says what to do", async () => {
    expect((await mlops("versions", MODEL)).stdout).toContain("no version yet");
    expect((await mlops("runs", MODEL)).stdout).toContain("mlops upload");
    expect((await mlops("status")).stdout).toContain("upload data");
    const predict = await mlops("predict", MODEL, "--data", '{"size": 1}');
    expect(predict.code).toBe(1);
    expect(predict.stderr).toContain(`mlops status ${MODEL}`);
  });

  it("uploads, waits for the verdict, and shows runs and versions", async () => {
    const upload = await mlops("upload", MODEL, file("a.csv", smallCsv(1500, 1)), "--wait");
    expect(upload.code).toBe(0);
    expect(upload.stderr).toMatch(/accepted as batch [0-9a-f]{16}, 1500 rows/);
    await expect
      .poll(async () => (await json("status", MODEL)).models[0].champion, { timeout: 60_000, interval: 500 })
      .toBe(1);
    const status = await json("status");
    expect(status.models[0]).toMatchObject({ model: MODEL, endpoint: { name: `dev-${MODEL}`, status: "InService" } });
    expect((await json("runs", MODEL))[0]).toMatchObject({
      outcome: "succeeded",
      version: 1,
      trigger: { kind: "data" },
    });
    expect((await json("versions", MODEL))[0]).toMatchObject({ version: 1, status: "champion", verdict: "passed" });
  });

  it("reports a quarantined file by its exit code and its rules", async () => {
    const upload = await mlops("upload", MODEL, file("broken.csv", "id,size\n1,x\n"), "--wait");
    expect(upload.code).toBe(1);
    expect(upload.stderr).toMatch(/quarantined: .*column-missing/);
    expect(upload.stderr).toMatch(/report: s3:\/\//);
  });

  it("predicts, and shows a refused field", async () => {
    const answer = await json("predict", MODEL, "--data", '{"size": 90, "colour": "red"}');
    expect(answer.variant).toBe("champion");
    expect(answer.predictions[0].label).toBe("yes");
    const refused = await mlops("predict", MODEL, "--data", '{"size": "big"}');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/size.*big/);
    const rows = await json("predict", MODEL, "--file", file("rows.csv", "size,colour\n90,red\n-90,blue\n"));
    expect(rows.predictions.map((row: { label: string }) => row.label)).toEqual(["yes", "no"]);
  });

  it("retrains by command, runs a challenger and promotes it, and rolls back", async () => {
    await mlops("upload", MODEL, file("b.csv", smallCsv(1500, 2, 50_000)), "--wait");
    await expect
      .poll(async () => (await json("status", MODEL)).models[0].champion, { timeout: 60_000, interval: 500 })
      .toBe(2);
    const retrain = await mlops("retrain", MODEL, "--reason", "a test", "--wait");
    expect(retrain.stderr).toContain("byte for byte");
    const challenger = await mlops("traffic", MODEL, "--challenger", "30", "--to-version", "1");
    expect(challenger.stderr).toContain("challenger version 1 at 30 %");
    const forced = await json("predict", MODEL, "--data", '{"size": 90}', "--variant", "challenger");
    expect(forced.variant).toBe("challenger");
    const ended = await mlops("traffic", MODEL, "--end", "promote");
    expect(ended.stderr).toContain("champion version 1");
    const back = await mlops("rollback", MODEL);
    expect(back.code).toBe(0);
    expect((await json("status", MODEL)).models[0]).toMatchObject({ champion: 2, challenger: null });
  });

  it("checks drift now and shows the newest check", async () => {
    const check = await mlops("drift", MODEL, "--now");
    expect(check.code).toBe(0);
    expect((await json("drift", MODEL)).model).toBe(MODEL);
  });

  it.each([
    [["status", "nosuch"], 1, /There is no model "nosuch".*small/],
    [["traffic", MODEL], 2, /--challenger PERCENT.*--end/],
    [["traffic", MODEL, "--challenger", "100"], 1, /1 to 99/],
    [["upload", MODEL, "nosuch.csv"], 2, /nosuch\.csv is not a file/],
    [["predict", MODEL, "--data", "{oops"], 2, /not JSON/],
    [["stat"], 1, /unknown command.*|Did you mean status/],
  ] as Array<[string[], number, RegExp]>)("%j is refused with advice", async (args, code, message) => {
    const outcome = await mlops(...args);
    expect(outcome.code).toBe(code);
    expect(outcome.stderr).toMatch(message);
    expect(outcome.stderr).not.toMatch(/^ {4}at /m);
  });
});

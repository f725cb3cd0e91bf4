import { execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runningLocalCloud } from "../../cli/support/local-cloud.ts";
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
    expect(status).toMatchObject({ region: "us-east-1", pid: expect.any(Number), outputs: { Stage: "dev" } });
    expect(Object.keys(status.outputs)).toEqual(
      expect.arrayContaining([
        "DataBucketName",
        "ArtifactBucketName",
        "RegistryTableName",
        "TrainingStateMachineArn",
        "DeliveryStateMachineArn",
        "AlertTopicArn",
      ]),
    );
    // The stack's outputs, as CloudFormation tells them.
    expect((await json("status")).outputs).toEqual(status.outputs);
    expect(status.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(status.outputs.TrainingStateMachineArn).toMatch(/^arn:aws:states:/);
  });

  it("prints exports that a shell understands", async () => {
    const { stdout } = await mlops("local", "env");
    expect(stdout).toMatch(/^export AWS_ENDPOINT_URL='http:\/\/127\.0\.0\.1:\d+'$/m);
    expect(stdout).toMatch(/^export AWS_REGION='us-east-1'$/m);
    const seen = await new Promise<string>((resolve, reject) => {
      const show =
        'printf "%s " "$AWS_ENDPOINT_URL" "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY"; env | grep -c AWS_SESSION_TOKEN';
      execFile(
        "sh",
        ["-c", `${stdout}${show}`],
        { env: { AWS_SESSION_TOKEN: "of the person's real account" } },
        (error, text) => (error === null || error.code === 1 ? resolve(text) : reject(error)),
      );
    });
    expect(seen).toMatch(/^http:\/\/127\.0\.0\.1:\d+ local local 0\n$/);
  });

  it("listens on the loopback address only", async () => {
    const { endpoint } = await json("local", "status");
    const port = Number(new URL(endpoint).port).toString(16).toUpperCase().padStart(4, "0");
    // https://docs.kernel.org/networking/proc_net_tcp.html: the local address is hexadecimal, 0A means that it listens.
    const listening = ["/proc/net/tcp", "/proc/net/tcp6"]
      .filter((table) => existsSync(table))
      .flatMap((table) => readFileSync(table, "utf8").split("\n"))
      .map((line) => line.trim().split(/\s+/))
      .filter((words) => words[3] === "0A" && words[1]?.endsWith(`:${port}`));
    if (existsSync("/proc/net/tcp")) expect(listening.map((words) => words[1])).toEqual([`0100007F:${port}`]);
    expect(endpoint).toMatch(/^http:\/\/127\.0\.0\.1:/);
  });

  it("stops and starts again on the state that it left, in the foreground too, and deletes it on request", async () => {
    const own = join(work, "own");
    const up = ["local", "up", "--port", "0", "--state", own, "--models", models];
    expect((await mlops(...up, "--detach")).code).toBe(0);
    const first = runningLocalCloud(own);
    await mlops("local", "down", "--state", own);
    await expect(fetch(`${first?.endpoint}/_local/health`)).rejects.toThrow();
    expect((await mlops("local", "status", "--state", own)).stderr).toContain("mlops local up");

    const { AWS_ENDPOINT_URL: _, ...env } = process.env;
    const foreground = spawn(process.execPath, [join(PACKAGE_ROOT, "cli/mlops.mjs"), ...up], { cwd: work, env });
    let said = "";
    foreground.stderr.on("data", (text) => {
      said += text;
    });
    await expect.poll(() => said, { timeout: 60_000 }).toContain("Running; Ctrl-C stops it.");
    expect(existsSync(join(own, "cloudformation"))).toBe(true);
    const running = runningLocalCloud(own);
    // A queue's URL holds the port; all else is what it was.
    const withoutPort = (info: typeof first) =>
      JSON.parse(JSON.stringify(info?.outputs).replaceAll(info?.endpoint ?? "", ""));
    expect(withoutPort(running)).toEqual(withoutPort(first));
    expect(running?.outputs["IngestQueueUrl"]?.startsWith(running.endpoint)).toBe(true);
    foreground.kill("SIGINT");
    await new Promise((done) => foreground.once("close", done));
    await expect(fetch(`${running?.endpoint}/_local/health`)).rejects.toThrow();

    expect((await mlops("local", "reset", "--state", own)).stderr).toContain("is gone");
    expect(existsSync(own)).toBe(false);
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

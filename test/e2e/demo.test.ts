import { type ExecFileException, execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InvokeEndpointCommand, SageMakerRuntimeClient } from "@aws-sdk/client-sagemaker-runtime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DemoReport } from "../../cli/demo/report.ts";
import { ensureAssembly } from "../../cli/local/assembly.ts";
import { stopLocalCloud } from "../../cli/local/control.ts";
import { localEnvironment, runningLocalCloud } from "../../cli/support/local-cloud.ts";
import { PACKAGE_ROOT } from "../../cli/support/project.ts";

const state = join(PACKAGE_ROOT, ".mlops/demo");
const directory = mkdtempSync(join(tmpdir(), "mlops-demo-"));

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly report: DemoReport;
}

/** `npm run demo -- --json FILE ...` */
function demo(name: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const file = join(directory, `${name}.json`);
  const command = [join(PACKAGE_ROOT, "cli/mlops.mjs"), "demo", "--json", file, ...args];
  const options = { cwd: PACKAGE_ROOT, maxBuffer: 1e8, env: { ...process.env, NO_COLOR: "1", ...environment } };
  return new Promise((resolve) => {
    execFile(process.execPath, command, options, (error: ExecFileException | null, stdout) => {
      const report = JSON.parse(readFileSync(file, "utf8")) as DemoReport;
      resolve({ code: error === null ? 0 : Number(error.code), stdout, report });
    });
  });
}

let outcome: Outcome;

beforeAll(async () => {
  // Somebody has run the demo before: there is nothing to synthesize again.
  await ensureAssembly({ stage: "dev" });
  outcome = await demo("kept", ["--keep"]);
}, 300_000);
afterAll(async () => {
  await stopLocalCloud(state);
  rmSync(directory, { recursive: true, force: true });
});

describe("npm run demo", () => {
  it("shows the whole loop on real data within its time, and says so by its exit code", () => {
    expect(outcome.code, outcome.stdout).toBe(0);
    expect(outcome.report.ok).toBe(true);
    expect(outcome.report.error).toBeUndefined();
    expect(outcome.report.seconds).toBeLessThan(240);
  });

  it("does not synthesize again what has not changed", () => {
    expect(outcome.report.timings["synthSeconds"]).toBe(0);
    expect(outcome.stdout).toMatch(/✓ synthesize the stack: unchanged/);
    expect(outcome.report.timings["readySeconds"]).toBeGreaterThan(0);
    expect(outcome.report.timings["firstInServiceSeconds"]).toBeGreaterThan(0);
  });

  it("trains version 1, which serves, and answers requests with named fields", () => {
    const { versions, predictions, endpoint } = outcome.report;
    expect(versions[0]).toMatchObject({ version: 1, verdict: "passed" });
    expect(versions[0]?.metrics["auc"]).toBeGreaterThan(0.7);
    expect(endpoint).toBe("dev-birdstrike-damage");
    expect(predictions.length).toBeGreaterThanOrEqual(3);
    for (const { prediction, variant, instance } of predictions) {
      expect(Object.keys(instance)).toContain("Speed IAS in knots");
      expect(prediction).toEqual({ probability: expect.any(Number), label: expect.stringMatching(/^(none|damage)$/) });
      expect(variant).toBe("champion");
    }
  });

  it("compares version 2 with version 1 on the same rows, prints the comparison and who serves", () => {
    expect(outcome.report.versions[1]).toMatchObject({
      version: 2,
      verdict: expect.stringMatching(/^(passed|failed|undecided)$/),
      status: expect.any(String),
      summary: expect.any(String),
    });
    expect(outcome.stdout).toMatch(/challenger \(version 2\) .*0\.\d+/);
    expect(outcome.stdout).toMatch(/champion \(version 1\) .*0\.\d+/);
    expect(outcome.stdout).toMatch(/paired test \(\w+\): auc differs by [+-]0\.\d+, interval/);
    expect(outcome.stdout).toMatch(/Gate: (passed|failed|undecided)\..*\nVersion \d serves now\./);
  });

  it("sets a broken file aside with the reasons, and the champion goes on", () => {
    const [quarantined] = outcome.report.quarantined;
    expect(quarantined?.key).toBe("birdstrike-damage/incoming/birdstrikes-broken.csv");
    const rules = quarantined?.reasons.map((reason) => reason.rule);
    expect(rules).toEqual(expect.arrayContaining(["column-missing", "type", "range"]));
    expect(outcome.stdout).toMatch(/Alert sent: .*\. Version \d goes on answering \(champion\)\./);
  });

  it("reports what it finds in real traffic, and puts the speed in km/h on top, alerts and retrains", () => {
    const { drift, alerts, versions } = outcome.report;
    expect(drift.map(({ period }) => period)).toEqual(["2001-2002 as reported", "2001-2002 with the speed in km/h"]);
    for (const check of drift) {
      expect(check.features.length).toBeGreaterThan(3);
      expect(check.reason.length).toBeGreaterThan(20);
    }
    expect(drift[1]).toMatchObject({ alarmed: true, level: "act", retraining: { started: true } });
    expect(drift[1]?.features[0]).toMatchObject({ feature: "Speed IAS in knots", level: "act" });
    expect(drift[1]?.features[0]?.debiasedPsi).toBeGreaterThan(0.1);
    expect(versions.length).toBeGreaterThanOrEqual(3);
    expect(alerts.length).toBeGreaterThanOrEqual(2);
    expect(alerts.map(({ subject }) => subject).join("\n")).toMatch(/drift/i);
  });

  it("runs a challenger at 20 % of the traffic and takes it out again", () => {
    const { traffic, champion, versions } = outcome.report;
    expect(traffic.answersByVariant["challenger"]).toBeGreaterThan(50);
    expect(traffic.answersByVariant["challenger"]).toBeLessThan(150);
    expect(traffic.challengerVersion).not.toBe(champion);
    expect(Object.keys(traffic.afterRemoval)).toEqual(["champion"]);
    expect(versions.find((version) => version.status === "champion")?.version).toBe(champion);
  });

  it("shows its progress all along, and ends with where the reports are and what to type next", () => {
    const chapters = [...outcome.stdout.matchAll(/^(\d)\. /gm)].map(([, number]) => Number(number));
    expect(chapters).toEqual([1, 2, 3, 4, 5, 6, 7]);
    const end = outcome.stdout.slice(outcome.stdout.indexOf("Done in"));
    expect(end).toMatch(/Gate reports +s3:\/\/.*\/reports\/gate\//);
    expect(end).toMatch(/Drift reports +s3:\/\/.*\/reports\/drift\//);
    expect(end).toMatch(/Quarantine +s3:\/\//);
    expect(end).toContain("npx mlops local down --state");
  });

  it("leaves the local cloud up when it is told to keep it, and it answers", async () => {
    const info = runningLocalCloud(state);
    expect(info).toBeDefined();
    if (info === undefined) return;
    Object.assign(process.env, localEnvironment(info));
    const answer = await new SageMakerRuntimeClient({}).send(
      new InvokeEndpointCommand({
        EndpointName: outcome.report.endpoint,
        ContentType: "application/json",
        Body: JSON.stringify({ instances: [{}] }),
      }),
    );
    expect(answer.InvokedProductionVariant).toBe("champion");
  });

  it("fails by its exit code and in its report when a step cannot be done, and then keeps nothing up", async () => {
    const failed = await demo("failed", [], { MLOPS_PYTHON: "/nonexistent/python3" });
    expect(failed.code).toBe(1);
    expect(failed.report.ok).toBe(false);
    expect(failed.report.error).toBeDefined();
    expect(failed.stdout).toMatch(/\/nonexistent\/python3.*(apt-get|brew) install/s);
    expect(runningLocalCloud(state)).toBeUndefined();
  });
});

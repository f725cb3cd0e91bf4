import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { operate } from "../../cli/support/operate.ts";
import { PACKAGE_ROOT } from "../../cli/support/project.ts";
import type { DatasetDiff } from "../../core/dataset/compare-datasets.ts";
import type { DatasetManifest } from "../../core/plans/dataset-plan.ts";
import { type DeployedFactory, deployFactory, putAndWait, settle } from "./support/factory.ts";
import { modelsDirectory, smallCsv, smallModel } from "./support/tabular.ts";

const run = promisify(execFile);
const scratch = mkdtempSync(join(tmpdir(), "mlops-datasets-"));
const models = modelsDirectory({ things: smallModel("things") });
let factory: DeployedFactory;
beforeAll(async () => {
  factory = await deployFactory({ models });
});
afterAll(async () => {
  await factory?.stop();
  rmSync(scratch, { recursive: true, force: true });
});

/** Runs the command as a person does. */
async function mlops(...args: string[]): Promise<{ stdout: string; code: number }> {
  try {
    const { stdout } = await run(process.execPath, [join(PACKAGE_ROOT, "cli/mlops.mjs"), ...args], {
      cwd: PACKAGE_ROOT,
    });
    return { stdout, code: 0 };
  } catch (error) {
    const { stdout, code } = error as { stdout: string; code: number };
    return { stdout, code };
  }
}

async function answer<T>(...args: string[]): Promise<T> {
  const { stdout, code } = await mlops(...args, "--json");
  expect(code, stdout).toBe(0);
  return JSON.parse(stdout) as T;
}

describe("dataset versions", () => {
  it("train to the same artifact, byte for byte, however often", async () => {
    await putAndWait(factory.session, "things", "first.csv", smallCsv(1500, 1));
    await settle(factory.session, "things", 1);
    await operate(factory.session, { action: "retrain", model: "things", reason: "reproduce" });
    await settle(factory.session, "things", 2);
    const [second, first] = await factory.session.registry.listVersions("things", 10);
    expect(second?.runId).not.toBe(first?.runId);
    expect(second?.datasetId).toBe(first?.datasetId);
    expect(second?.artifactSha256).toBe(first?.artifactSha256);
    expect(await factory.session.registry.listDatasets("things", 10)).toHaveLength(1);
  });

  it("are listed, shown and compared", async () => {
    await putAndWait(factory.session, "things", "second.csv", smallCsv(1000, 2, 1500).replaceAll("blue", "violet"));
    await settle(factory.session, "things", 3);
    const log = await answer<{ datasetId: string; versions: number[]; rows: { total: number } }[]>(
      "data",
      "log",
      "things",
    );
    expect(log.map(({ rows, versions }) => [rows.total, versions])).toEqual([
      [2500, [3]],
      [1500, [2, 1]],
    ]);
    const shown = await answer<{ manifest: DatasetManifest; files: { file: string }[] }>("data", "show", "things");
    expect(shown.manifest.datasetId).toBe(log[0]?.datasetId);
    expect(shown.files.map(({ file }) => file)).toEqual(["first.csv", "second.csv"]);
    const diff = await answer<DatasetDiff>("data", "diff", "things");
    expect(diff).toMatchObject({
      before: log[1]?.datasetId,
      after: log[0]?.datasetId,
      batches: { kept: 1, removed: [] },
    });
    const colour = diff.columns.changes.find(({ column }) => column === "colour");
    expect(colour).toMatchObject({ newLevels: ["violet"] });
    for (const args of [["log"], ["show"], ["diff"], ["sql"]]) {
      const { stdout, code } = await mlops("data", ...args, "things");
      expect(code, args.join(" ")).toBe(0);
      expect(stdout.length).toBeGreaterThan(100);
    }
  });

  it("are checked out with the exact rows, also after the objects were written over", async () => {
    const [newest, oldest] = await factory.session.registry.listDatasets("things", 2);
    const part = (await answer<{ manifest: DatasetManifest }>("data", "show", "things", "v1")).manifest.parts.train[0];
    expect(part).toBeDefined();
    const Bucket = factory.session.outputs.DataBucketName;
    await factory.session.s3.send(new PutObjectCommand({ Bucket, Key: part?.key, Body: "size,colour,bad\n1,red,1\n" }));
    const out = join(scratch, "checkout");
    const { parts } = await answer<{ parts: { name: string; rows: number }[] }>(
      "data",
      "checkout",
      "things",
      oldest?.datasetId.slice(0, 6) ?? "",
      "--out",
      out,
    );
    const manifest = JSON.parse(readFileSync(join(out, "manifest.json"), "utf8")) as DatasetManifest;
    expect(manifest.datasetId).toBe(oldest?.datasetId);
    const expected = [...manifest.parts.train, ...manifest.parts.validation, ...manifest.parts.test];
    expect(parts.map(({ rows }) => rows)).toEqual(expected.map(({ rows }) => rows));
    for (const [index, { name }] of parts.entries()) {
      const hash = createHash("sha256")
        .update(readFileSync(join(out, name)))
        .digest("hex");
      expect(hash, name).toBe(expected[index]?.sha256);
    }
    expect((await mlops("data", "checkout", "things", newest?.datasetId ?? "", "--out", out)).code).toBe(2);
  });
});

describe("mlops validate", () => {
  it("gives the verdict that the cloud gives", async () => {
    const good = join(scratch, "good.csv");
    const bad = join(scratch, "bad.csv");
    writeFileSync(good, smallCsv(300, 3, 5000));
    writeFileSync(
      bad,
      smallCsv(300, 4, 6000)
        .replace(",red,", ",,")
        .replaceAll(/^6007,[^,]*/gm, "6007,huge"),
    );
    for (const [file, code] of [
      [good, 0],
      [bad, 1],
    ] as const) {
      const offline = await mlops("validate", file, "--model", "things", "--models", models, "--json");
      expect(offline.code, offline.stdout).toBe(code);
      const verdict = JSON.parse(offline.stdout);
      const batch = await putAndWait(factory.session, "things", `${code}.csv`, readFileSync(file));
      expect(verdict.verdict).toBe(batch.status);
      expect(verdict.reasons.map(({ rule }: { rule: string }) => rule)).toEqual(batch.rules);
      if (code === 0) expect(verdict.rows).toEqual(batch.rows);
    }
  });
});

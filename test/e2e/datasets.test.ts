import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { dataCheckout } from "../../cli/commands/data-checkout.ts";
import { dataDiff } from "../../cli/commands/data-diff.ts";
import { dataLog } from "../../cli/commands/data-log.ts";
import { dataShow } from "../../cli/commands/data-show.ts";
import { dataSql } from "../../cli/commands/data-sql.ts";
import { validate } from "../../cli/commands/validate.ts";
import { operate } from "../../cli/support/operate.ts";
import type { DatasetDiff } from "../../core/dataset/compare-datasets.ts";
import type { DatasetManifest } from "../../core/plans/dataset-plan.ts";
import { type DeployedFactory, deployFactory, putAndWait, settle } from "./support/factory.ts";
import { modelsDirectory, smallCsv, smallModel } from "./support/tabular.ts";

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

/** What a command writes to standard output. */
async function output(command: () => Promise<void>): Promise<string> {
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  try {
    await command();
    return write.mock.calls.map(([text]) => String(text)).join("");
  } finally {
    write.mockRestore();
  }
}

async function answer<T>(command: () => Promise<void>): Promise<T> {
  return JSON.parse(await output(command)) as T;
}

const asJson = { stage: "dev", json: true } as const;
const asText = { stage: "dev", json: false, quiet: true } as const;

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
    const log = await answer<{ datasetId: string; versions: number[]; rows: { total: number } }[]>(() =>
      dataLog("things", { ...asJson, limit: 20 }),
    );
    expect(log.map(({ rows, versions }) => [rows.total, versions])).toEqual([
      [2500, [3]],
      [1500, [2, 1]],
    ]);
    const shown = await answer<{ manifest: DatasetManifest; files: { file: string }[] }>(() =>
      dataShow("things", undefined, asJson),
    );
    expect(shown.manifest.datasetId).toBe(log[0]?.datasetId);
    expect(shown.files.map(({ file }) => file)).toEqual(["first.csv", "second.csv"]);
    const diff = await answer<DatasetDiff>(() => dataDiff("things", undefined, undefined, asJson));
    expect(diff).toMatchObject({
      before: log[1]?.datasetId,
      after: log[0]?.datasetId,
      batches: { kept: 1, removed: [] },
    });
    const colour = diff.columns.changes.find(({ column }) => column === "colour");
    expect(colour).toMatchObject({ newLevels: ["violet"] });
    const id = log[0]?.datasetId ?? "";
    expect(await output(() => dataLog("things", { ...asText, limit: 20 }))).toMatch(/v2, v1/);
    expect(await output(() => dataShow("things", id.slice(0, 5), asText))).toMatch(/violet|green|red/);
    expect(await output(() => dataDiff("things", "v1", "v3", asText))).toMatch(/new levels: violet/);
    expect(await output(() => dataSql("things", undefined, asText))).toContain("CREATE EXTERNAL TABLE things_training");
  });

  it("are checked out with the exact rows, also after the objects were written over", async () => {
    const [newest, oldest] = await factory.session.registry.listDatasets("things", 2);
    const part = (await answer<{ manifest: DatasetManifest }>(() => dataShow("things", "v1", asJson))).manifest.parts
      .train[0];
    expect(part).toBeDefined();
    const Bucket = factory.session.outputs.DataBucketName;
    await factory.session.s3.send(new PutObjectCommand({ Bucket, Key: part?.key, Body: "size,colour,bad\n1,red,1\n" }));
    const out = join(scratch, "checkout");
    const { parts } = await answer<{ parts: { name: string; rows: number }[] }>(() =>
      dataCheckout("things", oldest?.datasetId.slice(0, 6) ?? "", { ...asJson, out }),
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
    await expect(dataCheckout("things", newest?.datasetId ?? "", { ...asJson, out })).rejects.toThrow("is not empty");
  });
});

interface Verdict {
  readonly verdict: string;
  readonly rows: object;
  readonly reasons: readonly { readonly rule: string }[];
  readonly warnings: readonly { readonly rule: string }[];
  readonly comparedWith: { readonly source: string; readonly batches: number } | null;
  readonly notJudged: object | null;
}

async function reportOf(key: string): Promise<Pick<Verdict, "warnings">> {
  const { s3, outputs } = factory.session;
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: outputs.DataBucketName, Key: key }));
  return JSON.parse((await Body?.transformToString()) ?? "");
}

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
      process.exitCode = 0;
      const verdict = await answer<Verdict>(() =>
        validate(file, { model: "things", models, json: true, stage: "dev", offline: false }),
      );
      expect(process.exitCode).toBe(code);
      process.exitCode = 0;
      const batch = await putAndWait(factory.session, "things", `${code}.csv`, readFileSync(file));
      expect(verdict.verdict).toBe(batch.status);
      expect(verdict.reasons.map(({ rule }) => rule)).toEqual(batch.rules);
      if (code === 0) expect(verdict.rows).toEqual(batch.rows);
      // It knows the batches before, as ingest does.
      expect(verdict.notJudged).toBeNull();
      expect(verdict.comparedWith).toMatchObject({ source: "stage dev" });
      expect(verdict.comparedWith?.batches).toBeGreaterThan(0);
      expect(verdict.warnings).toEqual((await reportOf(batch.reportKey ?? "")).warnings);
    }
    const again = await answer<Verdict>(() =>
      validate(good, { model: "things", models, json: true, stage: "dev", offline: false }),
    );
    expect(again.warnings.map(({ rule }) => rule)).toContain("file-repeated");
  });
});

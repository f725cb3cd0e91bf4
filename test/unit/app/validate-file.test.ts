import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { loadBatchContext } from "../../../app/use-cases/batch-context.ts";
import {
  contextOfFiles,
  type LocalFile,
  offlineBatch,
  rulesAboutEarlierBatches,
  validateFile,
} from "../../../app/use-cases/validate-file.ts";
import { fileObjects } from "../../../cli/support/file-objects.ts";
import type { BatchReport } from "../../../core/data/report/batch-report.ts";
import { parseDefinition } from "../../../core/definition/parse.ts";
import { upload } from "../../support/machine-driver.ts";
import { createWorld, publish, strikesCsv, testDefinitionYaml, type World } from "../../support/memory-ports.ts";

const NOW = new Date("2026-01-02T00:00:00Z");
const definition = parseDefinition(testDefinitionYaml(), "model.yaml");
const folder = mkdtempSync(join(tmpdir(), "validate-"));
afterAll(() => rmSync(folder, { recursive: true }));

function local(name: string, text: string): LocalFile {
  const path = join(folder, name);
  writeFileSync(path, text);
  return { name, objects: fileObjects(path) };
}

const EARLIER = [strikesCsv(600), strikesCsv(600, 600), strikesCsv(600, 1_200)];

async function world(): Promise<World> {
  const made = createWorld();
  await publish(made);
  for (const [index, text] of EARLIER.entries()) await upload(made, `strikes/incoming/earlier-${index}.csv`, text);
  return made;
}

async function verdictOfTheCloud(text: string): Promise<BatchReport> {
  const made = await world();
  const { batchId } = await upload(made, "strikes/incoming/new.csv", text);
  const [key = ""] = made.objects.keys("data", "strikes/").filter((one) => one.endsWith(`${batchId}/report.json`));
  return JSON.parse((await made.objects.readText({ bucket: "data", key }))?.text ?? "") as BatchReport;
}

/** What a report says, without when and where it was made. */
function said({ verdict, rows, reasons, warnings, features, comparedWith }: BatchReport): object {
  const plain = (message: string) => message.replaceAll(/\(batch [^)]*\)/g, "(batch)");
  const told = warnings.map((warning) => ({ ...warning, message: plain(warning.message) }));
  return { verdict, rows, reasons, warnings: told, features, comparedWith };
}

const CASES = [
  { name: "a clean file", rules: [], text: strikesCsv(600, 9_000) },
  { name: "the same file again", rules: ["file-repeated"], text: EARLIER[1] ?? "" },
  { name: "known rows", rules: ["known-keys"], text: strikesCsv(700, 900) },
  { name: "few rows", rules: ["row-count"], text: strikesCsv(30, 9_000) },
  {
    name: "a drifted number",
    rules: ["batch-drift"],
    text: strikesCsv(600, 9_000).replaceAll(
      /^(\d+),(\d+),/gm,
      (_, id, speed) => `${id},${300 + (Number(speed) % 200)},`,
    ),
  },
  { name: "new levels", rules: ["new-levels"], text: strikesCsv(600, 9_000).replaceAll("Climb", "climb") },
  { name: "a broken row", rules: ["type"], text: strikesCsv(600, 9_000).replace(/^9100,\d+/m, "9100,fast") },
];

describe("validating a file on this machine", () => {
  it.each(CASES)("gives the cloud's verdict when a stage's batches are loaded: $name", async ({ rules, text }) => {
    const made = await world();
    const context = await loadBatchContext(made.factory, offlineBatch(definition, "new.csv", NOW), definition);
    const { report } = await validateFile(local("new.csv", text), definition, NOW, context);
    const found = [...report.reasons, ...report.warnings].map(({ rule }) => rule);
    expect(found).toEqual(expect.arrayContaining(rules));
    expect(said(report)).toEqual(said(await verdictOfTheCloud(text)));
  });

  it.each(CASES)("gives the cloud's verdict when the earlier files are at hand: $name", async ({ text }) => {
    const files = EARLIER.map((one, index) => local(`earlier-${index}.csv`, one));
    const { context, leftOut } = await contextOfFiles(files, definition, NOW);
    expect(leftOut).toEqual([]);
    const { report } = await validateFile(local("new.csv", text), definition, NOW, context);
    expect(said(report)).toEqual(said(await verdictOfTheCloud(text)));
  });

  it("leaves earlier files out that would not have become a batch, and says why", async () => {
    const bad = local("bad.csv", "nothing\n1\n");
    const { context, leftOut } = await contextOfFiles([bad, local("good.csv", strikesCsv(600))], definition, NOW);
    expect(leftOut).toMatchObject([{ name: "bad.csv", rules: expect.arrayContaining(["column-missing"]) }]);
    expect(context.batches.map(({ fileName }) => fileName)).toEqual(["good.csv"]);
  });

  it("names exactly the rules that say nothing without earlier batches", async () => {
    const named = new Set<string>(rulesAboutEarlierBatches(definition));
    expect([...named].sort()).toEqual(
      [
        "batch-drift",
        "file-repeated",
        "known-keys",
        "new-levels",
        "row-count",
        "schema-change",
        "target-balance",
      ].sort(),
    );
    for (const { rules, text } of CASES) {
      const { report } = await validateFile(local("new.csv", text), definition, NOW);
      const found = [...report.reasons, ...report.warnings].map(({ rule }) => rule as string);
      expect(found).toEqual(rules.filter((rule) => !named.has(rule)));
    }
    const off = testDefinitionYaml().replace("  key: [id]", "  key: [id]\n  rules: { known-keys: { severity: off } }");
    expect(rulesAboutEarlierBatches(parseDefinition(off, "model.yaml"))).not.toContain("known-keys");
  });
});

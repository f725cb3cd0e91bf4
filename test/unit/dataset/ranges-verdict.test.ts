import { describe, expect, it } from "vitest";
import type { Factory } from "../../../app/factory.ts";
import { ingestBatch } from "../../../app/use-cases/ingest-batch.ts";
import { decideRanges, placeRanges } from "../../../app/use-cases/merge-ranges.ts";
import { ingestRange, type RangeRequest, scanRange } from "../../../app/use-cases/read-range.ts";
import type { BatchReport } from "../../../core/data/report/batch-report.ts";
import { STRIKE_HEADER, STRIKE_YAML } from "../../fixtures/data/definitions.ts";
import { createWorld, publish, type World } from "../../support/memory-ports.ts";

/** Above this a file goes through ranges of a quarter of it. */
const LARGE_FILE_BYTES = 20_000;
const ROWS = 800;
const YAML = STRIKE_YAML.replace("night: { type: boolean }", "night: { type: boolean, maxNullFraction: 0.9 }");

type Change = (row: string[], index: number) => string[];

/** Rows whose values rise and fall, so that nothing gives the target away. */
function rows(first: number, change: Change = (row) => row, count = ROWS): string[] {
  return Array.from({ length: count }, (_, index) => {
    const n = index + first;
    const hash = (n * 2_654_435_761) % 4_294_967_296;
    const phase = ["Climb", "Approach"][(hash >> 3) % 2] ?? "Climb";
    const row = [`r${n}`, "2001-01-02", String(hash % 400), phase, "Small", String(hash % 5 < 2)];
    return change([...row, hash % 7 === 0 ? "Minor" : "None"], index).join(",");
  });
}

function file(first: number, change?: Change, count = ROWS, header = STRIKE_HEADER): string {
  return `${[header, ...rows(first, change, count)].join("\n")}\n`;
}

async function uploadTo(world: World, factory: Factory, name: string, text: string): Promise<string> {
  const key = `strikes/incoming/${name}`;
  const { versionId, sizeBytes } = world.objects.store({ bucket: "data", key }, text);
  const { outcome, batchId } = await ingestBatch(factory, { bucket: "data", key, versionId, sizeBytes }, key);
  if (outcome === "handed-over") {
    const execution = [...world.orchestrator.executions.values()].find(({ name: run }) => run.includes(batchId ?? "?"));
    if (execution === undefined) throw new Error(`no execution has ${batchId}`);
    const { ranges } = execution.input as { ranges: RangeRequest["range"][] };
    const batch = { model: "strikes", batchId: batchId ?? "" };
    for (const range of ranges) await scanRange(factory, { ...batch, range });
    await placeRanges(factory, batch);
    for (const range of ranges) await ingestRange(factory, { ...batch, range });
    await decideRanges(factory, batch);
  }
  return batchId ?? "";
}

interface Outcome {
  readonly wasCut: boolean;
  readonly status: string | undefined;
  readonly split: object | null | undefined;
  readonly report: BatchReport;
  readonly page: boolean;
  readonly alerts: readonly string[];
  readonly parts: string;
}

async function outcome(
  largeFileBytes: number,
  yaml: string,
  earlier: readonly string[],
  text: string,
): Promise<Outcome> {
  const world = createWorld();
  const factory: Factory = { ...world.factory, settings: { ...world.factory.settings, largeFileBytes } };
  await publish(world, yaml);
  for (const [index, one] of earlier.entries()) await uploadTo(world, factory, `earlier-${index}.csv`, one);
  world.alerts.length = 0;
  const before = world.orchestrator.executions.size;
  const batchId = await uploadTo(world, factory, "new.csv", text);
  const ingests = [...world.orchestrator.executions.values()].slice(before).map(({ name }) => name);
  const item = await world.registry.getBatch("strikes", batchId);
  const keys = world.objects.keys("data", "strikes/").filter((key) => key.includes(batchId));
  const read = async (key: string) => (await world.objects.readText({ bucket: "data", key }))?.text ?? "";
  const reportKey = keys.find((key) => key.endsWith("report.json")) ?? "";
  const train = keys.filter((key) => key.includes("/train/"));
  const texts = await Promise.all(train.map(read));
  return {
    wasCut: ingests.some((name) => name.includes(batchId)),
    status: item?.status,
    split: item?.rows,
    report: JSON.parse(await read(reportKey)) as BatchReport,
    page: keys.some((key) => key.endsWith("report.html")),
    alerts: world.alerts.map(({ kind, title }) => `${kind}: ${title}`),
    parts: texts.map((part, index) => (index === 0 ? part : part.slice(part.indexOf("\n") + 1))).join(""),
  };
}

/** A message without what differs between any two uploads. */
const plain = (message: string) => message.replaceAll(/\b[0-9a-f]{16}\b|\d{4}-\d\d-\d\dT[\d:.]+Z/g, "#");

function comparable({ report, ...rest }: Outcome): object {
  const { batchId: _, source: __, decidedAt: ___, reasons, warnings, features, ...same } = report;
  const told = (findings: BatchReport["warnings"]) =>
    findings.map((finding) => ({
      ...finding,
      message: plain(finding.message),
      // A key that comes again in another range is counted, but its row is not told.
      examples: finding.rule === "repeated-keys" ? [] : finding.examples,
    }));
  const rounded = features.map(({ mean, standardDeviation, ...feature }) => ({
    ...feature,
    mean: mean?.toPrecision(9),
    standardDeviation: standardDeviation?.toPrecision(9),
  }));
  return { ...rest, wasCut: undefined, ...same, reasons: told(reasons), warnings: told(warnings), features: rounded };
}

const EARLIER = [0, 1, 2].map((n) => file(n * 10_000));
const NEW = 90_000;
const strict = (rule: string) =>
  YAML.replace("  time: date", `  time: date\n  rules: { ${rule}: { severity: reject } }`);
const half = (index: number) => index < ROWS / 2;

const CASES: readonly (readonly [string, string, string, string?])[] = [
  ["a clean file", "", file(NEW)],
  ["repeated keys", "repeated-keys", file(NEW, (row, index) => row.with(0, `k${index % 600}`))],
  ["the same file again", "file-repeated", file(10_000)],
  ["the same file again, rejected", "file-repeated", file(10_000), strict("file-repeated")],
  ["keys of earlier batches", "known-keys", file(10_200)],
  ["keys of earlier batches, rejected", "known-keys", file(10_200), strict("known-keys")],
  [
    "far more rows",
    "row-count",
    file(NEW, undefined, 6 * ROWS),
    YAML.replace("  time: date", "  time: date\n  rules: { row-count: { maxFraction: 3 } }"),
  ],
  ["a row of the future", "time-range", file(NEW, (row, index) => (index === 700 ? row.with(1, "2091-01-01") : row))],
  ["an impossible past", "time-range", file(NEW, (row, index) => (index === 600 ? row.with(1, "1066-10-14") : row))],
  ["old rows", "time-order", file(NEW, (row) => row.with(1, "2000-12-24"))],
  ["new levels", "new-levels", file(NEW, (row, index) => (index % 9 === 0 ? row.with(3, "climb") : row))],
  ["a drifted number", "batch-drift", file(NEW, (row) => row.with(2, String(200 + (Number(row[2]) % 400))))],
  [
    "another class balance",
    "target-balance",
    file(NEW, (row, index) => (index % 2 === 0 ? row.with(6, "Minor") : row)),
  ],
  ["a feature that is the target", "leakage", file(NEW, (row) => row.with(2, row[6] === "None" ? "1" : "2"))],
  ["a value for one class only", "leakage-missing", file(NEW, (row) => row.with(5, row[6] === "None" ? "" : "true"))],
  ["one column more", "schema-change", file(NEW, (row) => [...row, "x"], ROWS, `${STRIKE_HEADER},extra`)],
  ["a renamed column", "column-missing", file(NEW, undefined, ROWS, STRIKE_HEADER.replace("speed", "velocity"))],
  ["text in numbers", "type", file(NEW, (row, index) => (index % 111 === 0 ? row.with(2, "fast") : row))],
  ["values out of range", "range", file(NEW, (row, index) => (index % 222 === 0 ? row.with(2, "9999") : row))],
  ["a level that is not allowed", "level-count", file(NEW, (row, index) => row.with(3, `p${index % 77}`))],
  [
    "too many missing values in one half",
    "null-fraction",
    file(NEW, (row, index) => (half(index) ? row.with(2, "") : row)),
    YAML.replace("max: 600", "max: 600, maxNullFraction: 0.3"),
  ],
  ["ragged rows", "ragged-row", file(NEW, (row, index) => (index % 300 === 7 ? row.slice(1) : row))],
  ["a constant target", "target-constant", file(NEW, (row) => row.with(6, "None"))],
  ["a missing target", "target-missing", file(NEW, (row, index) => (index === 701 ? row.with(6, "") : row))],
  ["an unknown class", "target-value", file(NEW, (row, index) => (index === 702 ? row.with(6, "Huge") : row))],
  ["bad bytes near the end", "encoding", `${file(NEW)}r1,2001-01-02,1,\u0000,Small,true,None\n`],
  [
    "a quote within a field",
    "unbalanced-quote",
    file(NEW, (row, index) => (index === 500 ? row.with(3, '"a"b') : row)),
  ],
];

/** The same with a timestamp in a notation of its own, and a text. */
const WIDE = YAML.replace(
  "    night:",
  "    sent: { type: timestamp, format: '%d/%m/%Y %H:%M' }\n    note: { type: text }\n    night:",
);
const widened = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line, n) =>
      n === 0 ? `${line},sent,note` : `${line},${(n % 28) + 1}/0${(n % 9) + 1}/2001 1${n % 10}:30,bird ${n % 13} hit`,
    )
    .join("\n");

const WIDE_CASES: typeof CASES = [
  ["timestamps and texts", "", widened(file(NEW)), WIDE],
  ["a bad timestamp", "type", widened(file(NEW)).replace(/28\/0(\d)\/2001/g, "28/1$1/2001"), WIDE],
];

describe("a file in ranges and the same file in one pass", () => {
  it.each([...CASES, ...WIDE_CASES].map(([name, rule, text, yaml = YAML]) => ({ name, rule, text, yaml })))(
    "get the same verdict, findings, report and rows: $name",
    async ({ rule, text, yaml }) => {
      const whole = await outcome(1e12, yaml, EARLIER, text);
      const cut = await outcome(LARGE_FILE_BYTES, yaml, EARLIER, text);
      expect([whole.wasCut, cut.wasCut]).toEqual([false, true]);
      const rules = [...whole.report.reasons, ...whole.report.warnings].map((finding) => finding.rule);
      if (rule === "") expect(rules).toEqual([]);
      else expect(rules).toContain(rule);
      expect(comparable(cut)).toEqual(comparable(whole));
    },
  );
});

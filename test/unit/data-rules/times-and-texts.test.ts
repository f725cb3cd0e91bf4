import { describe, expect, it } from "vitest";
import { describeColumn } from "../../../cli/commands/data-show.ts";
import type { BatchContext, BatchFacts } from "../../../core/data/batch-facts.ts";
import { createBinner } from "../../../core/data/bins.ts";
import { compareProfiles } from "../../../core/data/compare-profiles.ts";
import { guessRenames } from "../../../core/data/guess-renames.ts";
import { judgeBatch } from "../../../core/data/judge-batch.ts";
import { makeReport } from "../../../core/data/report/batch-report.ts";
import { reportPage } from "../../../core/data/report/report-page.ts";
import { RowSampler } from "../../../core/data/row-sample.ts";
import { columnMissing } from "../../../core/data/rules/column-missing.ts";
import { compareDatasets } from "../../../core/dataset/compare-datasets.ts";
import { parseDefinition } from "../../../core/definition/parse.ts";
import {
  addToState,
  createRowCounter,
  decideDrift,
  driftReferences,
  emptyDriftState,
} from "../../../core/drift/index.ts";
import type { DatasetManifest } from "../../../core/plans/dataset-plan.ts";
import { createRandom } from "../../../core/statistics/random.ts";
import { readText } from "../data/read-file.ts";

const definition = parseDefinition(
  `
schemaVersion: 1
name: reports
problem: binary-classification
data:
  target: { column: bad, positive: ["yes"] }
  features:
    sent: { type: timestamp, format: "%d/%m/%Y %H:%M", maxNullFraction: 1 }
    note: { type: text, maxNullFraction: 1 }
    size: { type: number }
gate: { metric: auc }
`,
  "reports.yaml",
);

interface Draw {
  uniform(): number;
  integer(below: number): number;
}

interface Shape {
  rows: number;
  seed: string;
  year?: number;
  sent?: (draw: Draw, isBad: boolean) => string;
  note?: (draw: Draw, isBad: boolean) => string;
}

const VOCABULARY = "engine wing gear gull hit left right landing climb noise smoke bird pilot tower runway".split(" ");

function sentence(draw: Draw, words: readonly string[] = VOCABULARY, count = 3 + draw.integer(8)): string {
  return Array.from({ length: count }, () => words[draw.integer(words.length)]).join(" ");
}

function moment(draw: Draw, year = 2001): string {
  return `${1 + draw.integer(28)}/${1 + draw.integer(12)}/${year} ${draw.integer(24)}:${draw.integer(60)}`;
}

function factsOf({
  rows,
  seed,
  year,
  sent = (draw) => moment(draw, year),
  note = (draw) => sentence(draw),
}: Shape): BatchFacts {
  const draw = createRandom(seed);
  const lines = Array.from({ length: rows }, () => {
    const isBad = draw.uniform() < 0.3;
    return `${sent(draw, isBad)},"${note(draw, isBad)}",${draw.uniform()},${isBad ? "yes" : "no"}`;
  });
  const { result, parts } = readText(definition, `sent,note,size,bad\n${lines.join("\n")}\n`);
  if (!result.accepted) throw new Error(JSON.stringify(result.reasons));
  const sampler = new RowSampler();
  sampler.add(Buffer.from(parts.train));
  const { profile, timeRange, columns, keys } = result;
  const sample = sampler.build();
  return { rows, profile, timeRange, columns, sha256: seed, receivedAt: "2003-01-01T00:00:00Z", keys, sample };
}

function findings(now: BatchFacts, before?: BatchFacts): string[] {
  const context: BatchContext = { batches: [], profile: before?.profile ?? null, keys: [] };
  const { rejections, warnings } = judgeBatch(definition, now, context);
  return [...rejections, ...warnings].map(({ rule, column, message }) => `${rule} ${column}: ${message}`);
}

const before = factsOf({ rows: 4_000, seed: "before" });

describe("batches with times and texts", () => {
  it("of the same kind have no finding, also when they are of another year, month and hour", () => {
    expect(findings(factsOf({ rows: 2_000, seed: "same" }), before)).toEqual([]);
    const february = factsOf({ rows: 2_000, seed: "february", sent: (draw) => `${1 + draw.integer(28)}/2/2002 9:00` });
    expect(findings(february, before)).toEqual([]);
  });

  it("are told when the words are others, when the texts are cut, and when times are lost or impossibly early", () => {
    const other = factsOf({
      rows: 2_000,
      seed: "other",
      note: (draw) => sentence(draw, ["moteur", "aile", "oiseau", "gear"]),
    });
    expect(findings(other, before)).toEqual([
      expect.stringMatching(/^batch-drift note: the words are distributed otherwise/),
    ]);
    const cut = factsOf({ rows: 2_000, seed: "cut", note: (draw) => sentence(draw).slice(0, 12) });
    expect(findings(cut, before)).toContainEqual(
      expect.stringMatching(/^batch-drift note: the lengths of the texts are distributed otherwise/),
    );
    const lost = factsOf({ rows: 2_000, seed: "lost", sent: (draw) => (draw.uniform() < 0.4 ? "" : moment(draw)) });
    expect(findings(lost, before)).toEqual([
      expect.stringMatching(/^batch-drift sent: .*missing 4\d\.?\d? % \(before: 0\.00 %\)/),
    ]);
    const zero = factsOf({
      rows: 2_000,
      seed: "zero",
      sent: (draw) => (draw.uniform() < 0.4 ? "1/1/1970 0:00" : moment(draw)),
    });
    expect(findings(zero, before)).toEqual([expect.stringMatching(/^batch-drift sent: .*before 2001-01-01T/)]);
  });

  it("are told when a word, the text or the parts of a time give the answer away", () => {
    const word = factsOf({
      rows: 2_000,
      seed: "word",
      note: (draw, bad) => `${sentence(draw)}${bad ? " damage" : ""} ${draw.integer(1e6)}`,
    });
    expect(findings(word)).toEqual([
      expect.stringMatching(/^leakage note: whether the text has the word "damage" alone explains 100 % of the target/),
    ]);
    const hour = factsOf({
      rows: 2_000,
      seed: "hour",
      sent: (draw, bad) => `1/${1 + draw.integer(12)}/2001 ${bad ? 3 : 4}:00`,
    });
    expect(findings(hour)).toEqual([
      expect.stringMatching(/^leakage sent: the hour, weekday, month of the time alone/),
    ]);
    const missing = factsOf({ rows: 2_000, seed: "gone", note: (draw, bad) => (bad ? "" : sentence(draw)) });
    expect(findings(missing).map((line) => line.split(":")[0])).toContain("leakage-missing note");
  });

  it("do not take rows that are alike because they are near in time for a leak", () => {
    let minute = 0;
    const sorted = factsOf({
      rows: 2_000,
      seed: "sorted",
      sent: (_, bad) => {
        minute += 1;
        return `${bad ? 1 : 15}/${1 + (minute % 12)}/2001 ${minute % 24}:${minute % 60}`;
      },
    });
    expect(findings(sorted)).toEqual([]);
  });

  it("have bounded samples however long their texts are", () => {
    const sampler = new RowSampler();
    sampler.add(Buffer.from("note,bad\n"));
    for (let row = 0; row < 600; row++) sampler.add(Buffer.from(`"${"long, ".repeat(20_000)}",0\n`));
    const { rows } = sampler.build();
    expect(rows.length).toBeGreaterThan(60);
    expect(rows.reduce((sum, [text = ""]) => sum + text.length, 0)).toBeLessThan(17_000_000);
  });

  it("are described in the report with charts of time and of words", () => {
    const now = factsOf({ rows: 1_000, seed: "report", note: (draw) => sentence(draw, ["<b>", "gull"]) });
    const source = { bucket: "b", key: "reports/incoming/a.csv", versionId: "1" };
    const base = {
      verdict: "accepted" as const,
      model: "reports",
      batchId: "x",
      source,
      decidedAt: "2003-01-01T00:00:00Z",
    };
    const context: BatchContext = { batches: [], profile: before.profile, keys: [] };
    const report = makeReport({ ...base, ...now, timeRange: null, reasons: [], warnings: [], context }, definition);
    const sent = report.features.find(({ name }) => name === "sent");
    expect(sent).toMatchObject({ type: "timestamp", count: 1_000, nulls: 0 });
    expect(sent?.bars).toHaveLength(20);
    expect(sent?.bars[0]?.label).toMatch(/^2001-01-01 to 2001-01-\d\d/);
    expect(sent?.bars.reduce((sum, { current }) => sum + current, 0)).toBeCloseTo(1, 9);
    expect(sent?.bars.reduce((sum, { reference }) => sum + (reference ?? 0), 0)).toBeCloseTo(1, 9);
    const note = report.features.find(({ name }) => name === "note");
    expect(note).toMatchObject({ type: "text", min: expect.any(Number), mean: expect.any(Number) });
    expect(note?.distinct).toBeGreaterThan(300);
    expect(note?.bars.map(({ label }) => label).slice(0, 2)).toEqual(["gull", "b"]);
    expect(note?.debiasedPsi).toBeGreaterThan(0.1);
    const page = reportPage(report);
    expect(page).toContain("timestamp · 0 % missing");
    expect(page).toMatch(/2001-01-01T\d\d:\d\d:\d\dZ to 2001-12-28T/);
    expect(page).toMatch(/characters · mean .* · about .* different · below: one word of each text/);
    expect(page).not.toContain("<b>");
  });

  it("tell which column a missing time or text has become", () => {
    const draw = createRandom("rename");
    const rows = Array.from({ length: 60 }, () => `${moment(draw)},${sentence(draw)},7`).join("\n");
    const sample = new TextEncoder().encode(`sent_at,remarks,size\n${rows}\n`);
    const header = ["sent_at", "remarks", "size"];
    const reasons = ["sent", "note"].map((name) => columnMissing(name, "the feature", header));
    const told = guessRenames(definition, reasons, header, sample, null).map(({ message }) => message);
    expect(told[0]).toContain('the values of "sent_at" look like it');
    expect(told[1]).not.toContain('"sent_at" look like it');
  });
});

describe("drift of live times and texts", () => {
  const references = driftReferences(before.profile.features, { sent: "%d/%m/%Y %H:%M" });
  const decide = (note: (draw: Draw) => unknown, sent: (draw: Draw) => unknown = (draw) => moment(draw, 2002)) => {
    const draw = createRandom("live");
    const counter = createRowCounter(references);
    for (let row = 0; row < 3_000; row++)
      counter.add({ note: note(draw) as string, sent: sent(draw) as string, size: draw.uniform() });
    const since = "2026-01-01T00:00:00Z";
    const now = "2026-01-02T00:00:00Z";
    return decideDrift({ references, state: addToState(emptyDriftState(since), counter.counts(), now), now });
  };

  it("watches a text by its words and by its length, a time by whether it can be", () => {
    expect(Object.keys(references)).toEqual(["sent", "note", "note: length", "size"]);
    expect(
      Object.keys(
        driftReferences({ ...before.profile.features, "note: length": before.profile.features["size"] as never }),
      ),
    ).toEqual(["sent", "note", "note: length of the text", "size", "note: length"]);
  });

  it("finds nothing in rows of the same kind, whatever their year", () => {
    expect(decide((draw) => sentence(draw)).alarmed).toBe(false);
  });

  it("finds other words, cut texts, and times of another notation or from before everything known", () => {
    expect(decide((draw) => sentence(draw, ["moteur", "aile"])).features[0]).toMatchObject({
      feature: "note",
      level: "act",
    });
    expect(decide((draw) => sentence(draw).slice(0, 10)).features[0]).toMatchObject({
      feature: "note: length",
      level: "act",
    });
    expect(
      decide(
        (draw) => sentence(draw),
        () => "soon",
      ).features[0],
    ).toMatchObject({ feature: "sent", level: "act" });
    expect(
      decide(
        (draw) => sentence(draw),
        () => "1970-01-01",
      ).features[0],
    ).toMatchObject({ feature: "sent", level: "act" });
  });

  it("hardly ever alarms on rows of the same kind", () => {
    let alarms = 0;
    for (let run = 0; run < 60; run++) {
      const draw = createRandom(`quiet-${run}`);
      const counter = createRowCounter(references);
      for (let row = 0; row < 800; row++) {
        counter.add({ note: sentence(draw), sent: moment(draw, 2003), size: draw.uniform() });
      }
      const since = "2026-01-01T00:00:00Z";
      const state = addToState(emptyDriftState(since), counter.counts(), "2026-01-02T00:00:00Z");
      if (decideDrift({ references, state, now: "2026-01-02T00:00:00Z" }).alarmed) alarms++;
    }
    expect(alarms).toBeLessThanOrEqual(1);
  });

  it("counts a live value into the bin that its row has in a profile", () => {
    const counter = createRowCounter(references);
    const draw = createRandom("before");
    for (let row = 0; row < 4_000; row++) {
      draw.uniform();
      counter.add({ sent: moment(draw), note: sentence(draw), size: draw.uniform() });
    }
    const compared = compareProfiles(before.profile.features, before.profile.features);
    const live = counter.counts();
    for (const { feature, aspect, bins } of compared) {
      const name = aspect === "length" ? `${feature}: length` : feature;
      expect(live[name]).toEqual(bins.map(({ current }) => current));
    }
  });

  it("takes what is no text, or no time, for missing", () => {
    const bin = (name: string, value: unknown) => createBinner(references[name] as never)(value as string);
    for (const value of [null, undefined, "", " ", 7, true]) expect(bin("note", value)).toBe(0);
    for (const value of [null, undefined, "", "soon", true]) expect(bin("sent", value)).toBe(0);
    expect([bin("sent", "2002-01-01"), bin("sent", "1/1/2002 10:00"), bin("sent", "1/1/1970 0:00")]).toEqual([2, 2, 1]);
  });
});

describe("dataset versions with times and texts", () => {
  const manifest = (datasetId: string): DatasetManifest => ({
    schemaVersion: 1 as const,
    model: "reports",
    datasetId,
    createdAt: "2003-01-01T00:00:00Z",
    batches: [],
    rows: { total: 0, train: 0, validation: 0, test: 0 },
    parts: { train: [], validation: [], test: [] },
    profileKey: "",
  });

  it("are summed up and compared column by column", () => {
    const after = factsOf({
      rows: 2_000,
      seed: "after",
      year: 2002,
      note: (draw) => sentence(draw, ["moteur", "aile"]),
    });
    const diff = compareDatasets(
      { manifest: manifest("a"), profile: before.profile },
      { manifest: manifest("b"), profile: after.profile },
    );
    const [note] = diff.columns.changes;
    expect(note).toMatchObject({ column: "note", movedMost: { before: 0 } });
    expect(describeColumn(note?.after ?? { type: "text", nullShare: 0 })).toMatch(
      /^\d+ to \d+ characters, mean \d+.*, words: (moteur|aile) \d+\.\d %, /,
    );
    const sent = diff.columns.changes.find(({ column }) => column === "sent");
    expect(sent?.debiasedPsi).toBeLessThan(0.01);
    expect(describeColumn(sent?.after ?? { type: "timestamp", nullShare: 0 })).toMatch(
      /^2002-01-01T.*Z to 2002-12-28T.*Z$/,
    );
  });
});

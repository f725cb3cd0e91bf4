import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { type DistinctSketch, estimateDistinct } from "../../../core/data/distinct-sketch.ts";
import { instantOf } from "../../../core/data/instant-of.ts";
import { emptyProfile, mergeProfiles } from "../../../core/data/merge-profiles.ts";
import type { Profile, TextProfile, TimestampProfile } from "../../../core/data/profile.ts";
import {
  emptyTimeHistogram,
  MAX_TIME_BUCKETS,
  mergeTimeHistograms,
  TimeHistogramBuilder,
  timeQuantile,
  timeSlices,
} from "../../../core/data/time-histogram.ts";
import { NO_WORD, sampledWord, wordsOf } from "../../../core/data/words.ts";
import { parseDefinition } from "../../../core/definition/parse.ts";
import { cuts } from "./random-files.ts";
import {
  cleanTimedRecords,
  timedCsv,
  timedDefinition,
  timedFile,
  timedRecords,
  writtenTimedValues,
} from "./random-timed-files.ts";
import { divide, readFile, readText } from "./read-file.ts";
import { referenceIngest } from "./reference-ingest.ts";

function profileOf(rows: readonly (readonly string[])[]): Profile {
  const { result } = readText(timedDefinition, timedCsv(rows));
  if (!result.accepted) throw new Error(JSON.stringify(result.reasons));
  return result.profile;
}

function featureOf(profile: Profile, name: string): TimestampProfile {
  const feature = profile.features[name];
  if (feature?.type !== "timestamp") throw new Error(`${name} is no timestamp`);
  return feature;
}

function noteOf(profile: Profile): TextProfile {
  const feature = profile.features["note"];
  if (feature?.type !== "text") throw new Error("note is no text");
  return feature;
}

/** Two values of a few may share a register of the sketch. */
function expectDistinct(sketch: DistinctSketch | undefined, distinct: number): void {
  expect(Math.abs(estimateDistinct(sketch ?? { registers: "" }) - distinct)).toBeLessThanOrEqual(1);
}

describe("times and texts against a slow, obvious implementation", () => {
  test.prop([timedFile, cuts], { numRuns: 400 })(
    "agree on the verdict, the rules, every value and the profile, wherever chunks end",
    (text, positions) => {
      const { result, parts } = readFile(timedDefinition, divide(new TextEncoder().encode(text), positions));
      const expected = referenceIngest(timedDefinition, text);
      expect(new Set(result.reasons.map((reason) => reason.rule))).toEqual(expected.rules);
      if (!result.accepted) return;
      expect(writtenTimedValues(parts)).toEqual(expected.values.map((values) => JSON.stringify(values)).sort());
      for (const [index, name] of ["moment", "at, or so", "day"].entries()) {
        const instants = expected.values.flatMap((values) => (values[index] === null ? [] : [String(values[index])]));
        const feature = featureOf(result.profile, name);
        expect(feature).toMatchObject({ count: instants.length, nulls: expected.rows - instants.length, invalid: 0 });
        const millis = instants.map((value) => Date.parse(value));
        if (millis.length === 0) continue;
        expect([feature.min, feature.max]).toEqual([Math.min(...millis), Math.max(...millis)]);
        expect(feature.mean).toBeCloseTo(millis.reduce((sum, x) => sum + x, 0) / millis.length, 0);
        expectDistinct(feature.distinct, new Set(millis).size);
        expect(timeSlices(feature.histogram).reduce((sum, { count }) => sum + count, 0)).toBe(millis.length);
      }
      const texts = expected.values.flatMap((values) => (values[3] === null ? [] : [String(values[3])]));
      const note = noteOf(result.profile);
      const lengths = texts.map((value) => Array.from(value).length);
      expect(note).toMatchObject({ count: texts.length, nulls: expected.rows - texts.length, invalid: 0 });
      expectDistinct(note.distinct, new Set(texts).size);
      const words: Record<string, number> = {};
      for (const value of texts) words[sampledWord(value)] = (words[sampledWord(value)] ?? 0) + 1;
      expect(note.words).toEqual({ levels: words, otherCount: 0, distinctOverflow: false });
      if (texts.length === 0) return;
      expect([note.length.min, note.length.max]).toEqual([Math.min(...lengths), Math.max(...lengths)]);
      expect(note.length.mean).toBeCloseTo(lengths.reduce((sum, x) => sum + x, 0) / lengths.length, 9);
    },
  );

  test.prop([timedFile, cuts, cuts])("give the same bytes for every division into chunks", (text, first, second) => {
    const bytes = new TextEncoder().encode(text);
    const one = readFile(timedDefinition, divide(bytes, first));
    const other = readFile(timedDefinition, divide(bytes, second));
    expect(other.result.reasons).toEqual(one.result.reasons);
    expect(other.result.profile).toEqual(one.result.profile);
    if (one.result.accepted) expect(other.parts).toEqual(one.parts);
  });

  test.prop([timedRecords])("are read from JSON Lines as from CSV, texts and numbers alike", (rows) => {
    const names = ["moment", "at, or so", "unused", "day", "note", "outcome"];
    const lines = rows.map((fields) =>
      JSON.stringify(
        Object.fromEntries(
          fields.map((value, index) => [
            names[index] ?? "",
            index === 1 && /^-?\d+$/.test(value) ? Number(value) : value === "" ? null : value,
          ]),
        ),
      ),
    );
    const jsonl = { ...timedDefinition, data: { ...timedDefinition.data, format: "jsonl" as const } };
    const fromJson = readText(jsonl, `${lines.join("\n")}\n`);
    const fromCsv = readText(timedDefinition, timedCsv(rows, true));
    expect(fromJson.result.reasons).toEqual(fromCsv.result.reasons);
    expect(fromJson.result.profile).toEqual(fromCsv.result.profile);
    if (fromCsv.result.accepted) expect(fromJson.parts).toEqual(fromCsv.parts);
  });
});

describe("profiles of times and texts", () => {
  const like = (profile: Profile): unknown =>
    JSON.parse(JSON.stringify(profile), (key, value) =>
      key === "mean" || key === "m2"
        ? expect.toSatisfy((found: number) => Math.abs(found - value) <= 1e-9 * Math.abs(value) + 1e-6)
        : value,
    );

  test.prop([cleanTimedRecords, cleanTimedRecords])(
    "of two files merge to the profile of both rows together, in either order",
    (a, b) => {
      const together = like(profileOf([...a, ...b]));
      expect(mergeProfiles(profileOf(a), profileOf(b))).toEqual(together);
      expect(mergeProfiles(profileOf(b), profileOf(a))).toEqual(together);
      expect(mergeProfiles(emptyProfile(timedDefinition), profileOf(a))).toEqual(like(profileOf(a)));
    },
  );

  const instants = fc.array(
    fc.oneof(
      fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 }),
      fc.integer({ min: 1e12, max: 1e12 + 1e9 }),
    ),
    { minLength: 1, maxLength: 3_000, size: "max" },
  );
  const histogramOf = (values: readonly number[]) => {
    const builder = new TimeHistogramBuilder();
    for (const value of values) builder.add(value);
    return builder.build();
  };

  test.prop([instants, fc.nat(3_000)], { numRuns: 60 })(
    "count every instant in its slice of time, in at most 1,024 slices, and merge exactly",
    (values, cut) => {
      const histogram = histogramOf(values);
      const slices = timeSlices(histogram);
      expect(slices.length).toBeLessThanOrEqual(MAX_TIME_BUCKETS);
      const width = histogram.widthSeconds * 1_000;
      const expected = new Map<number, number>();
      for (const value of values) {
        const from = Math.floor(value / width) * width;
        expected.set(from, (expected.get(from) ?? 0) + 1);
      }
      expect(new Map(slices.map(({ from, count }) => [from, count]))).toEqual(expected);
      const merged = mergeTimeHistograms(histogramOf(values.slice(0, cut)), histogramOf(values.slice(cut)));
      expect(merged).toEqual(histogram);
      expect(mergeTimeHistograms(emptyTimeHistogram(), histogram)).toEqual(histogram);
    },
  );

  test.prop([instants, fc.double({ min: 0, max: 1, noNaN: true })], { numRuns: 60 })(
    "give quantiles of time within half a slice",
    (values, q) => {
      const histogram = histogramOf(values);
      const exact = [...values].sort((a, b) => a - b)[Math.floor(q * (values.length - 1))] ?? 0;
      expect(Math.abs(timeQuantile(histogram, q) - exact)).toBeLessThanOrEqual(histogram.widthSeconds * 500);
    },
  );

  it("keep at most 10,000 words by name, and count the others", () => {
    const definition = parseDefinition(
      "{schemaVersion: 1, name: w, problem: binary-classification, data: {target: {column: y, positive: [a]}, features: {note: {type: text}}}, gate: {metric: auc}}",
      "w.yaml",
    );
    const rows = Array.from({ length: 12_000 }, (_, n) => `word${n},${n % 2 === 0 ? "a" : "b"}`);
    const { result } = readText(definition, `note,y\n${rows.join("\n")}\n`);
    const { words } = noteOf(result.profile);
    expect(Object.keys(words.levels)).toHaveLength(10_000);
    expect(words).toMatchObject({ otherCount: 2_000, distinctOverflow: true });
  });
});

describe("words", () => {
  it("are runs of letters and digits in any case and spelling, as the recipe takes them", () => {
    expect(wordsOf("Bird-strike: 2 GULLS, ﬂight_7!")).toEqual(["bird", "strike", "2", "gulls", "flight", "7"]);
    expect(wordsOf("Caf\u00e9 Cafe\u0301")).toEqual(["caf\u00e9", "caf\u00e9"]);
  });

  it("are drawn one from each text with the same chance, the same one every time", () => {
    const counts = new Map<string, number>();
    for (let n = 0; n < 6_000; n++) {
      const text = `row ${n} gull`;
      const word = sampledWord(text);
      expect(sampledWord(text)).toBe(word);
      counts.set(word === String(n) ? "number" : word, (counts.get(word === String(n) ? "number" : word) ?? 0) + 1);
    }
    for (const word of ["row", "gull", "number"]) expect(Math.abs((counts.get(word) ?? 0) - 2_000)).toBeLessThan(150);
    expect(sampledWord("...")).toBe(NO_WORD);
    expect(Array.from(sampledWord("x".repeat(5_000)))).toHaveLength(40);
  });
});

describe("what is wrong with a time or a text", () => {
  const definitionOf = (features: string, more = "") =>
    parseDefinition(
      `{schemaVersion: 1, name: m, problem: binary-classification, data: {target: {column: y, positive: [a]}${more}, features: {${features}}}, gate: {metric: auc}}`,
      "m.yaml",
    );
  const reasonsOf = (features: string, cells: readonly string[], more = "") => {
    const rows = cells.map((cell, index) => `"${cell}",${index % 2 === 0 ? "a" : "b"}`);
    return readText(definitionOf(features, more), `x,y\n${rows.join("\n")}\n`).result.reasons;
  };

  it("is told with rows, examples, what is expected and what to do", () => {
    expect(reasonsOf("x: {type: timestamp}", ["2001-01-01", "31/12/2001", "soon"])).toMatchObject([
      {
        rule: "type",
        column: "x",
        count: 2,
        examples: [
          { row: 2, value: "31/12/2001" },
          { row: 3, value: "soon" },
        ],
        message:
          'found "31/12/2001", expected a date or time in ISO 8601, such as 2001-12-31 or 2001-12-31T10:00:00Z; if all rows are written like this, declare it: format: "%d/%m/%Y", or the other way round',
      },
    ]);
    const message = (features: string, cell: string) => reasonsOf(features, ["2001-01-01", cell])[0]?.message;
    expect(message("x: {type: timestamp}", "1009792800")).toContain("format: epoch-seconds");
    expect(message("x: {type: timestamp}", "1009792800000")).toContain("format: epoch-milliseconds");
    expect(message("x: {type: timestamp, format: epoch-seconds}", "1009792800000")).toContain(
      "looks like milliseconds",
    );
    expect(message("x: {type: timestamp, format: '%d/%m/%Y'}", "12/31/2001")).toBe(
      'found "12/31/2001", expected a time in the format %d/%m/%Y, or ISO 8601; correct it, or the format in the definition',
    );
    expect(message("x: {type: timestamp, min: 2000-01-01, max: 2001-12-31}", "2002-01-01")).toBe(
      'found "2002-01-01", expected a time between 2000-01-01 and 2001-12-31; check the format and the clock it comes from, or widen min and max in the definition',
    );
    expect(message("x: {type: text, maxLength: 10}", "eleven chars")).toBe(
      'found a text of 12 characters, "eleven chars", expected at most 10; correct it, or change minLength and maxLength in the definition',
    );
    expect(message("x: {type: text, minLength: 5}", "abc")).toContain("expected 5 to 10000");
    expect(reasonsOf("x: {type: text, maxNullFraction: 0.1}", ["a b", " ", "", "NA"])).toMatchObject([
      { rule: "null-fraction", count: 3 },
    ]);
  });

  it("takes a text that means no value for missing even when it is a time", () => {
    const { result } = readText(
      definitionOf("x: {type: timestamp}", ", missing: ['1900-01-01']"),
      "x,y\n1900-01-01,a\n2001-01-01,b\n",
    );
    expect(result.profile.features["x"]).toMatchObject({ count: 1, nulls: 1 });
  });

  it("reads the time of the rows in its declared format, and gives its range in ISO 8601", () => {
    const read = (more: string, first: string, last: string) =>
      readText(definitionOf("x: {type: category}", more), `x,y,t\nk,a,${first}\nk,b,${last}\n`).result;
    const declared = read(", time: t, timeFormat: '%d/%m/%Y'", "31/12/2001", "1/2/2001");
    expect(declared.timeRange).toEqual({ from: "2001-02-01T00:00:00Z", to: "2001-12-31T00:00:00Z" });
    expect(read(", time: t, timeFormat: epoch-seconds", "0", "86400").timeRange?.to).toBe("1970-01-02T00:00:00Z");
    expect(read(", time: t, timeFormat: epoch-seconds", "0", "x").reasons).toMatchObject([
      { rule: "type", column: "t", message: expect.stringContaining("seconds since 1970") },
    ]);
    expect(read(", time: t", "31/12/2001", "2001-01-01").reasons).toMatchObject([{ rule: "type", column: "t" }]);
  });

  it("reads one column as the time of the row and as a feature, by the feature's format", () => {
    const { result } = readText(
      definitionOf("x: {type: timestamp, format: '%d/%m/%Y'}", ", time: x"),
      "x,y\n31/12/2001,a\n1/2/2001,b\n",
    );
    expect(result.timeRange).toEqual({ from: "2001-02-01T00:00:00Z", to: "2001-12-31T00:00:00Z" });
    expect(result.profile.features["x"]).toMatchObject({ max: instantOf("2001-12-31") });
  });

  it("puts a row on the same side however the times of its key are written", () => {
    const definition = (format: string) =>
      definitionOf(
        `x: {type: timestamp, format: "${format}"}, n: {type: number}`,
        ", key: [x, t], time: t, timeFormat: '%m/%d/%Y'",
      );
    const rows = (write: (day: number) => string) =>
      `x,t,n,y\n${Array.from({ length: 200 }, (_, n) => `${write(n % 28)},${n},${n % 2 === 0 ? "a" : "b"}`).join("\n")}\n`;
    const two = (n: number) => String(n).padStart(2, "0");
    const one = readText(
      definition("%d/%m/%Y"),
      rows((day) => `${day + 1}/3/2001,3/${day + 1}/2001`),
    );
    const other = readText(
      definition("epoch-seconds"),
      rows((day) => `${Date.UTC(2001, 2, day + 1) / 1_000},2001-03-${two(day + 1)}T00:00:00Z`),
    );
    expect(one.result.accepted).toBe(true);
    expect(other.parts).toEqual(one.parts);
  });
});

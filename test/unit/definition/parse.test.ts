import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { checkDefinition } from "../../../core/definition/check.ts";
import { dataHash, definitionHash, targetClasses, timeFormatOf } from "../../../core/definition/definition.ts";
import { modelJsonSchema, modelJsonSchemaText } from "../../../core/definition/json-schema.ts";
import { METRICS } from "../../../core/definition/metrics.ts";
import { parseDefinition } from "../../../core/definition/parse.ts";
import { referencePage } from "../../../core/definition/reference-page.ts";
import { isMlopsError } from "../../../core/errors/mlops-error.ts";
import { GATE_METRICS } from "../../../core/gate/metric-registry.ts";
import { STRIKE_YAML, strikeDefinition } from "../../fixtures/data/definitions.ts";

const models = new URL("../../../models/", import.meta.url);

function problemsOf(yaml: string): string[] {
  try {
    parseDefinition(yaml, "m.yaml");
  } catch (error) {
    if (!isMlopsError(error, "definition.invalid")) throw error;
    expect(error.name).toBe("definition.invalid");
    const lines = error.message.split("\n").slice(1);
    expect(lines.length).toBe(error.details?.problems.length);
    return lines.map((line) => line.trim());
  }
  return [];
}

/** The valid sample with one piece replaced. */
function problemsWith(found: string, replacement: string): string[] {
  expect(STRIKE_YAML).toContain(found);
  return problemsOf(STRIKE_YAML.replace(found, replacement).trimStart());
}

describe("a valid definition", () => {
  it("gets every default", () => {
    const definition = strikeDefinition();
    expect(definition.data.features["speed"]).toEqual({
      type: "number",
      min: 0,
      max: 600,
      integer: false,
      maxNullFraction: 0.5,
    });
    expect(definition.data.split).toEqual({ validation: 0.1, test: 0.2 });
    expect(definition.training.instance).toMatchObject({ type: "ml.m5.large", count: 1, spot: true });
    expect(definition.gate.champion).toEqual({
      test: "paired",
      nonInferiorityMargin: 0.005,
      confidence: 0.95,
      superiority: false,
    });
    expect(definition.delivery).toMatchObject({ strategy: "all-at-once", challenger: { weightPercent: 20 } });
    expect(definition.retraining).toMatchObject({ on: ["data"], maxRunsPerDay: 4, maxUsdPerMonth: 50 });
  });

  it("gets the defaults of timestamps and texts, which are no part of what its batches contain", () => {
    const withFeature = (feature: string) => strikeDefinition((yaml) => yaml.replace("{ type: boolean }", feature));
    const timestamp = withFeature("{ type: timestamp }");
    expect(timestamp.data.features["night"]).toEqual({
      type: "timestamp",
      parts: ["hour", "weekday", "month"],
      maxNullFraction: 0.5,
    });
    const text = withFeature("{ type: text }");
    expect(text.data.features["night"]).toEqual({
      type: "text",
      minLength: 0,
      maxLength: 10_000,
      buckets: 128,
      maxNullFraction: 0.5,
    });
    const declared = withFeature('{ type: timestamp, format: "%d/%m/%Y", parts: [year], min: 2001-01-01 }');
    expect(dataHash(declared)).toBe(dataHash(timestamp));
    expect(dataHash(withFeature("{ type: text, maxLength: 5, buckets: 8 }"))).toBe(dataHash(text));
    expect(dataHash(text)).not.toBe(dataHash(timestamp));
  });

  it("reads the time of the rows by its own format, else by that of the feature of this name", () => {
    const formatOf = (change: string) =>
      timeFormatOf(strikeDefinition((yaml) => yaml.replace("  time: date\n", change)));
    expect(formatOf("  time: date\n")).toBeUndefined();
    expect(formatOf("  time: date\n  timeFormat: epoch-seconds\n")).toBe("epoch-seconds");
    expect(formatOf("  time: night\n")).toBeUndefined();
    const feature = strikeDefinition((yaml) =>
      yaml.replace("time: date", "time: night").replace("{ type: boolean }", "{ type: timestamp, format: '%d/%m/%Y' }"),
    );
    expect(timeFormatOf(feature)).toBe("%d/%m/%Y");
  });

  it("stays the same when it is checked again after a journey as JSON", () => {
    const definition = strikeDefinition();
    expect(checkDefinition(JSON.parse(JSON.stringify(definition)), "registry")).toEqual(definition);
  });

  it.each(
    readdirSync(models, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name),
  )("is in models/%s, whose name it bears, with the line that tells editors the schema", (folder) => {
    const text = readFileSync(new URL(`${folder}/model.yaml`, models), "utf8");
    expect(text.split("\n")[0]).toBe("# yaml-language-server: $schema=../model.schema.generated.json");
    expect(parseDefinition(text, folder).name).toBe(folder);
  });
});

describe("an invalid definition", () => {
  it("is refused with every problem at once, each with its place", () => {
    const problems = problemsOf(
      STRIKE_YAML.replace("name: strikes", "name: Strikes")
        .replace("type: boolean", "type: bool")
        .replace("metric: auc", "metric: acu")
        .trimStart(),
    );
    expect(problems).toEqual([
      'm.yaml:2:7 name: found "Strikes"; it must match /^[a-z][a-z0-9-]{0,29}$/',
      'm.yaml:12:20 data.features.night.type: found "bool"; allowed: number, category, boolean, timestamp, text; did you mean "boolean"?',
      expect.stringMatching(/^m\.yaml:13:17 gate\.metric: found "acu"; allowed: "auc", .*; did you mean "auc"\?$/),
    ]);
  });

  it.each([
    [
      "an unknown member",
      "gate: {",
      "gaet: {}\ngate: {",
      'unknown member "gaet"; allowed: schemaVersion, name, .*; did you mean "gate"\\?',
    ],
    [
      "an unknown member of a feature",
      "min: 0",
      "mni: 0",
      'data.features.speed.mni: unknown member "mni"; allowed: type, min, max, .*; did you mean "min"\\?',
    ],
    ["a missing member", "problem: binary-classification\n", "", "problem: .*missing|problem: found nothing; allowed"],
    ["a wrong type", "min: 0", "min: zero", 'data.features.speed.min: found "zero"; it must be a number'],
    ["a value out of range", "maxLevels: 20", "maxLevels: 1", "maxLevels: found 1; it must be at least 2"],
    ["an unknown format", "data:\n", "data:\n  format: avro\n", 'found "avro".*"csv", "jsonl", "parquet"'],
    [
      "a compressed Parquet file",
      "data:\n",
      "data:\n  format: parquet\n  compression: gzip\n",
      "gzip does not fit parquet",
    ],
    [
      "a time format in Unicode's notation",
      "type: boolean",
      "type: timestamp, format: dd.MM.yyyy HH:mm",
      'data.features.night.format: found "dd.MM.yyyy HH:mm"; as a time format it has no directive; write %d.%m.%Y %H:%M instead; allowed: epoch-seconds',
    ],
    [
      "an unknown part of a time",
      "type: boolean",
      "type: timestamp, parts: [hour, week]",
      'data.features.night.parts.1: found "week"; allowed: "minute", "hour", .*',
    ],
    ["a part twice", "type: boolean", "type: timestamp, parts: [hour, month, hour]", "parts.2: hour is listed twice"],
    [
      "no part",
      "type: boolean",
      "type: timestamp, parts: []",
      "night.parts: found \\[\\]; it must be at least 1 entries",
    ],
    [
      "a limit that is no ISO 8601",
      "type: boolean",
      "type: timestamp, min: 31/12/2001",
      'night.min: found "31/12/2001"; it must be ISO 8601, such as 2001-12-31',
    ],
    [
      "limits the wrong way round",
      "type: boolean",
      "type: timestamp, min: 2001-12-31, max: 2001-01-01",
      "night: min 2001-12-31 is after max 2001-01-01; swap them",
    ],
    [
      "two formats of one column",
      "  time: date\n  features:\n",
      "  time: date\n  timeFormat: epoch-seconds\n  features:\n    date: { type: timestamp }\n",
      'data.timeFormat: found "epoch-seconds", but the feature "date" of the same column has ISO 8601; remove one',
    ],
    ["lengths the wrong way round", "type: boolean", "type: text, minLength: 20, maxLength: 10", "swap them"],
    [
      "slices by a time",
      "night: { type: boolean }\ngate: { metric: auc,",
      "night: { type: timestamp }\ngate: { metric: auc, slices: [night],",
      'gate.slices.0: "night" is a timestamp; allowed \\(category and boolean features\\): "phase", "size"',
    ],
    ["too few buckets", "type: boolean", "type: text, buckets: 2", "night.buckets: found 2; it must be at least 8"],
    [
      "a time format without a time column",
      "  time: date\n",
      "  timeFormat: epoch-seconds\n",
      "data.timeFormat: there is no data.time that it belongs to",
    ],
    [
      "manual approval",
      "gate: {",
      "approval: manual\ngate: {",
      'manual approval is not supported yet: .*; allowed: "automatic"',
    ],
    [
      "a canary strategy",
      "gate: {",
      "delivery: { strategy: canary }\ngate: {",
      'canary releases are not supported yet; allowed: "all-at-once", "challenger"',
    ],
    [
      "a canary section",
      "gate: {",
      "delivery: { canary: { percent: 10 } }\ngate: {",
      "delivery.canary: canary releases are not supported yet: remove it",
    ],
    [
      "another recipe",
      "gate: {",
      "training: { recipe: sklearn }\ngate: {",
      'training.recipe: found "sklearn"; allowed: "xgboost"',
    ],
    [
      "several instances",
      "gate: {",
      "training: { instance: { count: 2 } }\ngate: {",
      'training.instance.count: found 2; allowed: "1"',
    ],
    [
      "reserved hyperparameters",
      "gate: {",
      "training: { hyperparameters: { mlops-columns: 1 } }\ngate: {",
      'the name "mlops-columns" is not allowed',
    ],
    [
      "a window that is none",
      "  key:",
      "  window: { batchs: 3 }\n  key:",
      'data.window: found .*; it must be "all" or { batches: ... } or { days: ... }',
    ],
    [
      "a window of zero batches",
      "  key:",
      "  window: { batches: 0 }\n  key:",
      "data.window.batches: found 0; it must be at least 1",
    ],
    [
      "no features",
      /features:[\s\S]*?gate/.exec(STRIKE_YAML)?.[0] ?? "",
      "features: {}\ngate",
      "data.features: empty; declare at least one feature",
    ],
    ["the target as a feature", "night: {", "damage: {", "the target cannot be a feature"],
    ["an ignored feature", "  key:", "  ignore: [speed]\n  key:", '"speed" is a feature and cannot be ignored'],
    ["a key twice", "key: [id]", "key: [id, id]", '"id" is listed twice'],
    ["a key in other letters", "key: [id]", "key: [Speed]", 'found "Speed"; did you mean "speed"\\?'],
    [
      "no positive values",
      "positive: [Minor, Substantial], ",
      "",
      "data.target.positive: missing; list the values that count as positive",
    ],
    ["a value on both sides", "negative: [None]", "negative: [Minor]", '"Minor" is also listed as negative'],
    [
      "classes of a binary target",
      "negative: [None]",
      "classes: [a, b]",
      "data.target.classes: only for multiclass-classification, but the problem is binary-classification",
    ],
    ["min above max", "min: 0, max: 600", "min: 600, max: 0", "min 600 is above max 0; swap them"],
    [
      "a slice that is a number",
      "floors: { auc: 0.7 }",
      "slices: [speed]",
      '"speed" is a number; allowed \\(category and boolean features\\): "phase", "size", "night"',
    ],
    [
      "a slice that does not exist",
      "floors: { auc: 0.7 }",
      "slices: [phas]",
      'is no feature; .*did you mean "phase"\\?',
    ],
    [
      "a drift feature that does not exist",
      "gate: {",
      "monitoring: { driftFeatures: [sped] }\ngate: {",
      'is no feature; .*did you mean "speed"\\?',
    ],
    [
      "a metric of another problem",
      "metric: auc, floors: { auc: 0.7 }",
      "metric: rmse",
      "rmse does not fit binary-classification; allowed: auc, ",
    ],
    [
      "a floor of another problem",
      "floors: { auc: 0.7 }",
      "floors: { r2: 0.7 }",
      "r2 does not fit binary-classification",
    ],
    ["a floor that cannot be", "floors: { auc: 0.7 }", "floors: { auc: 70 }", "found 70; auc is between 0 and 1"],
    ["no rows to train on", "  key:", "  split: { validation: 0.5, test: 0.5 }\n  key:", "leave no row to train on"],
    [
      "an instance without a known price",
      "gate: {",
      "training: { instance: { type: ml.p9.large } }\ngate: {",
      "the price of ml.p9.large is not known.*set training.instance.usdPerHour",
    ],
    [
      "more endpoints at least than at most",
      "gate: {",
      "endpoint: { instance: { min: 3, max: 2 } }\ngate: {",
      "min 3 is above max 2",
    ],
    ["note above act", "gate: {", "monitoring: { psi: { note: 0.5 } }\ngate: {", "note 0.5 is above act 0.1"],
  ])("with %s is refused", (_, found, replacement, message) => {
    const problems = problemsWith(found, replacement);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.join("\n")).toMatch(new RegExp(message));
    for (const problem of problems) expect(problem).toMatch(/^m\.yaml:\d+:\d+ /);
  });

  it.each([
    ["a duplicate member", "name: a\nname: b\n", /m\.yaml:2:1 .*unique/],
    ["broken YAML", "name: [a\n", /m\.yaml:\d+:\d+ /],
    ["nothing", "", /m\.yaml:1:1 found null; it must be a mapping/],
    ["a list", "- a\n", /m\.yaml:1:1 found \["a"\]; it must be a mapping/],
    [
      "an alias bomb",
      `a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c]\n`,
      /m\.yaml:1:1 .*alias/i,
    ],
  ])("that is %s is refused with its place", (_, yaml, message) => {
    expect(problemsOf(yaml).join("\n")).toMatch(message);
  });
});

describe("what is derived from a definition", () => {
  it("has a hash that changes with every meaning and with the order of the features", () => {
    const definition = strikeDefinition();
    expect(definitionHash(strikeDefinition((yaml) => `# comment\n${yaml}`))).toBe(definitionHash(definition));
    const turned = structuredClone(definition);
    turned.data.features = Object.fromEntries(Object.entries(turned.data.features).reverse());
    expect(definitionHash(turned)).not.toBe(definitionHash(definition));
    expect(definitionHash({ ...definition, owner: "somebody" })).not.toBe(definitionHash(definition));
  });

  it("has a data hash that changes with the columns and the split only", () => {
    const hash = dataHash(strikeDefinition());
    const changed = (found: string, replacement: string) =>
      dataHash(strikeDefinition((yaml) => yaml.replace(found, replacement)));
    expect(changed("max: 600", "max: 700")).toBe(hash);
    expect(changed("floors: { auc: 0.7 }", "floors: { auc: 0.8 }")).toBe(hash);
    expect(changed("night: { type: boolean }", "night: { type: category }")).not.toBe(hash);
    expect(changed("  key: [id]", "  key: [id, date]")).not.toBe(hash);
    expect(changed("  key:", "  split: { test: 0.3 }\n  key:")).not.toBe(hash);
    expect(changed("Substantial], negative: [None]", "Substantial]")).not.toBe(hash);
  });

  it("has the classes of the target, negative first", () => {
    const classes = (target: string) =>
      targetClasses(
        strikeDefinition((yaml) => yaml.replace("positive: [Minor, Substantial], negative: [None]", target)),
      );
    expect(classes("positive: [Minor, Substantial], negative: [None]")).toEqual(["None", "positive"]);
    expect(classes("positive: [1], negative: [0]")).toEqual(["0", "1"]);
    expect(classes("positive: [1], labels: { positive: damage, negative: none }")).toEqual(["none", "damage"]);
  });

  it("offers exactly the metrics that the gate computes, with the same problems, direction and range", () => {
    const unbounded = (limit: number) => (Number.isFinite(limit) ? limit : null);
    const gate = GATE_METRICS.map(({ id, problems, higherIsBetter, range }) => [
      id,
      {
        problems: [...problems],
        direction: higherIsBetter ? "maximize" : "minimize",
        min: unbounded(range.low),
        max: unbounded(range.high),
      },
    ]);
    const offered = Object.entries(METRICS).map(([id, { problems, direction, min, max }]) => [
      id,
      { problems: [...problems], direction, min, max },
    ]);
    expect(Object.fromEntries(offered)).toEqual(Object.fromEntries(gate));
  });
});

describe("files made from the schema", () => {
  it("are current; run `npm run schema`", () => {
    expect(readFileSync(new URL("model.schema.generated.json", models), "utf8")).toBe(modelJsonSchemaText());
    expect(readFileSync(new URL("../docs/model-yaml.md", models), "utf8")).toBe(referencePage(modelJsonSchema()));
  });

  it("describe every member", () => {
    const undocumented = referencePage(modelJsonSchema())
      .split("\n")
      .filter((line) => /^\| `[a-z].*\| +\|$/.test(line));
    expect(undocumented).toEqual([]);
  });

  it("ask editors for nothing that has a default", () => {
    const schema = modelJsonSchema();
    expect(schema["required"]).toEqual(["schemaVersion", "name", "problem", "data", "gate"]);
    expect(schema["additionalProperties"]).toBe(false);
  });
});

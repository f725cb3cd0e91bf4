import { instantOf } from "../data/instant-of.ts";
import { closest } from "./closest.ts";
import { instanceUsdPerHour } from "./instance-prices.ts";
import type { PathProblem } from "./issue-messages.ts";
import { metricInfo, metricsFor } from "./metrics.ts";
import type { ModelDefinition } from "./schema.ts";

type Check = (definition: ModelDefinition) => PathProblem[];

function quoted(names: Iterable<string>): string {
  return [...names].map((name) => JSON.stringify(name)).join(", ");
}

function hint(name: string, candidates: Iterable<string>): string {
  const near = closest(name, candidates);
  return near === undefined ? "" : `; did you mean ${JSON.stringify(near)}?`;
}

const MEMBERS_BY_PROBLEM = {
  "binary-classification": ["positive", "negative", "labels"],
  "multiclass-classification": ["classes"],
  regression: ["min", "max"],
} as const;

const targetFitsProblem: Check = ({ problem, data: { target } }) => {
  const problems: PathProblem[] = [];
  const allowed: readonly string[] = MEMBERS_BY_PROBLEM[problem];
  for (const [member, value] of Object.entries(target)) {
    if (member === "column" || value === undefined || allowed.includes(member)) continue;
    const fits = Object.entries(MEMBERS_BY_PROBLEM).find(([, members]) =>
      (members as readonly string[]).includes(member),
    );
    problems.push({
      path: ["data", "target", member],
      atKey: true,
      message: `only for ${fits?.[0]}, but the problem is ${problem}; allowed here: column, ${allowed.join(", ")}`,
    });
  }
  if (problem === "binary-classification" && target.positive === undefined) {
    problems.push({ path: ["data", "target", "positive"], message: "missing; list the values that count as positive" });
  }
  const negatives = new Set(target.negative);
  for (const [index, value] of (target.positive ?? []).entries()) {
    if (!negatives.has(value)) continue;
    problems.push({
      path: ["data", "target", "positive", index],
      message: `${JSON.stringify(value)} is also listed as negative; a value can be on one side only`,
    });
  }
  if (target.labels !== undefined && target.labels.positive === target.labels.negative) {
    problems.push({ path: ["data", "target", "labels"], message: "the two labels are the same; they must differ" });
  }
  return problems;
};

const rangesAreOrdered: Check = ({ data, endpoint, monitoring }) => {
  const problems: PathProblem[] = [];
  const check = (path: PropertyKey[], min?: number, max?: number) => {
    if (min !== undefined && max !== undefined && min > max) {
      problems.push({ path, message: `min ${min} is above max ${max}; swap them` });
    }
  };
  for (const [name, feature] of Object.entries(data.features)) {
    const path = ["data", "features", name];
    if (feature.type === "number") check(path, feature.min, feature.max);
    if (feature.type === "timestamp" && feature.min !== undefined && feature.max !== undefined) {
      if (instantOf(feature.min) > instantOf(feature.max)) {
        problems.push({ path, message: `min ${feature.min} is after max ${feature.max}; swap them` });
      }
    }
    if (feature.type === "text" && feature.minLength > feature.maxLength) {
      const message = `minLength ${feature.minLength} is above maxLength ${feature.maxLength}; swap them`;
      problems.push({ path, message });
    }
  }
  check(["data", "target"], data.target.min, data.target.max);
  check(["endpoint", "instance"], endpoint.instance.min, endpoint.instance.max);
  if (monitoring.psi.note > monitoring.psi.act) {
    problems.push({
      path: ["monitoring", "psi"],
      message: `note ${monitoring.psi.note} is above act ${monitoring.psi.act}; a note must come first`,
    });
  }
  return problems;
};

const columnsAgree: Check = ({ data }) => {
  const problems: PathProblem[] = [];
  const features = Object.keys(data.features);
  if (features.length === 0) {
    problems.push({ path: ["data", "features"], message: "empty; declare at least one feature" });
  }
  if (Object.hasOwn(data.features, data.target.column)) {
    problems.push({
      path: ["data", "features", data.target.column],
      message: "the target cannot be a feature: the model would see the answer; remove it",
    });
  }
  const used = new Map<string, string>([
    ...features.map((name): [string, string] => [name, "a feature"]),
    ...data.key.map((name): [string, string] => [name, "a key column"]),
    ...(data.time === undefined ? [] : [[data.time, "the time column"] as [string, string]]),
    [data.target.column, "the target"],
  ]);
  for (const [index, name] of data.ignore.entries()) {
    const role = used.get(name);
    if (role === undefined) continue;
    problems.push({
      path: ["data", "ignore", index],
      message: `${JSON.stringify(name)} is ${role} and cannot be ignored; remove it from one of the two`,
    });
  }
  const seen = new Set<string>();
  for (const [index, name] of data.key.entries()) {
    if (seen.has(name))
      problems.push({ path: ["data", "key", index], message: `${JSON.stringify(name)} is listed twice` });
    seen.add(name);
    const near = features.includes(name)
      ? undefined
      : features.find((other) => other.toLowerCase() === name.toLowerCase());
    if (near !== undefined) {
      problems.push({
        path: ["data", "key", index],
        message: `found ${JSON.stringify(name)}; did you mean ${JSON.stringify(near)}?`,
      });
    }
  }
  return problems;
};

/** Types whose values divide rows into groups. */
const SLICEABLE: ReadonlySet<string> = new Set(["category", "boolean"]);

const featureListsExist: Check = ({ data, gate, monitoring }) => {
  const problems: PathProblem[] = [];
  const names = Object.keys(data.features);
  for (const [index, name] of gate.slices.entries()) {
    const feature = Object.hasOwn(data.features, name) ? data.features[name] : undefined;
    if (feature === undefined || !SLICEABLE.has(feature.type)) {
      const sliceable = names.filter((other) => SLICEABLE.has(data.features[other]?.type ?? ""));
      const found = feature === undefined ? "is no feature" : `is a ${feature.type}`;
      problems.push({
        path: ["gate", "slices", index],
        message: `${JSON.stringify(name)} ${found}; allowed (category and boolean features): ${quoted(sliceable)}${hint(name, sliceable)}`,
      });
    }
  }
  if (monitoring.driftFeatures !== "all") {
    for (const [index, name] of monitoring.driftFeatures.entries()) {
      if (Object.hasOwn(data.features, name)) continue;
      problems.push({
        path: ["monitoring", "driftFeatures", index],
        message: `${JSON.stringify(name)} is no feature; allowed: ${quoted(names)}${hint(name, names)}`,
      });
    }
  }
  return problems;
};

const metricsFit: Check = ({ problem, gate }) => {
  const problems: PathProblem[] = [];
  const fitting = metricsFor(problem);
  if (!fitting.includes(gate.metric)) {
    problems.push({
      path: ["gate", "metric"],
      message: `${gate.metric} does not fit ${problem}; allowed: ${fitting.join(", ")}`,
    });
  }
  for (const [name, floor] of Object.entries(gate.floors)) {
    const metric = fitting.find((other) => other === name);
    if (metric === undefined) {
      problems.push({
        path: ["gate", "floors", name],
        message: `${name} does not fit ${problem}; allowed: ${fitting.join(", ")}`,
      });
      continue;
    }
    const { min, max } = metricInfo(metric);
    if ((min !== null && floor < min) || (max !== null && floor > max)) {
      problems.push({
        path: ["gate", "floors", name],
        message: `found ${floor}; ${name} is between ${min ?? "-infinity"} and ${max ?? "infinity"}`,
      });
    }
  }
  return problems;
};

const splitLeavesTrainingRows: Check = ({ data: { split } }) => {
  if (split.validation + split.test < 1) return [];
  return [
    {
      path: ["data", "split"],
      message: `validation ${split.validation} and test ${split.test} leave no row to train on; their sum must be below 1`,
    },
  ];
};

const pricesAreKnown: Check = ({ training, retraining }) => {
  const { type, usdPerHour } = training.instance;
  if (instanceUsdPerHour(type, usdPerHour) !== undefined) return [];
  return [
    {
      path: ["training", "instance", "type"],
      message: `the price of ${type} is not known, and retraining.maxUsdPerMonth (${retraining.maxUsdPerMonth}) needs it; set training.instance.usdPerHour`,
    },
  ];
};

const compressionFitsFormat: Check = ({ data: { format, compression } }) => {
  if (format !== "parquet" || compression === "auto" || compression === "none") return [];
  return [
    {
      path: ["data", "compression"],
      message: `${compression} does not fit parquet, which compresses its own pages; remove it`,
    },
  ];
};

const timeFormatsAgree: Check = ({ data: { time, timeFormat, features } }) => {
  const path = ["data", "timeFormat"];
  if (timeFormat === undefined) return [];
  if (time === undefined)
    return [{ path, atKey: true, message: "there is no data.time that it belongs to; remove it, or set data.time" }];
  const feature = Object.hasOwn(features, time) ? features[time] : undefined;
  if (feature?.type !== "timestamp" || feature.format === timeFormat) return [];
  return [
    {
      path,
      message: `found ${JSON.stringify(timeFormat)}, but the feature ${JSON.stringify(time)} of the same column has ${feature.format === undefined ? "ISO 8601" : JSON.stringify(feature.format)}; remove one of the two`,
    },
  ];
};

const partsAreListedOnce: Check = ({ data }) =>
  Object.entries(data.features).flatMap(([name, feature]) => {
    if (feature.type !== "timestamp") return [];
    return feature.parts.flatMap((part, index) =>
      feature.parts.indexOf(part) === index
        ? []
        : [{ path: ["data", "features", name, "parts", index], message: `${part} is listed twice; remove one` }],
    );
  });

const CHECKS: readonly Check[] = [
  compressionFitsFormat,
  targetFitsProblem,
  rangesAreOrdered,
  timeFormatsAgree,
  partsAreListedOnce,
  columnsAgree,
  featureListsExist,
  metricsFit,
  splitLeavesTrainingRows,
  pricesAreKnown,
];

/** Problems of a definition that fits the schema but contradicts itself. */
export function crossCheck(definition: ModelDefinition): PathProblem[] {
  return CHECKS.flatMap((check) => check(definition));
}

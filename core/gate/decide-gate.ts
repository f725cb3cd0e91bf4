import { checkRows, classCountOf, metricOf } from "./check-input.ts";
import { compareSlices } from "./compare-slices.ts";
import { gateMetricsFor } from "./metric-registry.ts";
import type { CompareOptions } from "./metrics/gate-metric.ts";
import type { FloorMeasurement, RuleContext } from "./rules/context.ts";
import { enoughRows } from "./rules/enough-rows.ts";
import { floors } from "./rules/floors.ts";
import { nonInferiority } from "./rules/non-inferiority.ts";
import { slices } from "./rules/slices.ts";
import { superiority } from "./rules/superiority.ts";
import { createSample, type Sample } from "./sample.ts";
import type { GateDecision, GateInput, GateReason, MetricIntervals, MetricValues, Verdict } from "./types.ts";

/** Demands in the order in which a report lists them; each is judged, none hides another. */
const RULES = [floors, nonInferiority, superiority, slices] as const;

/**
 * Decides whether a challenger may replace the champion, on the same held-out rows: every floor held, not worse than the
 * champion by more than the margin, no declared slice significantly worse, and with `superiority` significantly better.
 * Without a champion the floors decide. Failed wins over undecided; too few rows are always undecided.
 * Pure; 100,000 rows take well under a second.
 * Errors: `gate.invalid-predictions` when columns do not fit each other or the problem.
 *
 * @example
 * decideGate({ gate: definition.gate, problem: "binary-classification",
 *   rows: { labels: [1, 0, ...], challenger: [0.8, 0.1, ...], champion: null, slices: {} } }).verdict; // "passed"
 */
export function decideGate(input: GateInput): GateDecision {
  checkRows(input);
  const { gate, problem, rows } = input;
  const classCount = classCountOf(input);
  const metric = metricOf(gate.metric, input);
  const options: CompareOptions = { confidence: gate.champion.confidence, seed: input.seed ?? 1 };
  const challenger = createSample(problem, rows.labels, rows.challenger, classCount);
  const champion = rows.champion === null ? null : createSample(problem, rows.labels, rows.champion, classCount);
  const positives = problem === "binary-classification" ? countPositives(rows.labels) : null;

  const base: RuleContext = {
    gate,
    metric,
    rows: challenger.rows,
    positives,
    negatives: positives === null ? null : challenger.rows - positives,
    floors: measureFloors(input, challenger),
    comparison: null,
    hasChampion: champion !== null,
    slices: [],
    skippedLevels: 0,
  };
  const rowReasons = enoughRows(base);
  const isEnough = rowReasons.every(({ ok }) => ok);
  const context = isEnough && champion !== null ? withComparison(base, input, { challenger, champion }, options) : base;
  const reasons = isEnough ? [...rowReasons, ...RULES.flatMap((rule) => rule(context))] : rowReasons;
  const ofChallenger = measure(challenger, options.confidence);
  const ofChampion = champion === null ? { values: {}, intervals: {} } : measure(champion, options.confidence);
  return {
    rows: challenger.rows,
    positives,
    verdict: verdictOf(reasons),
    reasons,
    metrics: { challenger: ofChallenger.values, champion: ofChampion.values },
    intervals: { challenger: ofChallenger.intervals, champion: ofChampion.intervals },
    comparison: reportComparison(context),
    slices: context.slices,
  };
}

/** Failed as soon as one demand is broken, else undecided as soon as one is, else passed. */
export function verdictOf(reasons: readonly GateReason[]): Verdict {
  if (reasons.some(({ outcome }) => outcome === "broken")) return "failed";
  return reasons.some(({ outcome }) => outcome === "undecided") ? "undecided" : "passed";
}

function withComparison(
  base: RuleContext,
  input: GateInput,
  models: { challenger: Sample; champion: Sample },
  options: CompareOptions,
): RuleContext {
  const columns = Object.fromEntries(input.gate.slices.map((name) => [name, input.rows.slices[name] ?? []]));
  const margin = input.gate.champion.nonInferiorityMargin;
  return {
    ...base,
    comparison: base.metric.compare(models.challenger, models.champion, options),
    ...compareSlices(columns, models, base.metric, { ...options, margin }),
  };
}

function measureFloors(input: GateInput, sample: Sample): FloorMeasurement[] {
  return Object.entries(input.gate.floors).flatMap(([id, floor]) => {
    if (floor === undefined) return [];
    const metric = metricOf(id, input);
    const value = metric.value(sample);
    return [{ metric, floor, value, interval: metric.interval(sample, input.gate.champion.confidence) }];
  });
}

function measure(sample: Sample, confidence: number): { values: MetricValues; intervals: MetricIntervals } {
  const values: MetricValues = {};
  const intervals: MetricIntervals = {};
  if (sample.rows === 0) return { values, intervals };
  for (const metric of gateMetricsFor(sample.problem)) {
    const value = metric.value(sample);
    // A report is JSON, which has neither NaN nor infinity.
    if (!Number.isFinite(value)) continue;
    values[metric.id] = value;
    const interval = metric.interval(sample, confidence);
    if (interval !== null && Number.isFinite(interval.low) && Number.isFinite(interval.high)) {
      intervals[metric.id] = interval;
    }
  }
  return { values, intervals };
}

function reportComparison({ comparison, metric, gate }: RuleContext): GateDecision["comparison"] {
  if (comparison === null) return null;
  return { metric: metric.id, ...comparison, margin: gate.champion.nonInferiorityMargin };
}

function countPositives(labels: ArrayLike<number>): number {
  let positives = 0;
  for (let i = 0; i < labels.length; i += 1) if (labels[i] === 1) positives += 1;
  return positives;
}

import { createColumns, headerReasons } from "../data/ingest-columns.ts";
import { parseInstant } from "../data/instant-parser.ts";
import { mergeProfiles } from "../data/merge-profiles.ts";
import type { Profile, TargetProfile } from "../data/profile.ts";
import type { Reason } from "../data/reason.ts";
import { ReasonCollector } from "../data/reason-collector.ts";
import type { SplitRows } from "../data/row-writer.ts";
import { emptyFile } from "../data/rules/empty-file.ts";
import { headerOnly } from "../data/rules/header-only.ts";
import { levelCount } from "../data/rules/level-count.ts";
import { nullFraction } from "../data/rules/null-fraction.ts";
import { CONSTANT_TARGET_ROWS, targetConstant } from "../data/rules/target-constant.ts";
import { tooFewRows } from "../data/rules/too-few-rows.ts";
import { severityOf } from "../data/severity.ts";
import { utf8 } from "../data/text.ts";
import type { TimeRange } from "../data/time-column.ts";
import type { ModelDefinition } from "../definition/schema.ts";
import { KeyMerge } from "./merge-keys.ts";
import type { RangePartial } from "./range-ingest.ts";

/** What a file is as a whole, from its ranges. */
export interface MergedFile {
  readonly accepted: boolean;
  readonly rows: number;
  readonly split: SplitRows;
  readonly reasons: readonly Reason[];
  readonly warnings: readonly Reason[];
  readonly profile: Profile;
  readonly timeRange: TimeRange | null;
  readonly columns: readonly string[];
  readonly keys: ReturnType<KeyMerge["build"]>;
}

const MAX_EXAMPLES = 5;

/**
 * Joins the partial results of a file's ranges, one after the other in the order of the file, and judges the whole as a single pass does. Memory
 * holds one merged profile, whatever the number of ranges.
 *
 * @example
 * const merge = createRangeMerge(definition);
 * for (const partial of partials) merge.add(partial);
 * const file = merge.end();
 */
export function createRangeMerge(definition: ModelDefinition): { add(partial: RangePartial): void; end(): MergedFile } {
  return new Merge(definition);
}

class Merge {
  private readonly definition: ModelDefinition;
  private readonly reasons = new Map<string, Reason>();
  private readonly warnings = new Map<string, Reason>();
  private readonly split: SplitRows = { total: 0, train: 0, validation: 0, test: 0 };
  private readonly columns = new Set<string>();
  private readonly keys = new KeyMerge();
  private profile: Profile | undefined;
  private timeRange: TimeRange | null = null;
  private isHopeless = false;

  constructor(definition: ModelDefinition) {
    this.definition = definition;
  }

  add(partial: RangePartial): void {
    // One pass would not have read on.
    if (this.isHopeless) return;
    this.isHopeless = partial.isHopeless;
    for (const reason of partial.reasons) addReason(this.reasons, reason);
    for (const warning of partial.warnings) addReason(this.warnings, warning);
    for (const name of partial.columns) this.columns.add(name);
    this.profile = this.profile === undefined ? partial.profile : mergeProfiles(this.profile, partial.profile);
    this.timeRange = joinTimes(this.timeRange, partial.timeRange);
    if (partial.keys !== null) this.keys.add(partial.keys);
    for (const side of ["total", "train", "validation", "test"] as const)
      this.split[side] += partial.split?.[side] ?? 0;
  }

  end(): MergedFile {
    const { profile } = this;
    if (profile === undefined) throw new Error("a file has at least one range");
    const columns = [...this.columns];
    const reasons = collect(this.reasons);
    const warnings = collect(this.warnings);
    if (!this.isHopeless) {
      for (const reason of wholeFileReasons(this.definition, profile, columns)) {
        const severity = severityOf(this.definition, reason.rule);
        if (severity !== "off") (severity === "warn" ? warnings : reasons).add(reason);
      }
    }
    return {
      accepted: reasons.isEmpty,
      rows: profile.rows,
      split: this.split,
      reasons: reasons.list(),
      warnings: warnings.list(),
      profile,
      timeRange: this.timeRange,
      columns,
      keys: this.keys.build(),
    };
  }
}

function addReason(into: Map<string, Reason>, reason: Reason): void {
  const key = reason.column === undefined ? reason.rule : `${reason.rule}\n${reason.column}`;
  const known = into.get(key);
  if (known === undefined) {
    into.set(key, { ...reason, examples: [...reason.examples] });
    return;
  }
  // Reasons about the file as a whole have no examples and are the same in every range.
  if (reason.examples.length === 0) return;
  known.count += reason.count;
  known.examples = [...known.examples, ...reason.examples].slice(0, MAX_EXAMPLES);
}

function collect(reasons: ReadonlyMap<string, Reason>): ReasonCollector {
  const collector = new ReasonCollector();
  for (const reason of reasons.values()) collector.add(reason);
  return collector;
}

/** The rules about the file as a whole, from its profile. */
function wholeFileReasons(definition: ModelDefinition, profile: Profile, names: readonly string[]): Reason[] {
  const { data } = definition;
  const { rows } = profile;
  const isCsv = data.format === "csv";
  if (rows === 0) return [isCsv ? headerOnly() : emptyFile()];
  const context = { reasons: new ReasonCollector(), missing: new Set<string>(), row: 0 };
  // In CSV the first range has judged the header already.
  const found: (Reason | undefined)[] = isCsv
    ? []
    : headerReasons(createColumns(definition, context), definition, names);
  found.push(tooFewRows(rows, data.minimumRows));
  for (const [name, feature] of Object.entries(data.features)) {
    const column = profile.features[name];
    if (column === undefined || !names.includes(name)) continue;
    found.push(nullFraction(name, column.nulls, rows, feature.maxNullFraction));
    if (feature.type !== "category" || column.type !== "category") continue;
    found.push(levelCount(name, Object.keys(column.levels).length, column.distinctOverflow, feature.maxLevels));
  }
  const constant = constantTarget(profile.target);
  if (constant !== undefined && rows >= CONSTANT_TARGET_ROWS && data.constantTarget === "reject") {
    found.push(targetConstant(data.target.column, rows, constant));
  }
  return found.filter((reason) => reason !== undefined);
}

function constantTarget(target: TargetProfile): string | undefined {
  if (target.type === "regression") return target.min === target.max ? String(target.min) : undefined;
  if (target.type === "multiclass") {
    const [only, second] = Object.entries(target.levels).filter(([, count]) => count > 0);
    return second === undefined ? only?.[0] : undefined;
  }
  if (target.positive > 0 && target.negative > 0) return undefined;
  return target.positive > 0 ? "positive" : target.negative > 0 ? "negative" : undefined;
}

function joinTimes(a: TimeRange | null, b: TimeRange | null): TimeRange | null {
  if (a === null || b === null) return a ?? b;
  return {
    from: instant(b.from) < instant(a.from) ? b.from : a.from,
    to: instant(b.to) > instant(a.to) ? b.to : a.to,
  };
}

function instant(text: string): number {
  const bytes = utf8(text);
  return parseInstant(bytes, 0, bytes.length);
}

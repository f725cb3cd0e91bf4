import { timeFormatOf } from "../definition/definition.ts";
import type { ModelDefinition } from "../definition/schema.ts";
import { BooleanColumn } from "./boolean-column.ts";
import { CategoryColumn } from "./category-column.ts";
import { ClassTarget } from "./class-target.ts";
import type { ColumnContext, FeatureColumn, TargetColumn } from "./column.ts";
import { instantReader } from "./instant-reader.ts";
import type { KeyForm } from "./key-cell.ts";
import { NumberColumn } from "./number-column.ts";
import { NumberTarget } from "./number-target.ts";
import type { FeatureProfile, Profile } from "./profile.ts";
import type { Reason } from "./reason.ts";
import { columnMissing } from "./rules/column-missing.ts";
import { columnUnknown } from "./rules/column-unknown.ts";
import { levelCount } from "./rules/level-count.ts";
import { nullFraction } from "./rules/null-fraction.ts";
import { CONSTANT_TARGET_ROWS, targetConstant } from "./rules/target-constant.ts";
import { tooFewRows } from "./rules/too-few-rows.ts";
import { TextColumn } from "./text-column.ts";
import { TimeColumn } from "./time-column.ts";
import { TimestampColumn } from "./timestamp-column.ts";

/** The columns of one ingest. `cell` is the position of a column in the file's rows, -1 while the file does not have it. */
export interface IngestColumns {
  features: { name: string; column: FeatureColumn; cell: number }[];
  target: { name: string; column: TargetColumn; cell: number };
  time: { name: string; column: TimeColumn; cell: number } | undefined;
  /** Columns whose bytes decide a row's side. */
  key: { name: string; cell: number; form: KeyForm }[];
}

function featureColumn(name: string, definition: ModelDefinition, context: ColumnContext): FeatureColumn {
  const feature = definition.data.features[name];
  if (feature?.type === "number") return new NumberColumn(name, feature, context);
  if (feature?.type === "category") return new CategoryColumn(name, feature, context);
  if (feature?.type === "timestamp") return new TimestampColumn(name, feature, context);
  if (feature?.type === "text") return new TextColumn(name, feature, context);
  return new BooleanColumn(name, context);
}

function keyForm(name: string, definition: ModelDefinition): KeyForm {
  const { time, features } = definition.data;
  const feature = features[name];
  if (name !== time && feature?.type !== "timestamp") return feature?.type === "boolean" ? "boolean" : "value";
  const format = name === time ? timeFormatOf(definition) : feature?.type === "timestamp" ? feature.format : undefined;
  return format === undefined ? "time" : instantReader(format);
}

/** Makes the columns that a definition declares. */
export function createColumns(definition: ModelDefinition, context: ColumnContext): IngestColumns {
  const { features, target, time, key } = definition.data;
  const names = Object.keys(features);
  const keyNames = key.length > 0 ? key : [...names, target.column, ...(time === undefined ? [] : [time])];
  const isNumber = definition.problem === "regression";
  return {
    features: names.map((name) => ({ name, column: featureColumn(name, definition, context), cell: -1 })),
    target: {
      name: target.column,
      column: isNumber ? new NumberTarget(definition, context) : new ClassTarget(definition, context),
      cell: -1,
    },
    time:
      time === undefined
        ? undefined
        : { name: time, column: new TimeColumn(time, context, timeFormatOf(definition)), cell: -1 },
    key: [...new Set(keyNames)].map((name) => ({ name, cell: -1, form: keyForm(name, definition) })),
  };
}

/** Tells every column where in the rows it is. */
export function locateColumns(columns: IngestColumns, header: readonly string[]): void {
  const cells = new Map<string, number>();
  for (const [cell, name] of header.entries()) if (!cells.has(name)) cells.set(name, cell);
  const { features, target, time, key } = columns;
  for (const place of [...features, target, ...(time === undefined ? [] : [time]), ...key]) {
    place.cell = cells.get(place.name) ?? -1;
  }
}

/** Reasons for columns that the file lacks, and for those that it must not have. */
export function headerReasons(
  columns: IngestColumns,
  definition: ModelDefinition,
  header: readonly string[],
): Reason[] {
  const { features, target, time, key } = columns;
  const needed = new Map<string, string>();
  const need = (name: string, role: string) => {
    if (!needed.has(name)) needed.set(name, role);
  };
  need(target.name, "the target");
  for (const { name } of features) need(name, "the feature");
  if (time !== undefined) need(time.name, "the time column");
  for (const { name } of key) need(name, "the key column");
  const present = new Set(header);
  const missing = [...needed].flatMap(([name, role]) => (present.has(name) ? [] : [columnMissing(name, role, header)]));
  if (definition.data.unknownColumns === "ignore") return missing;
  const known = [...needed.keys(), ...definition.data.ignore];
  const unknown = header.filter((name) => !known.includes(name));
  return [...missing, ...unknown.map((name) => columnUnknown(name, known))];
}

/** Reasons about whole columns, once every row has been read. */
export function wholeReasons(columns: IngestColumns, definition: ModelDefinition, rows: number): Reason[] {
  const reasons: (Reason | undefined)[] = [tooFewRows(rows, definition.data.minimumRows)];
  for (const { name, column, cell } of columns.features) {
    const feature = definition.data.features[name];
    if (cell < 0 || feature === undefined) continue;
    const profile = column.profile();
    reasons.push(nullFraction(name, profile.nulls, rows, feature.maxNullFraction));
    if (feature.type !== "category" || profile.type !== "category") continue;
    reasons.push(levelCount(name, Object.keys(profile.levels).length, profile.distinctOverflow, feature.maxLevels));
  }
  const { target } = columns;
  const constant = target.column.constant();
  if (constant !== undefined && rows >= CONSTANT_TARGET_ROWS && definition.data.constantTarget === "reject") {
    reasons.push(targetConstant(target.name, rows, constant));
  }
  return reasons.filter((reason) => reason !== undefined);
}

/** The profile of all rows that were read. */
export function buildProfile(columns: IngestColumns, rows: number): Profile {
  const features = columns.features.map(({ name, column }): [string, FeatureProfile] => [name, column.profile()]);
  return { schemaVersion: 1, rows, features: Object.fromEntries(features), target: columns.target.column.profile() };
}

import type { FeatureProfile } from "../../core/data/profile.ts";
import type { Problem } from "../../core/definition/metrics.ts";
import { MlopsError } from "../../core/errors/mlops-error.ts";
import { parseS3Uri } from "../../core/plans/names.ts";
import { type PredictionObject, predictionValue, type SmokeRow, scoresOf } from "../../core/plans/predictions.ts";
import type { Factory } from "../factory.ts";
import { readLines } from "../support/lines.ts";
import { createPredictionProfile } from "./prediction-profile.ts";

/** What the predictions must look like. */
export interface PredictionShape {
  readonly problem: Problem;
  /** Class names in the order of the scores; empty for regression. */
  readonly classes: readonly string[];
  /** Held-out rows of the dataset. */
  readonly rows: number;
}

/** The challenger's predictions in columns, and what is derived from them in the same pass. */
export interface ChallengerPredictions {
  readonly labels: Float64Array;
  readonly scores: Float64Array;
  readonly slices: Readonly<Record<string, readonly (string | null)[]>>;
  /** Row number by row id. */
  readonly rowOf: ReadonlyMap<string, number>;
  readonly reference: FeatureProfile;
  readonly smokeRows: readonly SmokeRow[];
}

/** Rows that a smoke test sends. */
const SMOKE_ROWS = 25;

interface JoinedLine {
  readonly id: string;
  readonly label: unknown;
  readonly features: Readonly<Record<string, unknown>>;
  readonly prediction: PredictionObject;
}

/** Reads joined batch-transform output in one pass; memory grows with the number of rows, not with their width. */
export async function collectChallenger(
  factory: Pick<Factory, "objects">,
  prefix: string,
  shape: PredictionShape,
  sliceFeatures: readonly string[],
): Promise<ChallengerPredictions> {
  const width = widthOf(shape);
  const labels = new Float64Array(shape.rows);
  const scores = new Float64Array(shape.rows * width);
  const slices = Object.fromEntries(sliceFeatures.map((name): [string, (string | null)[]] => [name, []]));
  const rowOf = new Map<string, number>();
  const reference = createPredictionProfile(shape.problem);
  const smokeRows: SmokeRow[] = [];
  const stride = Math.max(1, Math.floor(shape.rows / SMOKE_ROWS));
  for await (const line of joinedLines(factory, prefix)) {
    const row = rowOf.size;
    if (rowOf.has(line.id)) throw invalid(prefix, `row ${line.id} occurs twice`);
    if (row >= shape.rows) throw invalid(prefix, `there are more rows than the ${shape.rows} held-out ones`);
    rowOf.set(line.id, row);
    labels[row] = labelOf(shape, line, prefix);
    scores.set(checkedScores(shape, line, prefix), row * width);
    for (const name of sliceFeatures) slices[name]?.push(levelOf(line.features[name]));
    reference.add(predictionValue(shape.problem, line.prediction));
    if (row % stride === 0 && smokeRows.length < SMOKE_ROWS) {
      smokeRows.push({ id: line.id, features: line.features, expected: line.prediction });
    }
  }
  if (rowOf.size !== shape.rows)
    throw invalid(prefix, `${rowOf.size} rows have a prediction, ${shape.rows} are held out`);
  return { labels, scores, slices, rowOf, reference: reference.build(), smokeRows };
}

/** Reads another model's predictions for the same rows, in the row order of the challenger's. */
export async function collectScores(
  factory: Pick<Factory, "objects">,
  prefix: string,
  shape: PredictionShape,
  rowOf: ReadonlyMap<string, number>,
): Promise<Float64Array> {
  const width = widthOf(shape);
  const scores = new Float64Array(shape.rows * width);
  const seen = new Uint8Array(shape.rows);
  let count = 0;
  for await (const line of joinedLines(factory, prefix)) {
    const row = rowOf.get(line.id);
    if (row === undefined) throw invalid(prefix, `row ${line.id} was not predicted by the challenger`);
    if (seen[row] === 1) throw invalid(prefix, `row ${line.id} occurs twice`);
    seen[row] = 1;
    count += 1;
    scores.set(checkedScores(shape, line, prefix), row * width);
  }
  if (count !== shape.rows) throw invalid(prefix, `${count} rows have a prediction, ${shape.rows} are held out`);
  return scores;
}

function widthOf(shape: PredictionShape): number {
  return shape.problem === "multiclass-classification" ? shape.classes.length : 1;
}

async function* joinedLines(factory: Pick<Factory, "objects">, prefix: string): AsyncGenerator<JoinedLine> {
  const location = parseS3Uri(prefix);
  if (location === null) throw new MlopsError("input.invalid", `${prefix} is not an S3 URI (s3://bucket/key)`);
  for await (const object of factory.objects.list(location.bucket, location.key)) {
    if (!object.key.endsWith(".out")) continue;
    const found = await factory.objects.read({ bucket: location.bucket, key: object.key });
    if (found === null) throw new MlopsError("data.object-gone", `${object.key} vanished while it was read`);
    for await (const text of readLines(found.body)) yield parseLine(text, object.key);
  }
}

function parseLine(text: string, key: string): JoinedLine {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new MlopsError("gate.invalid-predictions", `${key} has a line that is not JSON`, { cause });
  }
  const { id, label, features, SageMakerOutput } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof id !== "string" || !isRecord(features)) throw invalid(key, "a line lacks its id or features");
  if (!isRecord(SageMakerOutput)) throw invalid(key, `row ${id} has no prediction`);
  return { id, label, features, prediction: SageMakerOutput };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function labelOf(shape: PredictionShape, line: JoinedLine, where: string): number {
  if (shape.problem === "multiclass-classification") {
    const index = shape.classes.indexOf(String(line.label));
    if (index < 0) throw invalid(where, `row ${line.id} has a class that the definition does not name`);
    return index;
  }
  const number = typeof line.label === "number" ? line.label : Number.NaN;
  if (!Number.isFinite(number)) throw invalid(where, `row ${line.id} has no usable label`);
  return number;
}

function checkedScores(shape: PredictionShape, line: JoinedLine, where: string): readonly number[] {
  const scores = scoresOf(shape.problem, shape.classes, line.prediction);
  if (scores === null)
    throw invalid(where, `the prediction of row ${line.id} does not have the shape of ${shape.problem}`);
  return scores;
}

function levelOf(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value);
}

function invalid(where: string, what: string): MlopsError {
  return new MlopsError("gate.invalid-predictions", `batch-transform output ${where}: ${what}`);
}

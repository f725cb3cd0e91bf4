import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Cloud } from "../../kernel/cloud.ts";
import { addSample, type Bucket, emptyBucket, type Sample } from "./buckets.ts";
import type { Dimension, MetricIdentity } from "./types.ts";

/** One metric with its buckets, one a second: epoch second to bucket. */
export interface Series {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: readonly Dimension[];
  readonly buckets: Map<number, Bucket>;
}

/** A line of the file: namespace, name, dimensions, epoch seconds, sample. */
type Line = [string, string, readonly Dimension[], number, Sample];

const DAY_MILLIS = 86_400_000;
const RETENTION_DAYS = 15;

/**
 * Metric data, aggregated by the second, in memory and in one append-only file a day. AWS keeps minutes unless a metric
 * is of high resolution; here every metric is. Data older than 15 days is removed.
 */
export class MetricStore {
  readonly #cloud: Cloud;
  readonly #series = new Map<string, Series>();
  #loaded = false;

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
  }

  /** Adds one sample and writes it to disk. */
  add(metric: MetricIdentity, timeMillis: number, sample: Sample): void {
    this.#load();
    const second = Math.floor(timeMillis / 1_000);
    const dimensions = sorted(metric.Dimensions ?? []);
    const line: Line = [metric.Namespace, metric.MetricName, dimensions, second, sample];
    appendFileSync(this.#file(timeMillis), `${JSON.stringify(line)}\n`);
    this.#merge(line);
  }

  /** The series of exactly these dimensions. */
  find(metric: MetricIdentity): Series | undefined {
    this.#load();
    return this.#series.get(keyOf(metric.Namespace, metric.MetricName, sorted(metric.Dimensions ?? [])));
  }

  all(): Series[] {
    this.#load();
    return [...this.#series.values()];
  }

  #merge([namespace, metricName, dimensions, second, sample]: Line): void {
    const key = keyOf(namespace, metricName, dimensions);
    let series = this.#series.get(key);
    if (!series) {
      series = { namespace, metricName, dimensions, buckets: new Map() };
      this.#series.set(key, series);
    }
    series.buckets.set(second, addSample(series.buckets.get(second) ?? emptyBucket(), sample));
  }

  #directory(): string {
    return join(this.#cloud.directory("cloudwatch"), "metrics");
  }

  #file(timeMillis: number): string {
    return join(this.#directory(), `${new Date(timeMillis).toISOString().slice(0, 10)}.jsonl`);
  }

  #load(): void {
    if (this.#loaded) return;
    this.#loaded = true;
    const directory = this.#directory();
    mkdirSync(directory, { recursive: true });
    const oldest = new Date(this.#cloud.now() - RETENTION_DAYS * DAY_MILLIS).toISOString().slice(0, 10);
    for (const name of readdirSync(directory)) {
      const path = join(directory, name);
      if (name.slice(0, 10) < oldest) rmSync(path, { force: true });
      else if (existsSync(path)) this.#loadFile(path);
    }
  }

  #loadFile(path: string): void {
    for (const text of readFileSync(path, "utf8").split("\n")) {
      if (text === "") continue;
      try {
        this.#merge(JSON.parse(text) as Line);
      } catch (error) {
        // A killed process may leave half a line.
        if (!(error instanceof SyntaxError)) throw error;
      }
    }
  }
}

function sorted(dimensions: readonly Dimension[]): Dimension[] {
  return dimensions
    .map(({ Name, Value }) => ({ Name, Value }))
    .sort((a, b) => (a.Name < b.Name ? -1 : a.Name > b.Name ? 1 : 0));
}

function keyOf(namespace: string, metricName: string, dimensions: readonly Dimension[]): string {
  return JSON.stringify([namespace, metricName, ...dimensions.map(({ Name, Value }) => [Name, Value])]);
}

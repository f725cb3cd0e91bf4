import { AwsError } from "../../kernel/aws-error.ts";

/** What one datum of PutMetricData contributes: values with counts, or only their summary. */
export interface Sample {
  readonly unit?: string;
  readonly values?: readonly (readonly [value: number, count: number])[];
  readonly summary?: { readonly count: number; readonly sum: number; readonly min: number; readonly max: number };
}

/** All samples of a span of time. */
export interface Bucket {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  /** Value to count; undefined when a summary hides the single values, which rules percentiles out. */
  readonly values: ReadonlyMap<number, number> | undefined;
  readonly unit: string | undefined;
}

/** A bucket without samples. */
export function emptyBucket(): Bucket {
  return {
    count: 0,
    sum: 0,
    min: Number.POSITIVE_INFINITY,
    max: Number.NEGATIVE_INFINITY,
    values: new Map(),
    unit: undefined,
  };
}

/** The bucket with one more sample. */
export function addSample(bucket: Bucket, sample: Sample): Bucket {
  let { count, sum, min, max, values } = bucket;
  if (sample.summary) {
    count += sample.summary.count;
    sum += sample.summary.sum;
    min = Math.min(min, sample.summary.min);
    max = Math.max(max, sample.summary.max);
    values = undefined;
  }
  for (const [value, times] of sample.values ?? []) {
    count += times;
    sum += value * times;
    min = Math.min(min, value);
    max = Math.max(max, value);
    values = values && new Map(values).set(value, (values.get(value) ?? 0) + times);
  }
  return { count, sum, min, max, values, unit: sample.unit ?? bucket.unit };
}

/** All buckets of a span as one; undefined when the span holds no sample. */
export function mergeBuckets(buckets: Iterable<Bucket>): Bucket | undefined {
  let { count, sum, min, max } = emptyBucket();
  let values: Map<number, number> | undefined = new Map();
  let unit: string | undefined;
  for (const bucket of buckets) {
    count += bucket.count;
    sum += bucket.sum;
    min = Math.min(min, bucket.min);
    max = Math.max(max, bucket.max);
    unit ??= bucket.unit;
    if (!bucket.values) values = undefined;
    for (const [value, times] of bucket.values ?? []) values?.set(value, (values.get(value) ?? 0) + times);
  }
  return count === 0 ? undefined : { count, sum, min, max, values, unit };
}

/**
 * A statistic of a bucket: SampleCount, Sum, Average, Minimum, Maximum, or a percentile such as `p99` (linear
 * interpolation between closest ranks); undefined when percentiles cannot be told. Other statistics throw.
 */
export function statisticOf(bucket: Bucket, statistic: string): number | undefined {
  switch (statistic) {
    case "SampleCount":
      return bucket.count;
    case "Sum":
      return bucket.sum;
    case "Average":
      return bucket.sum / bucket.count;
    case "Minimum":
      return bucket.min;
    case "Maximum":
      return bucket.max;
    default: {
      const percent = percentileOf(statistic);
      return bucket.values && percentile(bucket.values, bucket.count, percent);
    }
  }
}

/** The percent of a statistic such as `p99.9`. Throws InvalidParameterValue for a statistic that is not supported. */
export function percentileOf(statistic: string): number {
  const match = /^p(\d{1,2}(?:\.\d{1,10})?|100)$/.exec(statistic);
  if (match) return Number(match[1]);
  throw new AwsError(
    "InvalidParameterValueException",
    400,
    `The local cloud does not support the statistic '${statistic}'; it has SampleCount, Sum, Average, Minimum, Maximum and pNN`,
  );
}

function percentile(values: ReadonlyMap<number, number>, count: number, percent: number): number {
  const ordered = [...values].sort(([a], [b]) => a - b);
  const rank = (percent / 100) * (count - 1);
  const at = (position: number): number => {
    let seen = 0;
    for (const [value, times] of ordered) {
      seen += times;
      if (position < seen) return value;
    }
    return ordered.at(-1)?.[0] ?? Number.NaN;
  };
  const low = at(Math.floor(rank));
  const high = at(Math.ceil(rank));
  return low + (high - low) * (rank - Math.floor(rank));
}

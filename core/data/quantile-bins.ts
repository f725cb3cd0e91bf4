/** A bucket of a sketch: its signed key, and how many rows are in it. */
interface Bucket {
  readonly key: number;
  readonly count: number;
}

/** Quantile bins over buckets: the last key of each, ascending, and its exact number of rows. */
export interface QuantileBins {
  readonly upperKeys: number[];
  readonly counts: number[];
}

/**
 * Divides buckets into at most `binCount` bins that are about equally full. A bucket that alone fills a bin (a value that many rows share,
 * such as 0) gets one, with the few rows just before it; the other rows are divided evenly over the bins that are left, so that a value of
 * most rows neither starves the others of bins nor leaves slivers behind it.
 *
 * @param buckets ascending by key, none empty
 */
export function quantileBins(buckets: readonly Bucket[], binCount: number): QuantileBins {
  const total = buckets.reduce((sum, { count }) => sum + count, 0);
  const isHeavy = ({ count }: Bucket): boolean => count * binCount >= total;
  const heavy = buckets.filter(isHeavy);
  const upperKeys: number[] = [];
  const counts: number[] = [];
  let rowsLeft = heavy.reduce((rows, { count }) => rows - count, total);
  let binsLeft = binCount - heavy.length;
  let inBin = 0;
  const close = (key: number, rows: number): void => {
    upperKeys.push(key);
    counts.push(rows);
    rowsLeft -= inBin;
    inBin = 0;
  };
  for (const [index, bucket] of buckets.entries()) {
    if (isHeavy(bucket)) {
      const before = buckets[index - 1];
      // At least half a share stays apart, as long as the rows behind keep a bin.
      if (before !== undefined && inBin > 0 && binsLeft > 1 && 2 * inBin * binsLeft >= rowsLeft) {
        close(before.key, inBin);
        binsLeft -= 1;
      }
      close(bucket.key, inBin + bucket.count);
      continue;
    }
    inBin += bucket.count;
    if (inBin * binsLeft < rowsLeft && index < buckets.length - 1) continue;
    close(bucket.key, inBin);
    binsLeft -= 1;
  }
  return { upperKeys, counts };
}

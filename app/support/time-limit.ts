import type { TableSource } from "../../core/data/formats/table-source.ts";

/** Time that is kept for what follows the reading: report, registry, alert. */
const RESERVE_MILLIS = 60_000;
/** Time for the copy into the quarantine, which S3 makes in parts of 1 GiB one after the other: 50 MB/s at worst. */
const COPY_BYTES_PER_MILLI = 50_000;

/** Thrown where time is up; whoever set the limit catches it and says what follows. */
export class OutOfTime extends Error {
  override readonly name = "OutOfTime";
  readonly seconds: number;

  constructor(seconds: number) {
    super(`out of time after ${Math.round(seconds)} s`);
    this.seconds = seconds;
  }
}

/** The time of one function. */
export class TimeLimit {
  private readonly remainingMillis: () => number;
  private readonly atStartMillis: number;
  private readonly reserveMillis: number;

  /**
   * @param remainingMillis time until the platform ends the function
   * @param sizeBytes size of the file
   */
  constructor(remainingMillis: () => number, sizeBytes: number) {
    this.remainingMillis = remainingMillis;
    this.atStartMillis = remainingMillis();
    // Half of the time is for the reading, whatever the size.
    this.reserveMillis = Math.min(this.atStartMillis / 2, RESERVE_MILLIS + sizeBytes / COPY_BYTES_PER_MILLI);
  }

  /** @throws OutOfTime when only the reserve is left */
  check(): void {
    const leftMillis = this.remainingMillis();
    if (leftMillis < this.reserveMillis) throw new OutOfTime((this.atStartMillis - leftMillis) / 1_000);
  }
}

/** A source whose reading ends with {@link OutOfTime} when time is up. */
export function limitTime(source: TableSource, limit: TimeLimit): TableSource {
  return {
    ...source,
    stream: async function* () {
      for await (const chunk of source.stream()) {
        yield chunk;
        limit.check();
      }
    },
    range: (start, end) => {
      limit.check();
      return source.range(start, end);
    },
  };
}

/** Tells the time, and waits. */
export interface Clock {
  now(): Date;
  /** Comes back after so many milliseconds. */
  sleep(millis: number): Promise<void>;
}

import { createHash } from "node:crypto";

/** Seconds since the epoch in base 36: short and sortable for as long as names need it. */
function timePart(now: Date): string {
  return Math.floor(now.getTime() / 1000).toString(36);
}

/** Run id `r<fence>-<seconds, base 36>`; unique because the fence only grows. */
export function makeRunId(fence: number, now: Date): string {
  return `r${fence}-${timePart(now)}`;
}

/** Delivery id `d<fence>-<seconds, base 36>`. */
export function makeDeliveryId(fence: number, now: Date): string {
  return `d${fence}-${timePart(now)}`;
}

/** Batch id: first 16 hex digits of SHA-256 of `bucket\nkey\nversion id`, so that the same object version always gives the same batch. */
export function makeBatchId(source: { bucket: string; key: string; versionId: string }): string {
  return createHash("sha256").update(`${source.bucket}\n${source.key}\n${source.versionId}`).digest("hex").slice(0, 16);
}

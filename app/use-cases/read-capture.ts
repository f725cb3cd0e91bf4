import { createHash } from "node:crypto";
import { createRowCounter, type DriftCounts, mergeCounts } from "../../core/drift/index.ts";
import { type CaptureShape, parseCaptureLine } from "../../core/events/capture-record.ts";
import { dataKeys } from "../../core/plans/names.ts";
import type { Factory } from "../factory.ts";
import { readLines } from "../support/lines.ts";
import { PREDICTION_FEATURE, type VersionReferences } from "./drift-references.ts";
import { SMOKE_INFERENCE_PREFIX } from "./smoke-test.ts";

/** How far the monitor has read below one prefix. */
export interface CaptureProgress {
  /** Newest hour `yyyy/mm/dd/hh` that had a file; empty at first. */
  readonly watermark: string;
  /** Files of the last hours that are counted already, relative to the prefix. */
  readonly seen: readonly string[];
}

/** What has been read, over all prefixes. */
export interface CaptureState {
  readonly prefixes: Readonly<Record<string, CaptureProgress>>;
  /** Short hashes of the latest event ids: the same event in two files counts once. */
  readonly events: readonly string[];
}

/** What one check has read. */
export interface CaptureRead {
  readonly state: CaptureState;
  readonly counts: DriftCounts;
  readonly rows: number;
  readonly files: number;
  readonly unreadable: number;
  /** False when there is more to read at the next check. */
  readonly complete: boolean;
}

/** Capture files may come so many hours late and are still counted. */
const LOOK_BACK_HOURS = 6;
/** Event ids that are remembered from one check to the next. */
const REMEMBERED_EVENTS = 50_000;
/** Rows after which a check stops, so that it ends within a Lambda's time; the next one goes on from there. */
const MAX_ROWS = 1_000_000;

/** The state before anything was read. */
export const EMPTY_CAPTURE_STATE: CaptureState = { prefixes: {}, events: [] };

/** Reads the new capture files of the given deliveries' champion variant and counts their rows into bins. */
export async function readCapture(
  factory: Pick<Factory, "objects" | "settings">,
  target: { readonly model: string; readonly endpointName: string; readonly deliveryIds: readonly string[] },
  references: VersionReferences,
  shape: CaptureShape,
  state: CaptureState,
): Promise<CaptureRead> {
  const inputs = createRowCounter(references.inputs);
  const predictions = createRowCounter(references.predictions);
  const predictionName = Object.keys(references.predictions)[0] ?? PREDICTION_FEATURE;
  const events = new Set(state.events);
  const prefixes: Record<string, CaptureProgress> = {};
  let [rows, files, unreadable, complete] = [0, 0, 0, true];
  const bucket = factory.settings.dataBucket;

  const readFile = async (key: string): Promise<void> => {
    const found = await factory.objects.read({ bucket, key });
    if (found === null) return;
    files += 1;
    for await (const line of readLines(found.body)) {
      const record = parseCaptureLine(line, shape);
      if (record === "unreadable") unreadable += 1;
      if (typeof record === "string" || record.inferenceId?.startsWith(SMOKE_INFERENCE_PREFIX)) continue;
      const event = createHash("sha256").update(record.eventId).digest("base64").slice(0, 11);
      if (events.has(event)) continue;
      events.add(event);
      rows += record.rows.length;
      for (const row of record.rows) inputs.add(row);
      for (const value of record.predictions) predictions.add({ [predictionName]: value });
    }
  };

  for (const deliveryId of target.deliveryIds) {
    const prefix = `${dataKeys.capturePrefix(target.model, deliveryId)}/${target.endpointName}/champion/`;
    const progress = state.prefixes[deliveryId] ?? { watermark: "", seen: [] };
    const from = progress.watermark === "" ? "" : hoursBefore(progress.watermark, LOOK_BACK_HOURS);
    const seen = new Set(progress.seen);
    let watermark = progress.watermark;
    for await (const object of factory.objects.list(bucket, prefix, from === "" ? undefined : `${prefix}${from}`)) {
      const name = object.key.slice(prefix.length);
      if (seen.has(name)) continue;
      if (rows >= MAX_ROWS) {
        complete = false;
        break;
      }
      await readFile(object.key);
      seen.add(name);
      const hour = name.slice(0, "yyyy/mm/dd/hh".length);
      if (/^\d{4}\/\d{2}\/\d{2}\/\d{2}$/.test(hour) && hour > watermark) watermark = hour;
    }
    const keepFrom = watermark === "" ? "" : hoursBefore(watermark, LOOK_BACK_HOURS);
    prefixes[deliveryId] = { watermark, seen: [...seen].filter((name) => name >= keepFrom) };
  }
  return {
    state: { prefixes, events: [...events].slice(-REMEMBERED_EVENTS) },
    counts: mergeCounts(inputs.counts(), predictions.counts()),
    rows,
    files,
    unreadable,
    complete,
  };
}

/** The hour `yyyy/mm/dd/hh` so many hours earlier. */
function hoursBefore(hour: string, hours: number): string {
  const [year, month, day, of] = hour.split("/").map(Number);
  const at = Date.UTC(year ?? 0, (month ?? 1) - 1, day ?? 1, of ?? 0) - hours * 3_600_000;
  return new Date(at).toISOString().slice(0, 13).replace(/[-T]/g, "/");
}

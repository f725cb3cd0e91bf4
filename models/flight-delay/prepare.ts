import { once } from "node:events";
import { createWriteStream, mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { decompress } from "fzstd";
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { vegaDataFile } from "../vega-data.ts";

const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const HEADER = "departure,hour,weekday,month,distance,origin,destination,delayed\n";
/** A flight counts as delayed from so many minutes on. */
const DELAY_MINUTES = 15;
/** Rows that are decoded at once; memory stays at some tens of megabytes. */
const ROWS_AT_ONCE = 70_000;

interface Flight {
  date: Date;
  delay: bigint;
  distance: bigint;
  origin: string;
  destination: string;
}

function flightLine({ date, delay, distance, origin, destination }: Flight): string {
  const departure = date.toISOString().slice(0, 16);
  const hour = Number((date.getUTCHours() + date.getUTCMinutes() / 60).toFixed(2));
  const month = date.getUTCMonth() + 1;
  const weekday = WEEKDAYS[date.getUTCDay()];
  return `${departure},${hour},${weekday},${month},${distance},${origin},${destination},${delay > DELAY_MINUTES}\n`;
}

/** One file that was written. */
export interface MonthFile {
  /** `2001-01` */
  month: string;
  path: string;
  rows: number;
}

/**
 * Writes the three million flights of vega-datasets (flights-3m.parquet, January to June 2001) as one CSV file a month,
 * in constant memory.
 *
 * @param folder where the files go; it is made if needed
 * @param months how many months, from the first one on; default all
 */
export async function writeFlightBatches(folder: string, months = Number.POSITIVE_INFINITY): Promise<MonthFile[]> {
  mkdirSync(folder, { recursive: true });
  const file = await asyncBufferFromFile(vegaDataFile("flights-3m.parquet"));
  const metadata = await parquetMetadataAsync(file);
  const compressors = { ZSTD: (input: Uint8Array, size: number) => decompress(input, new Uint8Array(size)) };
  const total = Number(metadata.num_rows);
  const written: MonthFile[] = [];
  let output: ReturnType<typeof createWriteStream> | undefined;
  const close = async () => {
    if (output === undefined) return;
    output.end();
    await once(output, "finish");
    output = undefined;
  };
  for (let rowStart = 0; rowStart < total; rowStart += ROWS_AT_ONCE) {
    const rowEnd = Math.min(total, rowStart + ROWS_AT_ONCE);
    const rows = await parquetReadObjects({ file, metadata, compressors, rowStart, rowEnd });
    for (const flight of rows as unknown as Flight[]) {
      const month = flight.date.toISOString().slice(0, 7);
      let current = written.at(-1);
      if (current?.month !== month) {
        if (written.some((other) => other.month === month))
          throw new Error(`flights are not in the order of time at ${month}`);
        await close();
        if (written.length === months) return written;
        current = { month, path: join(folder, `flights-${month}.csv`), rows: 0 };
        written.push(current);
        output = createWriteStream(current.path);
        output.write(HEADER);
      }
      current.rows++;
      if (output?.write(flightLine(flight)) === false) await once(output, "drain");
    }
  }
  await close();
  return written;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { out: { type: "string" }, months: { type: "string" } } });
  const months = values.months === undefined ? undefined : Number(values.months);
  if (values.out === undefined || (months !== undefined && !(Number.isInteger(months) && months > 0))) {
    console.error("usage: npx tsx models/flight-delay/prepare.ts --out FOLDER [--months N]");
    process.exitCode = 2;
    return;
  }
  for (const { path, rows } of await writeFlightBatches(values.out, months)) console.log(`${path}: ${rows} rows`);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await main();

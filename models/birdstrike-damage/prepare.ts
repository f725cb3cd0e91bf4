import { readFileSync } from "node:fs";
import { vegaDataFile } from "../vega-data.ts";

/** First and last year, both included. */
export interface Years {
  from: number;
  to: number;
}

/** Raw feature fields of one report, as an application sends them. */
export type BirdstrikeInstance = Record<string, string | number | null>;

/** Columns that the model takes, in the definition's order. */
const FEATURES = [
  "Speed IAS in knots",
  "Phase of flight",
  "Wildlife Size",
  "Wildlife Species",
  "Time of day",
  "Aircraft Make Model",
  "Aircraft Airline Operator",
  "Origin State",
];

interface Table {
  header: string;
  lines: string[];
}

/** The 10,000 reports of the United States' Federal Aviation Administration; no field of the file is quoted. */
function readReports(): Table {
  const [header = "", ...lines] = readFileSync(vegaDataFile("birdstrikes.csv"), "utf8").trimEnd().split(/\r?\n/);
  return { header, lines };
}

function column(header: string, name: string): number {
  const index = header.split(",").indexOf(name);
  if (index < 0)
    throw new Error(`birdstrikes.csv has no column ${name}; another version of vega-datasets is installed`);
  return index;
}

function reportsOf({ from, to }: Years): Table {
  const { header, lines } = readReports();
  const date = column(header, "Flight Date");
  const inYears = (line: string) => {
    const year = Number(line.split(",")[date]?.slice(0, 4));
    return year >= from && year <= to;
  };
  return { header, lines: lines.filter(inYears) };
}

/**
 * The reports of some years as a CSV file, with all the columns of the original.
 *
 * @example birdstrikeCsv({ from: 1990, to: 1996 })
 */
export function birdstrikeCsv(years: Years): string {
  const { header, lines } = reportsOf(years);
  return `${[header, ...lines].join("\n")}\n`;
}

/** The feature fields of the reports of some years, as an application sends them: names, raw values, null for missing. */
export function birdstrikeInstances(years: Years): BirdstrikeInstance[] {
  const { header, lines } = reportsOf(years);
  const cells = FEATURES.map((name) => ({ name, index: column(header, name) }));
  return lines.map((line) => {
    const fields = line.split(",");
    return Object.fromEntries(
      cells.map(({ name, index }) => {
        const text = fields[index] ?? "";
        const isNumber = name === "Speed IAS in knots";
        return [name, text === "" ? null : isNumber ? Number(text) : text];
      }),
    );
  });
}

/**
 * A file with several mistakes at once: a renamed column, text in numbers, impossible speeds, an unknown outcome, a row with a
 * missing field and a date that does not exist.
 */
export function brokenBirdstrikeCsv(): string {
  const { header, lines } = reportsOf({ from: 2001, to: 2001 });
  const [speed, damage, date] = ["Speed IAS in knots", "Effect Amount of damage", "Flight Date"].map((name) =>
    column(header, name),
  ) as [number, number, number];
  const broken = lines.slice(0, 200).map((line, index) => {
    const fields = line.split(",");
    if (index % 10 === 0) fields[speed] = "fast";
    if (index % 10 === 1) fields[speed] = "9999";
    if (index % 50 === 2) fields[damage] = "Catastrophic";
    if (index % 50 === 3) fields[date] = "2001-02-30";
    if (index % 50 === 4) fields.pop();
    return fields.join(",");
  });
  return `${[header.replace("Wildlife Size", "Animal Size"), ...broken].join("\n")}\n`;
}

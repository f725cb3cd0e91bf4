import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Columns of a small model over the bird-strike reports, as the training job gets them. */
export const strikeColumns = {
  problem: "binary-classification",
  target: "Effect Amount of damage",
  classes: ["none", "damage"],
  features: [
    { name: "Speed IAS in knots", type: "number" },
    { name: "Phase of flight", type: "category" },
    { name: "Wildlife Size", type: "category" },
  ],
} as const;

/** One report: features by name and the label. */
export interface Strike {
  readonly features: Record<string, number | string | null>;
  readonly label: 0 | 1;
}

/** The first reports of the sample file, in its order. No field of these columns is quoted. */
export function readStrikes(limit: number): Strike[] {
  const path = fileURLToPath(new URL("../../node_modules/vega-datasets/data/birdstrikes.csv", import.meta.url));
  const [header = "", ...lines] = readFileSync(path, "utf8").split(/\r?\n/);
  const names = header.split(",");
  const at = (fields: string[], name: string): string => fields[names.indexOf(name)] ?? "";
  return lines
    .filter((line) => line !== "" && !line.includes('"'))
    .slice(0, limit)
    .map((line) => {
      const fields = line.split(",");
      const speed = at(fields, "Speed IAS in knots");
      return {
        features: {
          "Speed IAS in knots": speed === "" ? null : Number(speed),
          "Phase of flight": at(fields, "Phase of flight") || null,
          "Wildlife Size": at(fields, "Wildlife Size") || null,
        },
        label: at(fields, "Effect Amount of damage") === "None" ? 0 : 1,
      };
    });
}

/** Reports as a training part: header line, features in order, encoded target. */
export function toTrainingCsv(strikes: readonly Strike[]): string {
  const names = strikeColumns.features.map((feature) => feature.name);
  const rows = strikes.map(({ features, label }) => [...names.map((name) => features[name] ?? ""), label].join(","));
  return `${[...names, strikeColumns.target].join(",")}\n${rows.join("\n")}\n`;
}

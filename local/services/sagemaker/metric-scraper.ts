import type { MetricDefinition } from "@aws-sdk/client-sagemaker";
import { invalid } from "./errors.ts";
import type { ScrapedMetric } from "./records.ts";

/** Reads metrics off log lines. */
export interface MetricScraper {
  read(line: string): void;
  /** The last value of each metric that occurred, in order of definition. */
  metrics(): ScrapedMetric[];
}

/** Makes a scraper. Throws ValidationException for a regular expression that is none. */
export function createMetricScraper(definitions: readonly MetricDefinition[], now: () => number): MetricScraper {
  const compiled = definitions.map(({ Name, Regex }) => {
    try {
      return { name: Name ?? "", regex: new RegExp(Regex ?? "") };
    } catch (error) {
      throw invalid(`Invalid MetricDefinitions regex for ${Name}: ${(error as Error).message}`);
    }
  });
  const last = new Map<string, ScrapedMetric>();
  return {
    read(line) {
      for (const { name, regex } of compiled) {
        const value = Number(regex.exec(line)?.[1] ?? Number.NaN);
        if (Number.isFinite(value)) last.set(name, { name, value, atMillis: now() });
      }
    },
    metrics: () => compiled.flatMap(({ name }) => last.get(name) ?? []),
  };
}

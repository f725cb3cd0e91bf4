import { describe, expect, it } from "vitest";
import { createMetricScraper } from "../../../local/services/sagemaker/metric-scraper.ts";
import { relativePath } from "../../../local/services/sagemaker/s3-inputs.ts";
import { parseS3Uri } from "../../../local/services/sagemaker/s3-uri.ts";

describe("inputs of jobs", () => {
  it.each([
    ["", "a/b.csv", "a/b.csv"],
    ["data/", "data/a/b.csv", "a/b.csv"],
    ["data", "data/a/b.csv", "a/b.csv"],
    ["data/pa", "data/part-1.csv", "part-1.csv"],
    ["data/part-1.csv", "data/part-1.csv", "part-1.csv"],
  ])("below prefix '%s' the key %s has the path %s", (prefix, key, path) => {
    expect(relativePath(prefix, key)).toBe(path);
  });

  it("are named by S3 URIs", () => {
    expect(parseS3Uri("s3://bucket/a/b")).toEqual({ bucket: "bucket", key: "a/b" });
    expect(parseS3Uri("s3://bucket")).toEqual({ bucket: "bucket", key: "" });
    expect(parseS3Uri("https://bucket/a")).toBeUndefined();
  });
});

describe("metrics of training jobs", () => {
  it("have the last value that the log shows", () => {
    const scraper = createMetricScraper(
      [
        { Name: "auc", Regex: "auc=([0-9.e-]+)" },
        { Name: "loss", Regex: "loss=([0-9.]+)" },
      ],
      () => 7,
    );
    for (const line of ["auc=0.5", "auc=nothing", "auc=8.1e-1"]) scraper.read(line);
    expect(scraper.metrics()).toEqual([{ name: "auc", value: 0.81, atMillis: 7 }]);
  });

  it("need a regular expression", () => {
    expect(() => createMetricScraper([{ Name: "auc", Regex: "(" }], () => 0)).toThrow(
      /Invalid MetricDefinitions regex for auc/,
    );
  });
});

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, it } from "vitest";
import { strikesCsv, testDefinitionYaml } from "../support/memory-ports.ts";

const folder = mkdtempSync(join(tmpdir(), "validate-command-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const CREDENTIALS = { AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local", AWS_EC2_METADATA_DISABLED: "true" };

function validate(...args: string[]): { status: number | null; text: string } {
  const command = [resolve("cli/mlops.mjs"), "validate", ...args, "--model", file("model.yaml", testDefinitionYaml())];
  // Nothing listens there: no stage can be reached.
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL: "http://127.0.0.1:9",
    AWS_REGION: "us-east-1",
    NO_COLOR: "1",
    ...CREDENTIALS,
  };
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: "utf8", env, cwd: folder });
  return { status, text: stdout + stderr };
}

const RULES =
  /not judged: file-repeated, known-keys, row-count, new-levels, batch-drift, target-balance, schema-change/;

it("mlops validate says which rules it did not judge, and why, when nobody is asked or nobody answers", () => {
  const path = file("new.csv", strikesCsv(400));
  const offline = validate(path, "--offline");
  expect(offline.status).toBe(0);
  expect(offline.text).toMatch(RULES);
  expect(offline.text).toContain("--offline: no stage was asked");
  const unreachable = validate(path, "--json");
  expect(unreachable.status).toBe(0);
  const data = JSON.parse(unreachable.text) as { comparedWith: null; notJudged: { rules: string[]; why: string } };
  expect(data.comparedWith).toBeNull();
  expect(data.notJudged.rules).toContain("known-keys");
  expect(data.notJudged.why).toMatch(/stage dev cannot be reached: Nothing answers at http:\/\/127\.0\.0\.1:9/);
  expect(validate(path, "--aws").status).toBe(1);
});

it("mlops validate --after compares with files, and judges everything", () => {
  const earlier = [file("a.csv", strikesCsv(400)), file("b.csv", strikesCsv(400, 400))];
  const { status, text } = validate(file("new.csv", strikesCsv(400, 600)), "--json", "--after", ...earlier);
  expect(status).toBe(0);
  const data = JSON.parse(text) as { warnings: { rule: string }[]; notJudged: null; comparedWith: object };
  expect(data.notJudged).toBeNull();
  expect(data.comparedWith).toEqual({ source: "files", batches: 2, rows: 800, leftOut: [] });
  expect(data.warnings).toMatchObject([{ rule: "known-keys" }]);
});

import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import type { DemoReport } from "../../cli/demo/report.ts";
import { PACKAGE_ROOT } from "../../cli/support/project.ts";

describe("npm run demo", () => {
  it("shows the whole loop on real data and says so as data", async () => {
    const directory = mkdtempSync(join(tmpdir(), "mlops-demo-"));
    const file = join(directory, "demo.json");
    await promisify(execFile)(process.execPath, [join(PACKAGE_ROOT, "cli/mlops.mjs"), "demo", "--json", file], {
      cwd: PACKAGE_ROOT,
      maxBuffer: 1e8,
    });
    const report = JSON.parse(readFileSync(file, "utf8")) as DemoReport;
    expect(report.ok).toBe(true);
    expect(report.seconds).toBeLessThan(240);
    expect(report.versions[0]).toMatchObject({ version: 1, verdict: "passed" });
    expect(report.versions[0]?.metrics["auc"]).toBeGreaterThan(0.7);
    expect(report.versions.length).toBeGreaterThanOrEqual(3);
    expect(report.versions.map((version) => version.status)).toContain("champion");
    expect(report.predictions[0]?.prediction).toHaveProperty("probability");
    const rules = report.quarantined[0]?.reasons.map((reason) => reason.rule);
    expect(rules).toEqual(expect.arrayContaining(["column-missing", "type", "range"]));
    expect(report.drift).toHaveLength(2);
    expect(report.drift[1]).toMatchObject({ alarmed: true, level: "act", retraining: { started: true } });
    expect(report.drift[1]?.features[0]?.feature).toBe("Speed IAS in knots");
    expect(report.traffic.answersByVariant["challenger"]).toBeGreaterThan(50);
    expect(report.traffic.answersByVariant["challenger"]).toBeLessThan(150);
    expect(Object.keys(report.traffic.afterRemoval)).toEqual(["champion"]);
    expect(report.alerts.length).toBeGreaterThanOrEqual(2);
  });
});

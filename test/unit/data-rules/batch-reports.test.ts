import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { BatchReport } from "../../../core/data/report/batch-report.ts";
import { STRIKE_HEADER, STRIKE_YAML } from "../../fixtures/data/definitions.ts";
import { upload } from "../../support/machine-driver.ts";
import { createWorld, publish, type World } from "../../support/memory-ports.ts";

async function world(yaml = STRIKE_YAML): Promise<World> {
  const made = createWorld();
  await publish(made, yaml);
  return made;
}

/** Rows whose speeds rise and fall, so that nothing gives the target away. */
function file(count: number, first: number, change: (row: string[], index: number) => string[] = (row) => row): string {
  const lines = Array.from({ length: count }, (_, index) => {
    const n = index + first;
    const hash = (n * 2_654_435_761) % 4_294_967_296;
    const row = [
      `r${n}`,
      "2001-01-02",
      String(hash % 400),
      ["Climb", "Approach"][(hash >> 3) % 2] ?? "Climb",
      "Small",
      String(hash % 5 < 2),
      hash % 7 === 0 ? "Minor" : "None",
    ];
    return change(row, index).join(",");
  });
  return `${[STRIKE_HEADER, ...lines].join("\n")}\n`;
}

async function reportOf(made: World, batchId: string | null): Promise<{ report: BatchReport; page: string }> {
  const keys = made.objects.keys("data", "strikes/").filter((key) => key.includes(batchId ?? "?"));
  const text = async (name: string) =>
    (await made.objects.readText({ bucket: "data", key: keys.find((key) => key.endsWith(name)) ?? "" }))?.text ?? "";
  return { report: JSON.parse(await text("report.json")), page: await text("report.html") };
}

describe("the report of an upload", () => {
  it("of an accepted batch has distributions, and no warning where there is nothing to say", async () => {
    const made = await world();
    await upload(made, "strikes/incoming/a.csv", file(2_000, 0));
    const { outcome, batchId } = await upload(made, "strikes/incoming/b.csv.gz", gzipSync(file(2_000, 2_000)));
    expect(outcome).toBe("accepted");
    const { report, page } = await reportOf(made, batchId);
    expect(report).toMatchObject({ verdict: "accepted", rows: 2_000, reasons: [], warnings: [] });
    expect(report.comparedWith).toEqual({ batches: 1, rows: 2_000 });
    expect(report.features.map(({ name }) => name).sort()).toEqual(["damage", "night", "phase", "size", "speed"]);
    expect(page).toContain("Nothing to do.");
    expect(made.alerts).toEqual([]);
  });

  it("warns without an alert, and alerts when it is severe", async () => {
    const made = await world();
    await upload(made, "strikes/incoming/a.csv", file(2_000, 0));
    const again = await upload(made, "strikes/incoming/again.csv", file(2_000, 0));
    expect((await reportOf(made, again.batchId)).report.warnings).toMatchObject([{ rule: "file-repeated" }]);
    expect(made.alerts).toEqual([]);
    const leaking = await upload(
      made,
      "strikes/incoming/leak.csv",
      file(2_000, 9_000, (row) => row.with(2, row[6] === "None" ? "1" : "2")),
    );
    expect(leaking.outcome).toBe("accepted");
    expect(made.alerts.map(({ kind }) => kind)).toEqual(["batch-warning"]);
    expect(made.alerts[0]?.evidence.join()).toContain("leakage (speed)");
    const manifest = await made.objects.readText({
      bucket: "data",
      key: `strikes/batches/${leaking.batchId}/manifest.json`,
    });
    expect(JSON.parse(manifest?.text ?? "").warnings[0]).toMatchObject({ rule: "leakage", column: "speed" });
  });

  it("of a batch that a rule rejects leaves no part behind", async () => {
    const made = await world(
      STRIKE_YAML.replace("  time: date", "  time: date\n  rules: { file-repeated: { severity: reject } }"),
    );
    await upload(made, "strikes/incoming/a.csv", file(500, 0));
    const { outcome, batchId } = await upload(made, "strikes/incoming/again.csv", file(500, 0));
    expect(outcome).toBe("quarantined");
    expect(made.objects.keys("data", `strikes/batches/${batchId}`)).toEqual([]);
    expect((await reportOf(made, batchId)).report).toMatchObject({
      verdict: "quarantined",
      reasons: [{ rule: "file-repeated" }],
    });
  });

  it("guesses the column that was renamed, by its values", async () => {
    const made = await world();
    await upload(made, "strikes/incoming/a.csv", file(2_000, 0));
    const renamed = file(2_000, 5_000).replace("speed", "v_kts").replace("id,", "id,");
    const { batchId } = await upload(made, "strikes/incoming/b.csv", renamed);
    const { report } = await reportOf(made, batchId);
    expect(report.reasons[0]).toMatchObject({ rule: "column-missing", column: "speed" });
    expect(report.reasons[0]?.message).toContain('the values of "v_kts" look like it');
  });

  it("shows what was uploaded as text, never as markup, and needs nothing from elsewhere", async () => {
    const made = await world();
    const evil = `<img src=x onerror=alert(1)>"'&`;
    const { batchId } = await upload(
      made,
      "strikes/incoming/<b>evil.csv",
      file(100, 0, (row, index) => (index === 3 ? row.with(4, `"${evil.replaceAll('"', '""')}"`) : row)),
    );
    const { page, report } = await reportOf(made, batchId);
    expect(report.reasons[0]?.examples[0]?.value).toBe(evil);
    expect(page).not.toContain("<img");
    expect(page).not.toContain("<b>evil");
    expect(page).not.toMatch(/<script|<link|url\(|https?:/);
    expect(page).toContain("&#60;img src=x");
  });
});

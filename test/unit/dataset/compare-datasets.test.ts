import { describe, expect, it } from "vitest";
import { createIngest } from "../../../core/data/ingest.ts";
import type { Profile } from "../../../core/data/profile.ts";
import { compareDatasets, type DatasetVersion } from "../../../core/dataset/compare-datasets.ts";
import { parseDefinition } from "../../../core/definition/parse.ts";
import { type BatchManifest, makeDatasetManifest } from "../../../core/plans/dataset-plan.ts";
import { createRandom } from "../../../core/statistics/random.ts";
import { testDefinitionYaml } from "../../support/memory-ports.ts";

interface Row {
  readonly id: number;
  readonly speed: number | null;
  readonly phase: string | null;
  readonly damage: boolean;
}

function rows(count: number, seed: number, shift = 0, phases = ["Climb", "Approach"]): Row[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, id) => ({
    id,
    speed: random.uniform() < 0.1 ? null : Math.round(Math.min(600, Math.max(0, 200 + shift + 50 * random.normal()))),
    phase: random.uniform() < 0.05 ? null : (phases[random.integer(phases.length)] ?? null),
    damage: random.uniform() < 0.3,
  }));
}

function profileOf(data: readonly Row[]): Profile {
  const definition = parseDefinition(testDefinitionYaml(), "model.yaml");
  const ingest = createIngest(definition, { batchId: "b" });
  const lines = data.map(
    ({ id, speed, phase, damage }) => `${id},${speed ?? ""},${phase ?? ""},${damage ? "yes" : "no"}`,
  );
  ingest.write(new TextEncoder().encode(`id,speed,phase,damage\n${lines.join("\n")}\n`));
  const result = ingest.end();
  if (!result.accepted) throw new Error(JSON.stringify(result.reasons));
  return result.profile;
}

function version(batches: readonly string[], profile: Profile): DatasetVersion {
  const manifests = batches.map((batchId): BatchManifest => {
    const part = {
      key: `m/batches/${batchId}/train/part-00000.csv`,
      versionId: "v",
      sizeBytes: 1,
      rows: 10,
      sha256: batchId,
    };
    return {
      schemaVersion: 1,
      model: "m",
      batchId,
      source: { bucket: "b", key: "k", versionId: "v", sizeBytes: 1, sha256: "s" },
      definitionHash: "d",
      receivedAt: "2026-01-01T00:00:00Z",
      rows: { total: 10, train: 10, validation: 0, test: 0 },
      timeRange: null,
      parts: { train: [part], validation: [], test: [] },
      profileKey: "p",
    };
  });
  return { manifest: makeDatasetManifest("m", manifests, (id) => `${id}.json`, new Date(0)), profile };
}

describe("the difference of two dataset versions", () => {
  it("names the batches and counts the rows", () => {
    const profile = profileOf(rows(500, 1));
    const diff = compareDatasets(version(["a", "b"], profile), version(["b", "c", "d"], profile));
    expect(diff.batches).toEqual({ added: ["c", "d"], removed: ["a"], kept: 1 });
    expect([diff.rows.before.total, diff.rows.after.total]).toEqual([20, 30]);
  });

  it("finds nothing moved between two samples of the same source, and what moved otherwise", () => {
    const before = version(["a"], profileOf(rows(4_000, 1)));
    const same = compareDatasets(before, version(["b"], profileOf(rows(4_000, 2))));
    for (const { column, debiasedPsi } of same.columns.changes)
      expect(Math.abs(debiasedPsi), column).toBeLessThan(0.01);
    const moved = compareDatasets(before, version(["c"], profileOf(rows(4_000, 3, 60, ["Climb", "Cruise"]))));
    expect(moved.columns.changes.map(({ column }) => column)).toEqual(["phase", "speed"]);
    const [phase, speed] = moved.columns.changes;
    expect(phase).toMatchObject({ newLevels: ["Cruise"] });
    // Half of the rows left one level for a new one.
    expect(phase?.debiasedPsi).toBeGreaterThan(1);
    expect(speed?.debiasedPsi).toBeGreaterThan(0.5);
    expect((speed?.after.mean ?? 0) - (speed?.before.mean ?? 0)).toBeGreaterThan(50);
  });

  it("tells new, missing and retyped columns apart", () => {
    const before = profileOf(rows(200, 1));
    const { speed, phase } = before.features;
    if (speed === undefined || phase === undefined) throw new Error("no such features");
    const after: Profile = { ...before, features: { speed: phase, wind: speed } };
    const { columns } = compareDatasets(version(["a"], before), version(["b"], after));
    expect(columns).toMatchObject({
      added: ["wind"],
      removed: ["phase"],
      retyped: [{ column: "speed", before: "number", after: "category" }],
      changes: [],
    });
  });
});

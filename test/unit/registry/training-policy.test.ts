import { describe, expect, it } from "vitest";
import { emptyHead } from "../../../core/registry/head.ts";
import { acquireTrainingLease, recordSpend, releaseTrainingLease } from "../../../core/registry/training-lease.ts";
import { refuseTraining } from "../../../core/registry/training-policy.ts";
import type { Head } from "../../../core/registry/types.ts";

const policy = { on: ["data", "drift"] as const, cooldownMinutes: 60, maxRunsPerDay: 2, maxUsdPerMonth: 10 };
const noon = new Date("2026-01-10T12:00:00Z");
const minutesLater = (minutes: number) => new Date(noon.getTime() + minutes * 60_000);

function codeOf(head: Head, kind: "data" | "drift" | "schedule" | "command" | "pending", now = noon, force = false) {
  return refuseTraining(head, policy, kind, now, force)?.code ?? null;
}

describe("what the definition allows", () => {
  it("starts nothing that retraining.on does not name, except for people", () => {
    expect(codeOf(emptyHead("m"), "schedule")).toBe("training.not-enabled");
    expect(codeOf(emptyHead("m"), "data")).toBeNull();
    expect(codeOf(emptyHead("m"), "command")).toBeNull();
  });

  it("keeps the cooldown for drift, not for new data", () => {
    const head = { ...emptyHead("m"), lastTrainingAt: noon.toISOString() };
    expect(codeOf(head, "drift", minutesLater(59))).toBe("training.cooldown");
    expect(codeOf(head, "drift", minutesLater(60))).toBeNull();
    expect(codeOf(head, "data", minutesLater(1))).toBeNull();
  });

  it("stops at the day's ceiling and goes on the next day", () => {
    const head = { ...emptyHead("m"), runsByDay: { day: "2026-01-10", count: 2 } };
    expect(codeOf(head, "data")).toBe("training.runs-per-day");
    expect(codeOf(head, "pending")).toBe("training.runs-per-day");
    expect(codeOf(head, "command")).toBeNull();
    expect(codeOf(head, "data", minutesLater(12 * 60))).toBeNull();
  });

  it("stops at the month's budget, also for people unless they insist, and goes on the next month", () => {
    const head = { ...emptyHead("m"), spendByMonth: { month: "2026-01", usd: 10 } };
    expect(codeOf(head, "data")).toBe("training.budget");
    expect(codeOf(head, "command")).toBe("training.budget");
    expect(codeOf(head, "command", noon, true)).toBeNull();
    expect(codeOf(head, "data", new Date("2026-02-01T00:00:00Z"))).toBeNull();
  });
});

describe("the training lease", () => {
  const acquire = (head: Head, now = noon) =>
    acquireTrainingLease(head, { trigger: { kind: "data", reason: "r" }, policy, actor: "a" }, now);

  it("counts runs and takes the count back when there was nothing to train", () => {
    const first = acquire(emptyHead("m"));
    if (!first.accepted) throw new Error("expected a lease");
    expect(first.head.runsByDay).toEqual({ day: "2026-01-10", count: 1 });
    expect(first.head.trainingLease?.runId).toMatch(/^r1-[0-9a-z]+$/);
    const { runId = "", fence = 0 } = first.head.trainingLease ?? {};
    const done = releaseTrainingLease(first.head, { runId, fence, outcome: "nothing-to-train", reason: "" }, noon);
    expect(done).toMatchObject({ accepted: true, head: { runsByDay: { count: 0 }, trainingLease: null } });
  });

  it("is not released by an older run", () => {
    const first = acquire(emptyHead("m"));
    if (!first.accepted) throw new Error("expected a lease");
    const late = { runId: "r0-old", fence: 0, outcome: "failed" as const, reason: "late" };
    expect(releaseTrainingLease(first.head, late, noon)).toEqual({ accepted: true, head: first.head, audit: null });
  });

  it("adds up what a month took and starts over in the next", () => {
    const january = recordSpend(emptyHead("m"), { runId: "r1", usd: 3 }, noon);
    if (!january.accepted) throw new Error("expected a change");
    const more = recordSpend(january.head, { runId: "r2", usd: 4 }, noon);
    expect(more).toMatchObject({ head: { spendByMonth: { month: "2026-01", usd: 7 } } });
    const february = recordSpend(january.head, { runId: "r3", usd: 1 }, new Date("2026-02-01T00:00:00Z"));
    expect(february).toMatchObject({ head: { spendByMonth: { month: "2026-02", usd: 1 } } });
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  acquireDeliveryLease,
  completeDelivery,
  failDelivery,
  setDesired,
} from "../../../core/registry/delivery-lease.ts";
import { emptyHead } from "../../../core/registry/head.ts";
import {
  acquireTrainingLease,
  notePendingTraining,
  releaseTrainingLease,
} from "../../../core/registry/training-lease.ts";
import type { Transition } from "../../../core/registry/transition.ts";
import type { DeliveryAction, Head, Verdict } from "../../../core/registry/types.ts";
import { recordVersion } from "../../../core/registry/versions.ts";

const HASH = "a".repeat(64);
const POLICY = {
  on: ["data", "drift", "schedule"],
  cooldownMinutes: 0,
  maxRunsPerDay: 1_000,
  maxUsdPerMonth: 1e9,
} as const;

/** What the world outside the head remembers: versions with verdicts, who was forced, and ids of all that ever ran. */
interface History {
  verdicts: Map<number, Verdict>;
  forced: Set<number>;
  runs: { runId: string; fence: number; registered: boolean }[];
  deliveries: string[];
}

function emptyHistory(): History {
  return { verdicts: new Map(), forced: new Set(), runs: [], deliveries: [] };
}

type Step =
  | { kind: "train"; pending: boolean }
  | { kind: "register"; which: number; verdict: Verdict }
  | { kind: "release"; which: number }
  | { kind: "deliver"; action: DeliveryAction; version: number; weight: number; forced: boolean }
  | { kind: "plan" | "complete" | "fail"; which: number };

/** Commands in a row: whole trainings and deliveries, whose parts single commands then disturb. */
type Move = readonly Step[];

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("train" as const), pending: fc.boolean() }),
  fc.record({
    kind: fc.constant("register" as const),
    which: fc.nat(20),
    verdict: fc.constantFrom<Verdict>("passed", "passed", "failed", "undecided"),
  }),
  fc.record({ kind: fc.constant("release" as const), which: fc.nat(20) }),
  fc.record({
    kind: fc.constant("deliver" as const),
    action: fc.constantFrom<DeliveryAction>("promote", "promote", "add-challenger", "remove-challenger", "rollback"),
    version: fc.integer({ min: 0, max: 6 }),
    weight: fc.integer({ min: 0, max: 100 }),
    forced: fc.boolean(),
  }),
  fc.record({ kind: fc.constantFrom("plan" as const, "complete" as const, "fail" as const), which: fc.nat(20) }),
);

const verdict = fc.constantFrom<Verdict>("passed", "passed", "failed", "undecided");
const action = fc.constantFrom<DeliveryAction>("promote", "promote", "add-challenger", "remove-challenger", "rollback");
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 2, arbitrary: step.map((one) => [one]) },
  {
    weight: 2,
    arbitrary: verdict.map(
      (result): Move => [
        { kind: "train", pending: false },
        { kind: "register", which: 0, verdict: result },
        { kind: "release", which: 0 },
      ],
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(action, fc.integer({ min: 1, max: 4 }), fc.boolean()).map(
      ([what, version, forced]): Move => [
        { kind: "deliver", action: what, version, weight: 20, forced: forced && version % 3 === 0 },
        { kind: "plan", which: 0 },
        { kind: "complete", which: 0 },
      ],
    ),
  },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 1, max: 4 }).map(
      (version): Move => [
        { kind: "deliver", action: "promote", version, weight: 20, forced: false },
        { kind: "fail", which: 0 },
      ],
    ),
  },
);

/** `which` counts back from the newest, so that stale runs and deliveries speak up as well. */
function pick<T>(items: readonly T[], which: number): T | undefined {
  return items.at(-1 - (which % Math.max(1, Math.min(items.length, 4))));
}

function evidenceOf(history: History, version: number) {
  return { version, verdict: history.verdicts.get(version) ?? "failed", artifactSha256: HASH };
}

function apply(head: Head, move: Step, history: History, now: Date): Transition | null {
  switch (move.kind) {
    case "train": {
      const trigger = { kind: "data" as const, reason: "test" };
      const result = acquireTrainingLease(head, { trigger, policy: POLICY, actor: "test" }, now);
      if (!result.accepted && move.pending) return notePendingTraining(head, { actor: "test", reason: "later" }, now);
      return result;
    }
    case "register": {
      const run = pick(history.runs, move.which);
      if (run === undefined || run.registered) return null;
      const command = { ...run, verdict: move.verdict, spendUsd: 1, summary: "test" };
      const result = recordVersion(head, command, now);
      if (result.accepted) {
        run.registered = true;
        history.verdicts.set(result.head.lastVersion, move.verdict);
      }
      return result;
    }
    case "release": {
      const run = pick(history.runs, move.which);
      return run === undefined
        ? null
        : releaseTrainingLease(head, { ...run, outcome: "succeeded", reason: "test" }, now);
    }
    case "deliver": {
      const { action, weight, forced } = move;
      // Most roll-backs name the version that there is to return to.
      const version = action === "rollback" && move.version > 1 ? (head.previousChampion ?? 1) : move.version;
      const weightPercent = action === "add-challenger" ? weight : null;
      const evidence = evidenceOf(history, version);
      return acquireDeliveryLease(
        head,
        { action, version, weightPercent, requestedBy: "test", reason: "test", forced, evidence },
        now,
      );
    }
    case "plan":
    case "complete":
    case "fail": {
      const deliveryId = pick(history.deliveries, move.which);
      if (deliveryId === undefined) return null;
      const version = head.deliveryLease?.request.version ?? 0;
      const evidence = evidenceOf(history, version);
      const configName = `config-${deliveryId}`;
      if (move.kind === "plan") return setDesired(head, { deliveryId, configName, evidence }, now);
      if (move.kind === "fail") return failDelivery(head, { deliveryId, reason: "test" }, now);
      return completeDelivery(head, { deliveryId, endpointName: "e", configName, evidence }, now);
    }
  }
}

function remember(before: Head, after: Head, history: History): void {
  if (after.trainingLease !== null && after.trainingLease.runId !== before.trainingLease?.runId) {
    history.runs.push({ runId: after.trainingLease.runId, fence: after.trainingLease.fence, registered: false });
  }
  const lease = after.deliveryLease;
  if (lease !== null && lease.deliveryId !== before.deliveryLease?.deliveryId) {
    history.deliveries.push(lease.deliveryId);
    if (lease.request.forced) history.forced.add(lease.request.version);
  }
}

describe("the head under any sequence of commands, repeated and stale ones included", () => {
  it("has at most one champion, which exists and has passed (or a person answered for it), and safe leases", () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(fc.array(fc.tuple(move, fc.integer({ min: 1, max: 2 })), { maxLength: 30, size: "max" }), (moves) => {
        let head = emptyHead("m");
        let now = Date.parse("2026-01-01T00:00:00Z");
        const history = emptyHistory();
        for (const [steps, times] of moves) {
          for (const one of steps.flatMap((item) => new Array<Step>(times).fill(item))) {
            now += 1_000;
            const result = apply(head, one, history, new Date(now));
            if (result === null || !result.accepted) continue;
            const next = result.head;
            if (result.audit === null) expect(next).toBe(head);
            else expect(next.revision).toBe(head.revision + 1);
            if (result.audit !== null) seen.set(result.audit.action, (seen.get(result.audit.action) ?? 0) + 1);
            checkInvariants(head, next, history);
            remember(head, next, history);
            head = next;
          }
        }
      }),
      { numRuns: 800, seed: 1 },
    );
    // The sequences must reach what they are about.
    for (const reached of [
      "VersionPromoted",
      "VersionRolledBack",
      "ChallengerAdded",
      "ChallengerRemoved",
      "DeliveryFailed",
    ]) {
      expect([reached, (seen.get(reached) ?? 0) >= 20]).toEqual([reached, true]);
    }
  });

  it("gives every run and every delivery an id of its own", () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 40, size: "max" }), (moves) => {
        let head = emptyHead("m");
        const now = new Date("2026-01-01T00:00:00Z");
        const history = emptyHistory();
        for (const one of moves.flat()) {
          // The clock stands still: only the fence tells ids apart.
          const result = apply(head, one, history, now);
          if (result === null || !result.accepted) continue;
          remember(head, result.head, history);
          head = result.head;
        }
        expect(new Set(history.runs.map((run) => run.runId)).size).toBe(history.runs.length);
        expect(new Set(history.deliveries).size).toBe(history.deliveries.length);
      }),
      { numRuns: 200, seed: 2 },
    );
  });
});

function checkInvariants(before: Head, after: Head, history: History): void {
  for (const version of [after.champion, after.previousChampion]) {
    if (version === null) continue;
    expect(version).toBeGreaterThanOrEqual(1);
    expect(version).toBeLessThanOrEqual(after.lastVersion);
  }
  if (after.champion !== null) {
    const passed = history.verdicts.get(after.champion) === "passed";
    expect(passed || history.forced.has(after.champion)).toBe(true);
    expect(after.endpoint?.variants[0]).toMatchObject({ name: "champion", version: after.champion });
  }
  expect(after.challenger?.version === after.champion && after.champion !== null).toBe(false);
  if (after.challenger !== null) {
    expect(after.champion).not.toBeNull();
    expect(after.challenger.weightPercent).toBeGreaterThanOrEqual(1);
    expect(after.challenger.weightPercent).toBeLessThanOrEqual(99);
  }
  const shares = after.endpoint?.variants.reduce((sum, variant) => sum + variant.weightPercent, 0) ?? 100;
  expect(shares).toBe(100);
  expect(after.trainingFence).toBeGreaterThanOrEqual(before.trainingFence);
  expect(after.deliveryFence).toBeGreaterThanOrEqual(before.deliveryFence);
  if (after.trainingLease !== null) expect(after.trainingLease.fence).toBe(after.trainingFence);
  if (before.trainingLease !== null && after.trainingLease !== null) {
    expect(after.trainingLease).toEqual(before.trainingLease);
  }
  if (before.deliveryLease !== null && after.deliveryLease !== null) {
    expect(after.deliveryLease).toEqual(before.deliveryLease);
  }
  if (after.desired !== null) expect(after.desired.deliveryId).toBe(after.deliveryLease?.deliveryId);
  // Who serves changes only when the delivery that holds the lease completes.
  const serving = (head: Head) => [head.champion, head.challenger, head.endpoint];
  if (JSON.stringify(serving(before)) !== JSON.stringify(serving(after))) {
    expect(before.deliveryLease).not.toBeNull();
    expect(after.deliveryLease).toBeNull();
    expect(after.endpoint?.deliveryId).toBe(before.deliveryLease?.deliveryId);
  }
}

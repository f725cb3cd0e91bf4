import { expect, test } from "vitest";
import { createJobSignals } from "../../../local/services/stepfunctions/engine/job-signals.ts";

test("a change wakes those who wait for that job, before their time", async () => {
  const jobs = createJobSignals();
  const { signal } = new AbortController();
  const began = performance.now();
  const waiting = jobs.wait("a", 60_000, signal);
  jobs.changed("b");
  jobs.changed("a");
  await waiting;
  expect(performance.now() - began).toBeLessThan(1_000);
});

test("without a change the wait ends by itself; an abort ends it with its reason", async () => {
  const jobs = createJobSignals();
  await jobs.wait("a", 1, new AbortController().signal);
  const controller = new AbortController();
  const waiting = jobs.wait("a", 60_000, controller.signal);
  controller.abort(new Error("over"));
  await expect(waiting).rejects.toThrow("over");
});

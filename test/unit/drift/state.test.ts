import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addToState, emptyDriftState, mergeCounts } from "../../../core/drift/index.ts";

const at = (hour: number): string => new Date(Date.parse("2026-01-01T00:00:00Z") + hour * 3_600_000).toISOString();
const counts = fc.dictionary(fc.constantFrom("a", "b", "c"), fc.array(fc.nat(1_000), { minLength: 4, maxLength: 4 }));

describe("drift state", () => {
  it("merging counts is associative and commutative, and nothing is the neutral element", () => {
    fc.assert(
      fc.property(counts, counts, counts, (a, b, c) => {
        expect(mergeCounts(mergeCounts(a, b), c)).toEqual(mergeCounts(a, mergeCounts(b, c)));
        expect(mergeCounts(a, b)).toEqual(mergeCounts(b, a));
        expect(mergeCounts(a, {})).toEqual(a);
      }),
    );
  });

  it("counts over different bins are not added up", () => {
    expect(() => mergeCounts({ a: [1, 2] }, { a: [1, 2, 3] })).toThrow("a has 2 and 3 bins");
  });

  it("however often one looks, at most one chunk opens a day, and seven are kept", () => {
    let state = emptyDriftState(at(0));
    for (let hour = 1; hour <= 24 * 30; hour += 1) state = addToState(state, { a: [1, 0] }, at(hour));
    expect(state.chunks.length).toBeLessThanOrEqual(7);
    expect(state.cumulative["a"]).toEqual([24 * 30, 0]);
    const opened = state.chunks.map(({ openedAt }) => Date.parse(openedAt));
    for (let k = 1; k < opened.length; k += 1) {
      expect((opened[k] as number) - (opened[k - 1] as number)).toBeGreaterThanOrEqual(24 * 3_600_000);
    }
  });

  it("rows from before a long pause are not recent", () => {
    let state = addToState(emptyDriftState(at(0)), { a: [5] }, at(1));
    state = addToState(state, { a: [7] }, at(24 * 40));
    expect(state.chunks.map((chunk) => chunk.counts["a"])).toEqual([[7]]);
    expect(state.cumulative["a"]).toEqual([12]);
  });

  it("the state does not depend on how a day's counts were cut into checks", () => {
    const whole = addToState(emptyDriftState(at(0)), { a: [3, 4] }, at(2));
    const parts = addToState(addToState(emptyDriftState(at(0)), { a: [1, 4] }, at(1)), { a: [2, 0] }, at(2));
    expect(parts).toEqual(whole);
  });
});

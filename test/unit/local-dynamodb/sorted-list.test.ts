import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SortedList } from "../../../local/services/dynamodb/sorted-list.ts";

describe("a sorted list", () => {
  it("behaves as a sorted set over any sequence of changes, from any position, both ways", () => {
    const change = fc.record({ put: fc.boolean(), key: fc.nat(2_000) });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 3_000 }), fc.nat(2_000), (changes, start) => {
        const list = new SortedList<number>((a, b) => a - b);
        const model = new Set<number>();
        for (const { put, key } of changes) {
          if (put) {
            list.put(key);
            model.add(key);
          } else expect(list.delete(key)).toBe(model.delete(key));
        }
        const expected = [...model].sort((a, b) => a - b);
        expect(list.length).toBe(expected.length);
        expect([...list.from()]).toEqual(expected);
        expect([...list.from((element) => element < start)]).toEqual(expected.filter((key) => key >= start));
        expect([...list.backFrom((element) => element < start)]).toEqual(
          expected.filter((key) => key < start).reverse(),
        );
      }),
      { numRuns: 30 },
    );
  });

  it("splits and keeps order with many elements", () => {
    const list = new SortedList<number>((a, b) => a - b);
    for (let index = 0; index < 5_000; index += 1) list.put((index * 7_919) % 5_000);
    expect([...list.from()]).toEqual(Array.from({ length: 5_000 }, (_, index) => index));
  });
});

import { fc, test as property } from "@fast-check/vitest";
import { expect, test } from "vitest";
import { KeyIndex } from "../../../local/services/s3/store/key-index.ts";
import { compareKeys } from "../../../local/services/s3/store/key-order.ts";

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
const key = fc.string({ unit: "grapheme", maxLength: 6 });

property.prop([key, key])("keys order like their UTF-8 bytes", (a, b) => {
  expect(Math.sign(compareKeys(a, b))).toBe(Math.sign(byBytes(a, b)));
});

test("characters beyond the basic plane come behind the private ones", () => {
  expect(["𝄞", "ﬀ", "\ue000", "z"].sort(compareKeys)).toEqual(["z", "\ue000", "ﬀ", "𝄞"]);
});

property.prop([fc.uniqueArray(key, { maxLength: 60 }), fc.array(key, { maxLength: 20 }), key])(
  "inserting, deleting and seeking agree with a sorted array",
  (keys, removed, sought) => {
    const index = new KeyIndex<{ key: string }>();
    for (const entry of keys) index.insert({ key: entry });
    for (const entry of removed) index.delete(entry);
    const expected = keys.filter((entry) => !removed.includes(entry)).sort(byBytes);
    expect([...index.entries()].map((entry) => entry.key)).toEqual(expected);
    expect(index.atOrAfter(sought)?.key).toBe(expected.find((entry) => byBytes(entry, sought) >= 0));
    expect(index.after(sought)?.key).toBe(expected.find((entry) => byBytes(entry, sought) > 0));
    expect(index.afterPrefix(sought)?.key).toBe(
      expected.find((entry) => byBytes(entry, sought) > 0 && !entry.startsWith(sought)),
    );
  },
);

test("100,000 keys are inserted in any order and found in well under a second each thousand", () => {
  const index = new KeyIndex<{ key: string }>();
  for (let number = 0; number < 100_000; number += 1) index.insert({ key: `k${(number * 7919) % 100_003}` });
  expect(index.size).toBe(100_000);
  const start = performance.now();
  let walked = 0;
  for (let entry = index.atOrAfter("k5"); entry !== undefined && walked < 1_000; entry = index.after(entry.key))
    walked += 1;
  expect(walked).toBe(1_000);
  expect(performance.now() - start).toBeLessThan(500);
});

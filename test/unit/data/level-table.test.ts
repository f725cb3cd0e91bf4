import { expect, it } from "vitest";
import { LevelTable } from "../../../core/data/level-table.ts";

it("gives every text the number that it had at first, however many there are", () => {
  const table = new LevelTable(5_000);
  const texts = Array.from({ length: 5_000 }, (_, index) => Buffer.from(`level ${index}`));
  const numbers = texts.map((text) => table.intern(text, 0, text.length));
  expect(numbers).toEqual(texts.map((_, index) => index));
  expect(texts.map((text) => table.intern(text, 0, text.length))).toEqual(numbers);
  expect(table.names).toEqual(texts.map(String));
  expect(table.intern(Buffer.from("one more"), 0, 8)).toBe(-1);
});

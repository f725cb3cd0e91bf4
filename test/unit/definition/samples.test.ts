import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseDefinition } from "../../../core/definition/parse.ts";
import { birdstrikeCsv, birdstrikeInstances, brokenBirdstrikeCsv } from "../../../models/birdstrike-damage/prepare.ts";
import { readText } from "../data/read-file.ts";

const path = new URL("../../../models/birdstrike-damage/model.yaml", import.meta.url);
const definition = parseDefinition(readFileSync(path, "utf8"), "model.yaml");

describe("the bird-strike sample", () => {
  it.each([
    [1990, 1996],
    [1997, 2000],
    [2001, 2002],
  ])("is accepted for %i to %i, with enough held-out positives to judge a model", (from, to) => {
    const { result } = readText(definition, birdstrikeCsv({ from, to }));
    if (!result.accepted) throw new Error(JSON.stringify(result.reasons));
    expect(result.rows.test).toBeGreaterThan(300);
    expect(result.timeRange?.from.slice(0, 4)).toBe(String(from));
    expect(result.timeRange?.to.slice(0, 4)).toBe(String(to));
    expect(result.profile.target).toMatchObject({ type: "binary" });
  });

  it("loses no report between the year ranges", () => {
    const rows = (from: number, to: number) => birdstrikeCsv({ from, to }).trimEnd().split("\n").length - 1;
    expect(rows(1990, 1996) + rows(1997, 2000) + rows(2001, 2002)).toBe(10_000);
  });

  it("keeps the columns that are known only after the damage out of the model", () => {
    expect(Object.keys(definition.data.features).filter((name) => name.startsWith("Cost"))).toEqual([]);
  });

  it("has instances with exactly the features of the definition, as an application sends them", () => {
    const [first] = birdstrikeInstances({ from: 2001, to: 2002 });
    expect(Object.keys(first ?? {})).toEqual(Object.keys(definition.data.features));
    expect(
      birdstrikeInstances({ from: 2001, to: 2002 }).some(
        (instance) => typeof instance["Speed IAS in knots"] === "number",
      ),
    ).toBe(true);
  });

  it("has a broken file that is refused for all of its mistakes at once", () => {
    const { result } = readText(definition, brokenBirdstrikeCsv());
    expect(result.reasons.map(({ rule, column }) => [rule, column]).sort()).toEqual([
      ["column-missing", "Wildlife Size"],
      ["ragged-row", undefined],
      ["range", "Speed IAS in knots"],
      ["target-value", "Effect Amount of damage"],
      ["type", "Flight Date"],
      ["type", "Speed IAS in knots"],
    ]);
  });
});

import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { emptyProfile, mergeProfiles } from "../../../core/data/merge-profiles.ts";
import { NumberSummaryBuilder } from "../../../core/data/number-summary.ts";
import type { Profile } from "../../../core/data/profile.ts";
import { bucketOf, bucketUpper, GAMMA, quantile, SketchBuilder } from "../../../core/data/sketch.ts";
import { isMlopsError } from "../../../core/errors/mlops-error.ts";
import { STRIKE_HEADER, strikeDefinition, strikeRows } from "../../fixtures/data/definitions.ts";
import { readText } from "./read-file.ts";

const numbers = fc.array(
  fc.oneof(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), fc.integer({ min: -50, max: 5_000 }), fc.constant(0)),
  { minLength: 1, maxLength: 200 },
);

function summary(values: readonly number[]) {
  const builder = new NumberSummaryBuilder();
  for (const value of values) builder.add(value);
  return builder.build();
}

describe("the sketch", () => {
  test.prop([fc.double({ noNaN: true, min: 1e-300, max: 1e300 })])(
    "counts a value in the bucket whose range holds it",
    (x) => {
      const bucket = bucketOf(x);
      expect(x).toBeLessThanOrEqual(bucketUpper(bucket) * (1 + 1e-9));
      expect(x).toBeGreaterThan(bucketUpper(bucket - 1) * (1 - 1e-9));
    },
  );

  test.prop([numbers, fc.double({ noNaN: true, min: 0, max: 1 })])(
    "gives quantiles with less than 1 % relative error",
    (values, q) => {
      const builder = new SketchBuilder();
      for (const value of values) builder.add(value);
      const exact = [...values].sort((a, b) => a - b)[Math.floor(q * (values.length - 1))] ?? 0;
      const error = (GAMMA - 1) / (GAMMA + 1);
      expect(Math.abs(quantile(builder.build(), q) - exact)).toBeLessThanOrEqual(Math.abs(exact) * (error + 1e-9));
    },
  );

  it("has no quantile without values", () => {
    expect(quantile(new SketchBuilder().build(), 0.5)).toBeNaN();
  });

  test.prop([numbers])("has the mean, the variance and the extremes of its values", (values) => {
    const { count, min, max, mean, m2 } = summary(values);
    const exactMean = values.reduce((sum, x) => sum + x, 0) / values.length;
    expect(count).toBe(values.length);
    expect([min, max]).toEqual(
      [Math.min(...values), Math.max(...values)].map((x) => (x === 0 ? expect.closeTo(0) : x)),
    );
    expect(mean).toBeCloseTo(exactMean, 5);
    const exactM2 = values.reduce((sum, x) => sum + (x - exactMean) ** 2, 0);
    expect(Math.abs(m2 - exactM2)).toBeLessThanOrEqual(1e-9 * exactM2 + 1e-3);
  });
});

describe("profiles", () => {
  const definition = strikeDefinition();
  const profileOf = (rows: readonly string[]): Profile => {
    const { result } = readText(definition, `${[STRIKE_HEADER, ...rows].join("\n")}\n`);
    if (!result.accepted) throw new Error(JSON.stringify(result.reasons));
    return result.profile;
  };
  const part = fc
    .tuple(fc.integer({ min: 1, max: 40 }), fc.nat({ max: 500 }))
    .map(([count, first]) => strikeRows(count, first));

  /** What a profile must equal; mean and m2 depend on the order of additions by rounding. */
  const like = (profile: Profile): unknown =>
    JSON.parse(JSON.stringify(profile), (key, value) =>
      key === "mean" || key === "m2" ? expect.closeTo(value, 6) : value,
    );

  test.prop([part, part])("of two files merge to the profile of both rows together, in either order", (a, b) => {
    const together = like(profileOf([...a, ...b]));
    expect(mergeProfiles(profileOf(a), profileOf(b))).toEqual(together);
    expect(mergeProfiles(profileOf(b), profileOf(a))).toEqual(together);
  });

  test.prop([part, part, part])("merge associatively", (a, b, c) => {
    const [x, y, z] = [profileOf(a), profileOf(b), profileOf(c)] as const;
    expect(mergeProfiles(mergeProfiles(x, y), z)).toEqual(like(mergeProfiles(x, mergeProfiles(y, z))));
  });

  test.prop([part])("do not change when the empty profile is merged", (rows) => {
    const profile = profileOf(rows);
    expect(mergeProfiles(emptyProfile(definition), profile)).toEqual(like(profile));
    expect(mergeProfiles(profile, emptyProfile(definition))).toEqual(like(profile));
  });

  it("survive JSON", () => {
    const profile = profileOf(strikeRows(50));
    expect(JSON.parse(JSON.stringify(profile))).toEqual(profile);
  });

  it("with different features are refused", () => {
    const other = strikeDefinition((yaml) => yaml.replace("night:", "dark:"));
    try {
      mergeProfiles(emptyProfile(definition), emptyProfile(other));
      expect.unreachable();
    } catch (error) {
      expect(isMlopsError(error, "data.invalid-profile")).toBe(true);
      expect(String(error)).toContain("night, dark");
    }
  });

  it("keep at most 10,000 levels by name when they merge, the most frequent ones", () => {
    const withLevels = (first: number): Profile => {
      const profile = emptyProfile(definition);
      const levels = Object.fromEntries(
        Array.from({ length: 8_000 }, (_, i) => [`level-${first + i}`, 1 + ((first + i) % 3)]),
      );
      const count = Object.values(levels).reduce((sum, n) => sum + n, 0);
      profile.features["phase"] = { type: "category", count, nulls: 0, levels, otherCount: 0, distinctOverflow: false };
      return profile;
    };
    const [a, b] = [withLevels(0), withLevels(8_000)];
    const merged = mergeProfiles(a, b).features["phase"];
    if (merged?.type !== "category") throw new Error("phase must be a category");
    const named = Object.values(merged.levels);
    expect(named.length).toBe(10_000);
    expect(merged.distinctOverflow).toBe(true);
    expect(named.reduce((sum, n) => sum + n, 0) + merged.otherCount).toBe(merged.count);
    expect(Math.min(...named)).toBe(2);
    expect(mergeProfiles(b, a).features["phase"]).toEqual(merged);
  });
});

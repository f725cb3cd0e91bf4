import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { canonicalHash, canonicalJson } from "../../../core/definition/canonical-json.ts";
import { closest, editDistance } from "../../../core/definition/closest.ts";
import { instanceUsdPerHour } from "../../../core/definition/instance-prices.ts";
import { ERROR_CODES, type ErrorCode } from "../../../core/errors/codes.ts";
import { isMlopsError, MlopsError } from "../../../core/errors/mlops-error.ts";

describe("canonical JSON", () => {
  test.prop([fc.jsonValue()])("is JSON of the same value, whatever the order of the members", (value) => {
    expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    const reversed = JSON.parse(JSON.stringify(value), (_, member) =>
      member !== null && typeof member === "object" && !Array.isArray(member)
        ? Object.fromEntries(Object.entries(member).reverse())
        : member,
    );
    expect(canonicalHash(reversed)).toBe(canonicalHash(value));
  });

  it("leaves undefined members out and refuses what JSON cannot hold", () => {
    expect(canonicalJson({ b: undefined, a: [1, "x"] })).toBe('{"a":[1,"x"]}');
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, () => 1, 1n])
      expect(() => canonicalJson(value)).toThrow(TypeError);
  });
});

describe("closest", () => {
  it("finds what was probably meant", () => {
    const names = ["hyperparameters", "maxRuntimeMinutes", "boolean", "number"];
    expect(
      ["hyperparamters", "max_runtime_minutes", "bool", "nubmer", "NUMBER"].map((name) => closest(name, names)),
    ).toEqual(["hyperparameters", "maxRuntimeMinutes", "boolean", "number", "number"]);
    expect(["x", "", "something else"].map((name) => closest(name, names))).toEqual([undefined, undefined, undefined]);
  });

  test.prop([fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 })])(
    "uses a distance that is symmetric and bounded",
    (a, b) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
      expect(editDistance(a, b) === 0).toBe(a === b);
    },
  );
});

describe("instance prices", () => {
  it("come from the table unless they are given", () => {
    expect(instanceUsdPerHour("ml.m5.large")).toBe(0.115);
    expect(instanceUsdPerHour("ml.m5.large", 0.2)).toBe(0.2);
    expect(instanceUsdPerHour("ml.p9.large")).toBeUndefined();
  });
});

describe("MlopsError", () => {
  it("is named after its code, so that Step Functions can match on it", () => {
    const cause = new Error("throttled");
    const error = new MlopsError("registry.version-conflict", "head is at 8, expected 7", {
      cause,
      details: { actual: 8 },
    });
    expect(error).toMatchObject({
      name: "registry.version-conflict",
      code: "registry.version-conflict",
      retryable: true,
      cause,
      details: { actual: 8 },
    });
    expect(isMlopsError(error)).toBe(true);
    expect(isMlopsError(error, "registry.version-conflict")).toBe(true);
    expect(isMlopsError(error, "definition.invalid")).toBe(false);
    expect(isMlopsError(cause)).toBe(false);
  });

  it("has a table of codes that are all of one form and explained", () => {
    for (const [code, { summary }] of Object.entries(ERROR_CODES)) {
      expect(code).toMatch(/^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$/);
      expect(summary).toMatch(/\.$/);
    }
    expect(new MlopsError("definition.invalid" satisfies ErrorCode, "x", { retryable: true }).retryable).toBe(true);
  });
});

import { describe, expect, it } from "vitest";
import { fileTooLarge } from "../../../core/data/rules/file-too-large.ts";
import { readIncomingKey } from "../../../core/data/rules/key-path.ts";
import { noSuchModel } from "../../../core/data/rules/no-such-model.ts";

describe("readIncomingKey", () => {
  it("reads model and path", () => {
    expect(readIncomingKey("birdstrike-damage/incoming/2026/01.csv")).toEqual({
      place: { model: "birdstrike-damage", path: "2026/01.csv", fileName: "01.csv" },
      reason: null,
    });
  });

  it.each([
    "incoming/a.csv",
    "Model/incoming/a.csv",
    "m/batches/a.csv",
    "",
    "m",
    "m/incoming",
    "../incoming/a.csv",
    "a/b/incoming/x.csv",
  ])("says that %j is no upload", (key) => {
    const read = readIncomingKey(key);
    expect(read === null || read.reason !== null).toBe(true);
  });

  it.each([
    "m/incoming/",
    "m/incoming/folder/",
    "m/incoming/../../other/a.csv",
    "m/incoming/./a.csv",
    "m/incoming//a.csv",
    "m/incoming/a\\b.csv",
    "m/incoming/a\u0000.csv",
    "m/incoming/a\nb.csv",
    `m/incoming/${"x".repeat(1_000)}`,
    `m/incoming/${"é".repeat(300)}`,
  ])("refuses %j with a reason", (key) => {
    const read = readIncomingKey(key);
    expect(read?.place.model).toBe("m");
    expect(read?.reason?.rule).toBe("key-path");
    expect(read?.reason?.message.length).toBeLessThan(300);
    expect(read?.place.fileName).toMatch(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$/);
  });

  it("makes file names safe", () => {
    expect(readIncomingKey("m/incoming/mes données (1).csv")).toMatchObject({
      place: { fileName: "mes_donn_es_1_.csv" },
      reason: null,
    });
  });
});

describe("other rules about the whole upload", () => {
  it("name the model that was probably meant", () => {
    expect(noSuchModel("birdstrike-damge", ["birdstrike-damage", "flight-delay"]).message).toContain(
      'did you mean "birdstrike-damage"?',
    );
    expect(noSuchModel("x", []).message).toContain("no model is defined");
  });

  it("refuse files that are too large", () => {
    expect(fileTooLarge(1_000_000, 1)).toBeUndefined();
    expect(fileTooLarge(1_000_001, 1)?.rule).toBe("file-too-large");
  });
});

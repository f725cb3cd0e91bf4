import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { wholeMatch } from "../../../local/kernel/constraints.ts";
import { loadModel } from "../../../local/kernel/model.ts";

const supported = JSON.parse(
  readFileSync(new URL("../../../local/models/supported-operations.json", import.meta.url), "utf8"),
) as Record<string, string[]>;

describe.each(Object.keys(supported))("model of %s", (service) => {
  it("holds exactly the listed operations", () => {
    expect(Object.keys(loadModel(service).operations).sort()).toEqual([...(supported[service] ?? [])].sort());
  });

  it("holds every shape that it refers to", () => {
    const { shapes, operations } = loadModel(service);
    const references = [
      ...Object.values(operations).flatMap((operation) => [
        operation.input,
        operation.output,
        ...(operation.errors ?? []),
      ]),
      ...Object.values(shapes).flatMap((shape) => [
        ...Object.values(shape.members ?? {}).map((member) => member.shape),
        shape.member?.shape,
        shape.key?.shape,
        shape.value?.shape,
      ]),
    ];
    for (const name of references) if (name !== undefined) expect(shapes).toHaveProperty([name]);
  });

  it("has patterns that are valid here", () => {
    for (const shape of Object.values(loadModel(service).shapes)) {
      if (shape.pattern !== undefined) expect(() => wholeMatch(shape.pattern ?? "")).not.toThrow();
    }
  });
});

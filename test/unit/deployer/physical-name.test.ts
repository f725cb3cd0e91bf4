import { describe, expect, it } from "vitest";
import { physicalName } from "../../../local/deployer/physical-name.ts";

const identity = { stackName: "mlops-dev", stackId: "arn:1", logicalId: "DataBucket666C94C7", generation: 0 };

describe("physicalName", () => {
  it("is made of stack, logical id and a suffix, and the same on every try", () => {
    const name = physicalName(identity, 255);
    expect(name).toMatch(/^mlops-dev-DataBucket666C94C7-[A-Z0-9]{12}$/);
    expect(physicalName(identity, 255)).toBe(name);
  });

  it("differs between stacks of the same name and between generations", () => {
    const names = [identity, { ...identity, stackId: "arn:2" }, { ...identity, generation: 1 }];
    expect(new Set(names.map((one) => physicalName(one, 255))).size).toBe(3);
  });

  it.each([40, 63, 64, 80])("fits into %i characters", (maxLength) => {
    const long = { ...identity, stackName: "s".repeat(100), logicalId: "L".repeat(100) };
    const name = physicalName(long, maxLength, { lowerCase: true });
    expect(name.length).toBeLessThanOrEqual(maxLength);
    expect(name).toMatch(/^s+-l+-[a-z0-9]{12}$/);
  });
});

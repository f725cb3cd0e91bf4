import { describe, expect, it, vi } from "vitest";
import { onDemand } from "../../../adapters/on-demand.ts";

interface Port {
  add(a: number, b: number): Promise<number>;
  fail(): Promise<never>;
}

class Adapter implements Port {
  private readonly offset = 10;
  async add(a: number, b: number): Promise<number> {
    return this.offset + a + b;
  }
  async fail(): Promise<never> {
    throw new RangeError("refused");
  }
}

describe("onDemand", () => {
  it("loads the adapter at the first call, once, and passes calls and errors on", async () => {
    const load = vi.fn(async () => new Adapter());
    const port = onDemand<Port>(load);
    // Handing the port through a promise must not load it either.
    expect(await Promise.resolve(port)).toBe(port);
    expect(load).not.toHaveBeenCalled();
    expect(await Promise.all([port.add(1, 2), port.add(3, 4)])).toEqual([13, 17]);
    await expect(port.fail()).rejects.toThrow(RangeError);
    expect(load).toHaveBeenCalledTimes(1);
  });
});

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { compileKernel } from "../../../core/data/wasm/build.ts";

it("the committed WebAssembly module is what the sources compile to", async () => {
  const committed = readFileSync(new URL("../../../core/data/wasm/kernel.generated.ts", import.meta.url), "utf8");
  expect(await compileKernel()).toBe(committed);
});

import { readFileSync, writeFileSync } from "node:fs";

/** The part of AssemblyScript's compiler interface that is used; its own declarations would replace those of Node.js everywhere. */
interface Compiler {
  main(
    options: readonly string[],
    files: {
      readFile(name: string): string | null;
      writeFile(name: string, contents: Uint8Array | string): void;
      listFiles(): string[];
    },
  ): Promise<{ error: Error | null; stderr: { toString(): string } }>;
}

const COMPILER: string = "assemblyscript/asc";
const SOURCE = new URL("kernel.as", import.meta.url);
const OUTPUT = new URL("kernel.generated.ts", import.meta.url);
const OPTIONS = ["-O3", "--converge", "--noAssert", "--runtime", "stub", "--enable", "simd", "--initialMemory", "1"];

/**
 * Compiles kernel.as to WebAssembly and gives the text of kernel.generated.ts; the same source gives the same text.
 *
 * @throws Error with the compiler's messages
 */
export async function compileKernel(): Promise<string> {
  let binary: Uint8Array | undefined;
  const { default: asc }: { default: Compiler } = await import(COMPILER);
  const { error, stderr } = await asc.main(["kernel.ts", "--outFile", "kernel.wasm", ...OPTIONS], {
    readFile: (name) => (name === "kernel.ts" ? readFileSync(SOURCE, "utf8") : null),
    writeFile: (_name, contents) => {
      if (typeof contents !== "string") binary = contents;
    },
    listFiles: () => [],
  });
  if (error !== null || binary === undefined) throw new Error(`kernel.as does not compile:\n${stderr.toString()}`);
  const base64 = Buffer.from(binary).toString("base64");
  const lines = base64.match(/.{1,110}/g) ?? [];
  return [
    "// Made by `npx tsx core/data/wasm/build.ts` from kernel.as; do not edit.",
    "/** The fast lane's WebAssembly module in base64. */",
    "export const KERNEL_BASE64 =",
    `${lines.map((line) => `  "${line}"`).join(" +\n")};`,
    "",
  ].join("\n");
}

if (process.argv[1] !== undefined && import.meta.url === new URL(`file://${process.argv[1]}`).href) {
  writeFileSync(OUTPUT, await compileKernel());
}

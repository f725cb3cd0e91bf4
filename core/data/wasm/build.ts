import { existsSync, readFileSync, writeFileSync } from "node:fs";

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
const SOURCES = new URL("kernel/", import.meta.url);
/** The compiler wants its files to be called .ts; here they are .as, because they are no TypeScript. */
const SOURCE_NAME = /^(\w+)\.ts$/;
const OUTPUT = new URL("kernel.generated.ts", import.meta.url);
const OPTIONS = [
  "-O3",
  "--converge",
  "--noAssert",
  "--runtime",
  "stub",
  "--enable",
  "simd",
  "--initialMemory",
  "1",
  "--memoryBase",
  "64",
];

function readSource(name: string): string | null {
  const path = new URL(name, SOURCES);
  return existsSync(path) ? readFileSync(path, "utf8") : null;
}

/**
 * Compiles kernel/*.as to WebAssembly and gives the text of kernel.generated.ts; the same source gives the same text.
 *
 * @throws Error with the compiler's messages
 */
export async function compileKernel(): Promise<string> {
  let binary: Uint8Array | undefined;
  const { default: asc }: { default: Compiler } = await import(COMPILER);
  const { error, stderr } = await asc.main(["kernel.ts", "--outFile", "kernel.wasm", ...OPTIONS], {
    readFile: (name) => (SOURCE_NAME.test(name) ? readSource(name.replace(SOURCE_NAME, "$1.as")) : null),
    writeFile: (_name, contents) => {
      if (typeof contents !== "string") binary = contents;
    },
    listFiles: () => [],
  });
  if (error !== null || binary === undefined) throw new Error(`kernel/*.as do not compile:\n${stderr.toString()}`);
  const base64 = Buffer.from(binary).toString("base64");
  const lines = base64.match(/.{1,110}/g) ?? [];
  return [
    "// Made by `npx tsx core/data/wasm/build.ts` from kernel/*.as; do not edit.",
    "/** The fast lane's WebAssembly module in base64. */",
    "export const KERNEL_BASE64 =",
    `${lines.map((line) => `  "${line}"`).join(" +\n")};`,
    "",
  ].join("\n");
}

if (process.argv[1] !== undefined && import.meta.url === new URL(`file://${process.argv[1]}`).href) {
  writeFileSync(OUTPUT, await compileKernel());
}

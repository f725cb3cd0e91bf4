import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { writeZip } from "../../../local/deployer/zip-writer.ts";

describe("writeZip", () => {
  it("writes what an independent reader unpacks with names, bytes and modes", () => {
    const directory = mkdtempSync(join(tmpdir(), "zip-"));
    const archive = join(directory, "a.zip");
    const data = Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 251));
    writeFileSync(
      archive,
      writeZip([
        { name: "index.mjs", data: Buffer.from("export {};\n"), mode: 0o644 },
        { name: "dir/größe.bin", data, mode: 0o755 },
        { name: "empty", data: Buffer.alloc(0), mode: 0o600 },
      ]),
    );
    execFileSync("tar", ["--version"]);
    execFileSync("node", [
      "-e",
      "const {execFileSync}=require('node:child_process');execFileSync(process.argv[1],['-m','zipfile','-t',process.argv[2]]);execFileSync(process.argv[1],['-m','zipfile','-e',process.argv[2],process.argv[3]])",
      "python3",
      archive,
      directory,
    ]);
    expect(readFileSync(join(directory, "index.mjs"), "utf8")).toBe("export {};\n");
    expect(readFileSync(join(directory, "dir/größe.bin")).equals(data)).toBe(true);
    expect(statSync(join(directory, "empty")).size).toBe(0);
    rmSync(directory, { recursive: true });
  });

  it("is the same for the same files", () => {
    const entry = { name: "a", data: Buffer.from("a"), mode: 0o644 };
    expect(writeZip([entry])).toEqual(writeZip([entry]));
  });
});

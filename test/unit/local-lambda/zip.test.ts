import { fc, test as property } from "@fast-check/vitest";
import { expect, test } from "vitest";
import { readZip } from "../../../local/services/lambda/code/zip.ts";
import { makeZip } from "./make-zip.ts";

async function read(archive: Buffer): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for await (const file of readZip(archive)) files[file.path] = file.bytes.toString("utf8");
  return files;
}

property.prop([
  fc.dictionary(fc.stringMatching(/^[a-z]{1,8}(\/[a-z]{1,8}){0,2}$/), fc.string(), { maxKeys: 5 }),
  fc.boolean(),
])("what was packed comes out", async (files, stored) => {
  const inputs = Object.entries(files).map(([name, content]) => ({ name, content, stored }));
  expect(await read(makeZip(inputs))).toEqual(Object.fromEntries(Object.entries(files)));
});

test("modes and symbolic links are told, directories left out", async () => {
  const archive = makeZip([
    { name: "dir/", content: "" },
    { name: "dir/run.sh", content: "#!", mode: 0o100755 },
    { name: "link", content: "dir/run.sh", mode: 0o120777 },
  ]);
  const files = [];
  for await (const { path, mode, isSymbolicLink } of readZip(archive)) files.push([path, mode, isSymbolicLink]);
  expect(files).toEqual([
    ["dir/run.sh", 0o755, false],
    ["link", 0o777, true],
  ]);
});

test.each(["../x", "a/../../x", "/x", "C:/x", "a\\..\\x", "a/\0"])("the entry name %j is refused", async (name) => {
  await expect(read(makeZip([{ name, content: "x" }]))).rejects.toThrow(/unsafe entry name/);
});

property.prop([fc.nat({ max: 200 }), fc.nat({ max: 255 })])(
  "a flipped byte never goes unnoticed in a file",
  async (at, value) => {
    const archive = makeZip([{ name: "a.js", content: "exports.handler = async () => 'a rather long text to pack';" }]);
    const before = await read(archive);
    archive[at % archive.length] = value;
    const outcome = await read(archive).catch((error: unknown) => error);
    if (!(outcome instanceof Error)) expect(Object.values(outcome as object)).toEqual(Object.values(before));
  },
);

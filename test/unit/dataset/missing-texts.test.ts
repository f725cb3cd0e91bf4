import { expect, it } from "vitest";
import { createIngest } from "../../../core/data/ingest.ts";
import { parseDefinition } from "../../../core/definition/parse.ts";
import { testDefinitionYaml } from "../../support/memory-ports.ts";

const LEVELS = ["NA", "N/A", "null", "nan", "None"];
const COPIES = 40;

it.each([
  { missing: '[""]', kept: [...LEVELS, "NULL"] },
  { missing: '["", "NULL"]', kept: LEVELS },
])("only the texts that data.missing names ($missing) are empty in the parts", ({ missing, kept }) => {
  const yaml = testDefinitionYaml().replace("  key: [id]", `  key: [id]\n  missing: ${missing}`);
  const ingest = createIngest(parseDefinition(yaml, "model.yaml"), { batchId: "b" });
  const values = Array.from({ length: COPIES }, () => [...LEVELS, "NULL", ""]).flat();
  const rows = values.map((level, id) => `${id},1,${level},${id % 2 === 0 ? "yes" : "no"}`);
  const output = ingest.write(Buffer.from(`id,speed,phase,damage\n${rows.join("\n")}\n`));
  const result = ingest.end();
  expect(result.reasons).toEqual([]);
  const train = Buffer.concat([output.train, result.output.train]).toString("utf8");
  const written = new Set(
    train
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.split(",")[1]),
  );
  expect([...written].sort()).toEqual(["", ...kept].sort());
  expect(result.profile.features["phase"]).toMatchObject({ nulls: (7 - kept.length) * COPIES });
});

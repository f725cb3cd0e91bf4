import { writeFileSync } from "node:fs";
import { modelJsonSchema, modelJsonSchemaText } from "./json-schema.ts";
import { referencePage } from "./reference-page.ts";

const root = new URL("../../", import.meta.url);

writeFileSync(new URL("models/model.schema.generated.json", root), modelJsonSchemaText());
writeFileSync(new URL("docs/model-yaml.md", root), referencePage(modelJsonSchema()));
console.log("wrote models/model.schema.generated.json and docs/model-yaml.md");

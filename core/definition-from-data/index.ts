/** Makes a model definition from a data file: survey in one pass, decide with reasons, write YAML that a person reads through. */
export { definitionYaml } from "./definition-yaml.ts";
export type { Proposal } from "./proposal.ts";
export { proposeFromTable } from "./propose-from-table.ts";

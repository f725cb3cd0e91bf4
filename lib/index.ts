export { parseStageSettings } from "../core/settings/parse-stage-settings.ts";
export type { StageSettings } from "../core/settings/stage-settings.ts";
export { readDefinitions } from "./catalog-asset.ts";
export { MlopsFactory, type MlopsFactoryProps } from "./mlops-factory.ts";
export { MlopsStack, type MlopsStackProps } from "./mlops-stack.ts";

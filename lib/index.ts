export { parseStageSettings } from "../core/settings/parse-stage-settings.ts";
export type { StageSettings } from "../core/settings/stage-settings.ts";
export { Alerting, type AlertingProps } from "./alerting.ts";
export { readDefinitions } from "./catalog-asset.ts";
export { DataLake, type DataLakeProps } from "./data-lake.ts";
export { MlopsFactory, type MlopsFactoryProps } from "./mlops-factory.ts";
export { MlopsStack, type MlopsStackProps } from "./mlops-stack.ts";
export { QueueWithDeadLetters, type QueueWithDeadLettersProps } from "./queue-with-dead-letters.ts";
export { Registry, type RegistryProps } from "./registry.ts";

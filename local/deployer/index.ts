export { type DeployedStack, type DeployOptions, deployAssembly } from "./deploy.ts";
export { DeployError } from "./deploy-error.ts";
export { destroyStack } from "./destroy.ts";
export type { DeployProgress } from "./stack-store.ts";

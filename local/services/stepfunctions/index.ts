import type { Cloud } from "../../kernel/cloud.ts";
import { executionOperations } from "./api/executions.ts";
import { historyOperations } from "./api/history.ts";
import { machineOperations } from "./api/machines.ts";
import { mapRunOperations } from "./api/map-runs.ts";
import { tagOperations } from "./api/tags.ts";
import { taskOperations } from "./api/tasks.ts";
import { createEngine } from "./engine/engine.ts";
import { openStore } from "./engine/store.ts";
import type { StepfunctionsService } from "./types.ts";

/** The local Step Functions: Standard workflows in JSONPath and JSONata, durable across restarts. */
export function createStepfunctions(cloud: Cloud): StepfunctionsService {
  const store = openStore(cloud);
  const engine = createEngine(cloud, store);
  return {
    id: "stepfunctions",
    operations: {
      ...machineOperations(cloud, store, engine),
      ...executionOperations(store, engine),
      ...historyOperations(engine),
      ...taskOperations(cloud, engine.tokens),
      ...mapRunOperations(store, engine),
      ...tagOperations(store),
    },
    jobChanged: engine.jobChanged,
    async start() {
      engine.resume();
    },
    stop: engine.shutdown,
  };
}

import type { Cloud } from "../../kernel/cloud.ts";
import { AsyncQueue } from "./async/async-queue.ts";
import { CodeStore } from "./code/code-store.ts";
import { parseFunctionName } from "./function-name.ts";
import { FunctionStore } from "./function-store.ts";
import { attachmentOperations } from "./operations/attachment-operations.ts";
import { functionOperations } from "./operations/function-operations.ts";
import { invokeOperation } from "./operations/invoke-operation.ts";
import { createMappings } from "./operations/mapping-operations.ts";
import { versionOperations } from "./operations/version-operations.ts";
import { Executor } from "./runtime/executor.ts";
import type { LambdaService } from "./types.ts";

export type * from "./types.ts";

/** The local Lambda: functions in processes of their own that speak the real Runtime API, asynchronous events, queues as event sources. */
export function createLambda(cloud: Cloud): LambdaService {
  const store = new FunctionStore(cloud);
  const code = new CodeStore(cloud);
  const executor = new Executor(store, code);
  const queue = new AsyncQueue(store, executor);
  const mappings = createMappings(store, executor);
  return {
    id: "lambda",
    operations: {
      ...functionOperations(store, code, executor),
      ...versionOperations(store),
      ...attachmentOperations(store),
      ...mappings.operations,
      Invoke: invokeOperation(store, executor, queue),
    },
    invoke(functionName, payload) {
      const { name, qualifier } = parseFunctionName(functionName);
      const bytes = typeof payload === "string" ? Buffer.from(payload) : payload;
      return executor.invoke(store.find(name, qualifier), bytes, { qualifier });
    },
    prepare(functionName) {
      const { name, qualifier } = parseFunctionName(functionName);
      executor.prepare(store.find(name, qualifier));
    },
    async start() {
      await executor.start();
      queue.start();
      mappings.start();
    },
    async stop() {
      mappings.stop();
      queue.stop();
      await executor.stop();
    },
  };
}

import { AwsError } from "../../../kernel/aws-error.ts";
import type { Cloud, Operation } from "../../../kernel/cloud.ts";
import type { Json } from "../asl/json.ts";
import { MAX_PAYLOAD_BYTES } from "../engine/data-flow.ts";
import type { TaskTokens } from "../engine/task-tokens.ts";

/** Operations of those who hold task tokens. */
export function taskOperations(cloud: Cloud, tokens: TaskTokens): Record<string, Operation> {
  return {
    SendTaskSuccess(input: { taskToken: string; output: string }) {
      tokens.report(input.taskToken, { output: checkOutput(input.output) });
      return {};
    },
    SendTaskFailure(input: { taskToken: string; error?: string; cause?: string }) {
      // Without an error name AWS reports States.TaskFailed.
      const error = input.error ?? "States.TaskFailed";
      tokens.report(input.taskToken, { error, ...(input.cause !== undefined && { cause: input.cause }) });
      return {};
    },
    SendTaskHeartbeat(input: { taskToken: string }) {
      tokens.heartbeat(input.taskToken, cloud.now());
      return {};
    },
  };
}

function checkOutput(text: string): Json {
  try {
    if (Buffer.byteLength(text) > MAX_PAYLOAD_BYTES) throw new Error(`larger than ${MAX_PAYLOAD_BYTES} bytes`);
    return JSON.parse(text) as Json;
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new AwsError("InvalidOutput", 400, `Invalid Output: '${problem}'`);
  }
}

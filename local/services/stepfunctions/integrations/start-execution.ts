import { AwsError } from "../../../kernel/aws-error.ts";
import { isObject, type Json, type JsonObject } from "../asl/json.ts";
import { StateError } from "../asl/state-error.ts";
import { fromApi, toApi } from "./convert.ts";
import type { IntegrationContext, JobIntegration } from "./integration.ts";

/**
 * `states:startExecution.sync` and `.sync:2`: waits for the child execution. `.sync` gives Input and Output as JSON text,
 * `.sync:2` as JSON. Source: https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html
 */
export function startExecutionJob(pattern: "sync" | "sync:2"): JobIntegration {
  return {
    async submit(args, context, again) {
      const request = toApi("stepfunctions", "StartExecution", args);
      try {
        const output = await context.cloud.call("stepfunctions", "StartExecution", request, context.principal);
        return await fromApi("stepfunctions", "StartExecution", output, "millis");
      } catch (error) {
        if (!again || !(error instanceof AwsError) || error.code !== "ExecutionAlreadyExists") throw error;
        return takeOver(args);
      }
    },
    async wait(_args, submission, context, signal) {
      const arn = executionArn(submission);
      await context.awaitExecution(arn, signal);
      const described = await describe(arn, context);
      const result = pattern === "sync:2" ? parsed(described) : described;
      if (described["Status"] === "SUCCEEDED") return result;
      throw new StateError("States.TaskFailed", JSON.stringify(result));
    },
    async stop(_args, submission, context) {
      const input = { executionArn: executionArn(submission) };
      await context.cloud.call("stepfunctions", "StopExecution", input, context.principal);
    },
  };
}

/** The execution that an earlier process started under the name given in the arguments. */
function takeOver(args: Json): Json {
  const machine = isObject(args) ? String(args["StateMachineArn"]) : "";
  const name = isObject(args) ? String(args["Name"]) : "";
  return { ExecutionArn: `${machine.replace(":stateMachine:", ":execution:")}:${name}` };
}

async function describe(arn: string, context: IntegrationContext): Promise<JsonObject> {
  const output = await context.cloud.call(
    "stepfunctions",
    "DescribeExecution",
    { executionArn: arn },
    context.principal,
  );
  return fromApi("stepfunctions", "DescribeExecution", output, "millis");
}

function parsed(described: JsonObject): JsonObject {
  const result = { ...described };
  for (const name of ["Input", "Output"]) {
    const text = result[name];
    if (typeof text === "string") result[name] = JSON.parse(text) as Json;
  }
  return result;
}

function executionArn(submission: Json): string {
  return isObject(submission) ? String(submission["ExecutionArn"]) : "";
}

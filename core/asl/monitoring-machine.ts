import { lambdaTask } from "./tasks.ts";
import type { Json, StateMachine } from "./types.ts";

/** The Lambda functions (ARNs) that monitoring calls. */
export interface MonitoringMachineParts {
  readonly dueFunctionArn: string;
  readonly driftCheckFunctionArn: string;
}

/** One round must end before it is pointless: the next ones have long begun. */
const MACHINE_TIMEOUT_SECONDS = 6 * 3600;
/** Checks at a time: polite to the account's Lambda concurrency, which is 10 in a new account. */
const MAX_CONCURRENCY = 5;

/**
 * The monitoring machine: asks which models are due, then checks each for drift and starts the retrainings that the
 * definitions allow. A model whose check fails does not keep the others from theirs.
 */
export function monitoringMachine(parts: MonitoringMachineParts): StateMachine {
  const check = lambdaTask(parts.driftCheckFunctionArn, "{% $states.input %}", {
    output: "{% $states.result.Payload %}",
    onError: [
      {
        ErrorEquals: ["States.ALL"],
        Output: { model: "{% $states.input.model %}", level: "error", error: "{% $states.errorOutput %}" },
        Next: "Check failed",
      },
    ],
  });
  return {
    Comment: "Visits the models that are due: drift, scheduled retraining, stale leases",
    QueryLanguage: "JSONata",
    StartAt: "Which models are due?",
    TimeoutSeconds: MACHINE_TIMEOUT_SECONDS,
    States: {
      "Which models are due?": lambdaTask(parts.dueFunctionArn, "{% $states.input %}", {
        output: "{% $states.result.Payload %}",
        next: "Check each",
      }),
      "Check each": {
        Type: "Map",
        Items: "{% $states.input.models %}",
        MaxConcurrency: MAX_CONCURRENCY,
        ItemProcessor: {
          ProcessorConfig: { Mode: "INLINE" },
          StartAt: "Check",
          States: { Check: check, "Check failed": { Type: "Pass", End: true } },
        } as unknown as Json,
        Next: "All checked?",
      },
      "All checked?": {
        Type: "Choice",
        Choices: [{ Condition: "{% $count($states.input[level = 'error']) = 0 %}", Next: "Done" }],
        Default: "Some checks failed",
      },
      Done: { Type: "Succeed" },
      "Some checks failed": {
        Type: "Fail",
        Error: "monitoring.check-failed",
        Cause: "{% $join($states.input[level = 'error'].(model & ': ' & error.Error & ' ' & error.Cause), '; ') %}",
      },
    },
  };
}

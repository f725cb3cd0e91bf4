import type { Json } from "../asl/json.ts";
import type { StateError } from "../asl/state-error.ts";
import { type Resource, resourceNames } from "../integrations/resource.ts";
import type { StateWork } from "./context.ts";
import type { TaskProgress } from "./records.ts";

const WHOLE = { truncated: false };

/** The history events of one task, in the two families that AWS has: LambdaFunction* for a function's ARN, Task* for integrations. */
export class TaskEvents {
  readonly #work: StateWork;
  readonly #resource: Resource;

  constructor(work: StateWork, resource: Resource) {
    this.#work = work;
    this.#resource = resource;
  }

  scheduled(task: TaskProgress): void {
    const { run, frame, engine } = this.#work;
    const timeouts = {
      ...(task.timeoutMillis !== undefined && { timeoutInSeconds: task.timeoutMillis / 1000 }),
      ...(task.heartbeatMillis !== undefined && { heartbeatInSeconds: task.heartbeatMillis / 1000 }),
    };
    const text = JSON.stringify(task.arguments);
    if (this.#resource.kind === "lambda-function") {
      run.logIn(frame, "LambdaFunctionScheduled", {
        lambdaFunctionScheduledEventDetails: {
          resource: this.#resource.functionArn,
          input: text,
          inputDetails: WHOLE,
          ...(task.timeoutMillis !== undefined && { timeoutInSeconds: task.timeoutMillis / 1000 }),
        },
      });
      run.logIn(frame, "LambdaFunctionStarted");
      return;
    }
    const names = resourceNames(this.#resource);
    run.logIn(frame, "TaskScheduled", {
      taskScheduledEventDetails: { ...names, region: engine.cloud.region, parameters: text, ...timeouts },
    });
    run.logIn(frame, "TaskStarted", { taskStartedEventDetails: names });
  }

  submitted(output: Json): void {
    const { run, frame } = this.#work;
    run.logIn(frame, "TaskSubmitted", {
      taskSubmittedEventDetails: {
        ...resourceNames(this.#resource),
        output: JSON.stringify(output),
        outputDetails: WHOLE,
      },
    });
  }

  succeeded(output: Json): void {
    const { run, frame } = this.#work;
    const details = { output: JSON.stringify(output), outputDetails: WHOLE };
    if (this.#resource.kind === "lambda-function") {
      run.logIn(frame, "LambdaFunctionSucceeded", { lambdaFunctionSucceededEventDetails: details });
    } else {
      run.logIn(frame, "TaskSucceeded", {
        taskSucceededEventDetails: { ...resourceNames(this.#resource), ...details },
      });
    }
  }

  failed(failure: StateError): void {
    const { run, frame } = this.#work;
    if (frame.visit?.task === undefined) return;
    const timedOut = failure.error === "States.Timeout" || failure.error === "States.HeartbeatTimeout";
    const details = {
      error: failure.error,
      ...(failure.errorCause !== undefined && { cause: failure.errorCause }),
    };
    if (this.#resource.kind === "lambda-function") {
      if (timedOut) run.logIn(frame, "LambdaFunctionTimedOut", { lambdaFunctionTimedOutEventDetails: details });
      else run.logIn(frame, "LambdaFunctionFailed", { lambdaFunctionFailedEventDetails: details });
      return;
    }
    const all = { ...resourceNames(this.#resource), ...details };
    if (timedOut) run.logIn(frame, "TaskTimedOut", { taskTimedOutEventDetails: all });
    else run.logIn(frame, "TaskFailed", { taskFailedEventDetails: all });
  }
}

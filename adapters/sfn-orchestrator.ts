import { DescribeExecutionCommand, SFNClient, StartExecutionCommand, StopExecutionCommand } from "@aws-sdk/client-sfn";
import type { ExecutionStatus, Machine, Orchestrator } from "../app/ports/orchestrator.ts";
import { describeFailure, mapAwsError } from "./call-aws.ts";
import { clientSettings } from "./client-settings.ts";

const STATUS: Readonly<Record<string, ExecutionStatus>> = {
  RUNNING: "running",
  PENDING_REDRIVE: "running",
  SUCCEEDED: "succeeded",
  FAILED: "failed",
  TIMED_OUT: "timed-out",
  ABORTED: "aborted",
};

/** Executions of the Step Functions state machines. */
export class SfnOrchestrator implements Orchestrator {
  private readonly arns: Readonly<Record<Machine, string>>;
  private readonly client: SFNClient;

  /** @param arns ARN of each state machine */
  constructor(arns: Readonly<Record<Machine, string>>, client: SFNClient = new SFNClient(clientSettings())) {
    this.arns = arns;
    this.client = client;
  }

  async start(machine: Machine, name: string, input: object): Promise<boolean> {
    try {
      await this.client.send(
        new StartExecutionCommand({ stateMachineArn: this.arns[machine], name, input: JSON.stringify(input) }),
      );
      return true;
    } catch (error) {
      if (describeFailure(error).name === "ExecutionAlreadyExists") return false;
      throw mapAwsError(`start ${machine} execution ${name}`, error);
    }
  }

  async status(machine: Machine, name: string): Promise<ExecutionStatus | null> {
    try {
      const { status } = await this.client.send(
        new DescribeExecutionCommand({ executionArn: this.executionArn(machine, name) }),
      );
      return STATUS[status ?? ""] ?? "failed";
    } catch (error) {
      if (describeFailure(error).name === "ExecutionDoesNotExist") return null;
      throw mapAwsError(`look at ${machine} execution ${name}`, error);
    }
  }

  async stop(machine: Machine, name: string, reason: string): Promise<void> {
    try {
      await this.client.send(
        new StopExecutionCommand({
          executionArn: this.executionArn(machine, name),
          error: "execution.stopped",
          cause: reason,
        }),
      );
    } catch (error) {
      if (describeFailure(error).name !== "ExecutionDoesNotExist") {
        throw mapAwsError(`stop ${machine} execution ${name}`, error);
      }
    }
  }

  /** `arn:aws:states:region:account:execution:machine:name` */
  private executionArn(machine: Machine, name: string): string {
    return `${this.arns[machine].replace(":stateMachine:", ":execution:")}:${name}`;
  }
}

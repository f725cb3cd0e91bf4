import { randomUUID } from "node:crypto";
import { AwsError } from "../../kernel/aws-error.ts";
import type { Cloud, Operation } from "../../kernel/cloud.ts";
import { redrivePolicy } from "./attributes.ts";
import { sqsError } from "./errors.ts";
import type { QueueStore } from "./queue-store.ts";

interface MoveTask {
  readonly taskHandle: string;
  readonly sourceArn: string;
  readonly destinationArn?: string;
  readonly moved: number;
  readonly startedAtMillis: number;
}

/** Redrive of dead-letter queues. A move is done when StartMessageMoveTask returns, so there is never one to cancel. */
export function moveTaskOperations(cloud: Cloud, store: QueueStore): Record<string, Operation> {
  const tasks = cloud.table<MoveTask>("sqs", "move-tasks");
  const queueOf = (arn: string) => {
    const queue = store.byArn(arn);
    if (queue === undefined) {
      throw new AwsError("ResourceNotFoundException", 404, `The resource that you specified for ${arn} doesn't exist.`);
    }
    return queue;
  };
  return {
    StartMessageMoveTask(input) {
      const sourceArn: string = input.SourceArn;
      const source = queueOf(sourceArn);
      const isDeadLetterQueue = store
        .all()
        .some((queue) => redrivePolicy(queue.record.attributes)?.deadLetterTargetArn === sourceArn);
      if (!isDeadLetterQueue) {
        throw sqsError("InvalidParameterValue", "Source queue must be configured as a Dead Letter Queue.");
      }
      const destination = input.DestinationArn === undefined ? undefined : queueOf(input.DestinationArn);
      let moved = 0;
      for (const message of [...source.messages()]) {
        if (message.visibleAtMillis > cloud.now()) continue;
        const target = destination ?? store.byArn(message.deadLetterSourceArn ?? "");
        if (target === undefined) continue;
        const { receipt: _receipt, deadLetterSourceArn: _source, ...rest } = message;
        target.accept({ ...rest, receiveCount: 0 });
        source.remove(message);
        moved += 1;
      }
      const taskHandle = Buffer.from(`${randomUUID()} ${sourceArn}`, "utf8").toString("base64");
      const destinationMember = input.DestinationArn === undefined ? {} : { destinationArn: input.DestinationArn };
      tasks.set(taskHandle, { taskHandle, sourceArn, ...destinationMember, moved, startedAtMillis: cloud.now() });
      return { TaskHandle: taskHandle };
    },
    ListMessageMoveTasks(input) {
      queueOf(input.SourceArn);
      const results = [...tasks.values()]
        .filter((task) => task.sourceArn === input.SourceArn)
        .reverse()
        .slice(0, input.MaxResults ?? 1)
        .map((task) => ({
          Status: "COMPLETED",
          SourceArn: task.sourceArn,
          ...(task.destinationArn === undefined ? {} : { DestinationArn: task.destinationArn }),
          ApproximateNumberOfMessagesMoved: task.moved,
          ApproximateNumberOfMessagesToMove: task.moved,
          StartedTimestamp: task.startedAtMillis,
        }));
      return { Results: results };
    },
    CancelMessageMoveTask() {
      throw new AwsError("ResourceNotFoundException", 404, "Task does not exist or is not running.");
    },
  };
}

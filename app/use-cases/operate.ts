import { MlopsError } from "../../core/errors/mlops-error.ts";
import { executionName } from "../../core/plans/names.ts";
import type { Head } from "../../core/registry/types.ts";
import type { Factory } from "../factory.ts";
import { rejectionError } from "../support/change-head.ts";
import { requireDefinition } from "../support/require.ts";
import { type DeliveryWish, leaseDelivery } from "./lease-delivery.ts";
import { requestTraining } from "./request-training.ts";

interface CommandBase {
  readonly model: string;
  readonly requestedBy: string;
  readonly reason: string;
}

/** A command of a person. */
export type Command =
  | (CommandBase & { readonly action: "retrain"; readonly force?: boolean | undefined })
  | (CommandBase & {
      readonly action: "traffic";
      /** Share of the challenger in percent, 1 to 99. */
      readonly weightPercent: number;
      /** Default: the newest version that passed and does not serve, else the newest undecided, else the previous champion. */
      readonly version?: number | undefined;
      readonly force?: boolean | undefined;
    })
  | (CommandBase & {
      readonly action: "end-experiment";
      readonly outcome: "promote" | "remove";
      readonly force?: boolean | undefined;
    })
  | (CommandBase & {
      readonly action: "rollback";
      /** Default: the previous champion. */
      readonly version?: number | undefined;
      readonly force?: boolean | undefined;
    })
  | (CommandBase & { readonly action: "drift" });

/** What a command has started. */
export interface CommandResult {
  readonly started: "training" | "delivery" | "monitoring" | "nothing";
  readonly execution: string | null;
  readonly message: string;
  readonly version?: number | undefined;
}

/**
 * Carries out a command. It starts the machine that does the work and comes back at once.
 *
 * @throws MlopsError when the command is not allowed now; the message says why and what to do
 */
export async function operate(factory: Factory, command: Command): Promise<CommandResult> {
  await requireDefinition(factory, command.model);
  switch (command.action) {
    case "retrain":
      return retrain(factory, command);
    case "drift":
      return checkNow(factory, command.model);
    case "traffic": {
      const head = await factory.registry.getHead(command.model);
      const version = command.version ?? (await chooseChallenger(factory, head));
      return deliver(factory, command, {
        action: "add-challenger",
        version,
        weightPercent: command.weightPercent,
        requestedBy: command.requestedBy,
        reason: command.reason,
        forced: command.force === true,
      });
    }
    case "end-experiment": {
      const { challenger } = await factory.registry.getHead(command.model);
      if (challenger === null) throw refuse(`${command.model} has no challenger, so there is no experiment to end`);
      return deliver(factory, command, {
        action: command.outcome === "promote" ? "promote" : "remove-challenger",
        version: challenger.version,
        weightPercent: null,
        requestedBy: command.requestedBy,
        reason: command.reason,
        forced: command.force === true,
      });
    }
    case "rollback": {
      const { previousChampion } = await factory.registry.getHead(command.model);
      const version = command.version ?? previousChampion;
      if (version === null) {
        throw refuse(`${command.model} has no previous champion, so there is nothing to roll back to`);
      }
      return deliver(factory, command, {
        // To any other version than the previous champion the way leads through the gate's verdict, as for a promotion.
        action: version === previousChampion ? "rollback" : "promote",
        version,
        weightPercent: null,
        requestedBy: command.requestedBy,
        reason: command.reason,
        forced: command.force === true,
      });
    }
  }
}

async function retrain(factory: Factory, command: Command & { action: "retrain" }): Promise<CommandResult> {
  const answer = await requestTraining(factory, {
    model: command.model,
    trigger: { kind: "command", reason: `${command.requestedBy}: ${command.reason}` },
    actor: command.requestedBy,
    ...(command.force === true && { force: true }),
  });
  if (answer.outcome === "refused") throw new MlopsError("training.budget-reached", answer.reason);
  if (answer.runId === null) {
    return { started: "nothing", execution: null, message: `it will follow: ${answer.reason}` };
  }
  const execution = executionName(command.model, answer.runId);
  return { started: "training", execution, message: `run ${answer.runId} started` };
}

async function deliver(factory: Factory, { model }: CommandBase, wish: DeliveryWish): Promise<CommandResult> {
  const result = await leaseDelivery(factory, model, wish);
  if (!result.accepted) throw rejectionError(result);
  const request = result.head.deliveryLease?.request;
  if (request === undefined) throw new MlopsError("internal.invariant", `${model} took a delivery lease and has none`);
  const execution = executionName(model, request.deliveryId);
  await factory.orchestrator.start("delivery", execution, request);
  const message = `delivery ${request.deliveryId} started: ${request.action} version ${request.version}`;
  return { started: "delivery", execution, message, version: request.version };
}

async function checkNow(factory: Factory, model: string): Promise<CommandResult> {
  const { endpoint } = await factory.registry.getHead(model);
  if (endpoint === null) throw refuse(`${model} has no endpoint, so there is no traffic to look at`);
  const execution = `${model}-drift-${factory.clock.now().getTime().toString(36)}`;
  await factory.orchestrator.start("monitoring", execution, { models: [model], force: true });
  return { started: "monitoring", execution, message: "drift check started" };
}

async function chooseChallenger(factory: Factory, head: Head): Promise<number> {
  const others = (await factory.registry.listVersions(head.model, 50)).filter(
    (version) => version.version !== head.champion,
  );
  const newest = (verdict: string, above: number): number | undefined =>
    others.find((version) => version.verdict === verdict && version.version > above)?.version;
  const champion = head.champion ?? 0;
  const chosen =
    newest("passed", champion) ?? newest("undecided", champion) ?? head.previousChampion ?? newest("passed", 0);
  if (chosen === undefined || chosen === null) {
    throw refuse(
      `${head.model} has no other version that could be a challenger; train one with: mlops retrain ${head.model}`,
    );
  }
  return chosen;
}

function refuse(message: string): MlopsError {
  return new MlopsError("registry.invalid-transition", message);
}

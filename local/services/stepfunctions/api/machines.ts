import { randomUUID } from "node:crypto";
import { AwsError } from "../../../kernel/aws-error.ts";
import type { Cloud, Operation } from "../../../kernel/cloud.ts";
import type { ExecutionEngine } from "../engine/engine.ts";
import type { MachineRecord, RevisionRecord } from "../engine/records.ts";
import type { Store } from "../engine/store.ts";
import { validateDefinition } from "../validate/definition.ts";
import { invalidDefinitionMessage } from "../validate/diagnostics.ts";
import { checkName, invalidArn, noMachine, unsupported } from "./errors.ts";
import { keyedPage } from "./page.ts";

interface MachineInput {
  name: string;
  definition: string;
  roleArn: string;
  type?: string;
  tags?: { key: string; value: string }[];
  loggingConfiguration?: object;
  tracingConfiguration?: object;
  encryptionConfiguration?: object;
  publish?: boolean;
}

const ROLE_ARN = /^arn:[\w-]+:iam::\d{12}:role\/.+$/;

/** The machine of an ARN, also of a Map's child machine (`<machine>/<label>`). Throws InvalidArn or StateMachineDoesNotExist. */
export function machineOf(store: Store, arn: string): MachineRecord {
  if (!/^arn:[\w-]+:states:[\w-]+:\d{12}:stateMachine:[^:]+$/.test(arn)) {
    if (/:stateMachine:[^:]+:[^:]+$/.test(arn)) throw unsupported("A version or alias of a state machine");
    throw invalidArn(arn);
  }
  const machine = store.machines.get(arn.split("/")[0] ?? arn);
  if (machine === undefined) throw noMachine(arn);
  return machine;
}

/** Operations on state machines. */
export function machineOperations(cloud: Cloud, store: Store, engine: ExecutionEngine): Record<string, Operation> {
  const describe = (machine: MachineRecord, revisionId: string) => {
    const revision = store.revisions.get(revisionId);
    return {
      stateMachineArn: machine.arn,
      name: machine.name,
      definition: revision?.definition ?? "",
      roleArn: revision?.roleArn ?? "",
      loggingConfiguration: machine.loggingConfiguration ?? { level: "OFF", includeExecutionData: false },
      tracingConfiguration: machine.tracingConfiguration ?? { enabled: false },
      ...(machine.encryptionConfiguration !== undefined && {
        encryptionConfiguration: machine.encryptionConfiguration,
      }),
      revisionId,
    };
  };

  const addRevision = (machineArn: string, machineName: string, definition: string, roleArn: string): string => {
    const revisionId = randomUUID();
    const revision: RevisionRecord = { machineArn, machineName, definition, roleArn, updatedMillis: cloud.now() };
    store.revisions.set(revisionId, revision);
    return revisionId;
  };

  return {
    CreateStateMachine(input: MachineInput) {
      checkName(input.name);
      refuseUnsupported(input);
      checkRole(input.roleArn);
      checkDefinition(input.definition);
      const arn = `arn:${cloud.partition}:states:${cloud.region}:${cloud.accountId}:stateMachine:${input.name}`;
      const known = store.machines.get(arn);
      if (known !== undefined) {
        const revision = store.revisions.get(known.revisionId);
        if (revision?.definition === input.definition && revision.roleArn === input.roleArn) {
          return { stateMachineArn: arn, creationDate: new Date(known.createdMillis) };
        }
        throw new AwsError("StateMachineAlreadyExists", 400, `State Machine Already Exists: '${arn}'`);
      }
      const now = cloud.now();
      store.machines.set(arn, {
        arn,
        name: input.name,
        type: "STANDARD",
        revisionId: addRevision(arn, input.name, input.definition, input.roleArn),
        createdMillis: now,
        updatedMillis: now,
        tags: Object.fromEntries((input.tags ?? []).map(({ key, value }) => [key, value])),
        ...configurationOf(input),
      });
      return { stateMachineArn: arn, creationDate: new Date(now) };
    },

    UpdateStateMachine(input: Partial<MachineInput> & { stateMachineArn: string }) {
      const machine = machineOf(store, input.stateMachineArn);
      refuseUnsupported(input);
      const revision = store.revisions.get(machine.revisionId);
      const definition = input.definition ?? revision?.definition ?? "";
      const roleArn = input.roleArn ?? revision?.roleArn ?? "";
      if (input.roleArn !== undefined) checkRole(roleArn);
      if (input.definition !== undefined) checkDefinition(definition);
      if (
        input.definition === undefined &&
        input.roleArn === undefined &&
        Object.keys(configurationOf(input)).length === 0
      ) {
        throw new AwsError(
          "MissingRequiredParameter",
          400,
          "Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified",
        );
      }
      const revisionId = addRevision(machine.arn, machine.name, definition, roleArn);
      const updatedMillis = cloud.now();
      store.machines.set(machine.arn, { ...machine, ...configurationOf(input), revisionId, updatedMillis });
      return { updateDate: new Date(updatedMillis), revisionId };
    },

    async DeleteStateMachine(input: { stateMachineArn: string }) {
      // Deleting what does not exist succeeds, as on AWS.
      const machine = store.machines.get(input.stateMachineArn);
      if (machine === undefined) return {};
      store.machines.delete(machine.arn);
      await Promise.all(store.executionsOf(machine.arn).map((arn) => engine.abort(arn)));
      return {};
    },

    DescribeStateMachine(input: { stateMachineArn: string }) {
      const machine = machineOf(store, input.stateMachineArn);
      return {
        ...describe(machine, machine.revisionId),
        status: "ACTIVE",
        type: machine.type,
        creationDate: new Date(machine.createdMillis),
      };
    },

    DescribeStateMachineForExecution(input: { executionArn: string }) {
      const execution = engine.execution(input.executionArn);
      const revision = execution && store.revisions.get(execution.revisionId);
      if (execution === undefined || revision === undefined) {
        throw new AwsError("ExecutionDoesNotExist", 400, `Execution Does Not Exist: '${input.executionArn}'`);
      }
      const machine = store.machines.get(revision.machineArn) ?? {
        arn: revision.machineArn,
        name: revision.machineName,
        type: "STANDARD" as const,
        revisionId: execution.revisionId,
        createdMillis: revision.updatedMillis,
        updatedMillis: revision.updatedMillis,
        tags: {},
      };
      return {
        ...describe(machine, execution.revisionId),
        stateMachineArn: execution.machineArn,
        updateDate: new Date(revision.updatedMillis),
        ...(execution.mapRunArn !== undefined && {
          mapRunArn: execution.mapRunArn,
          label: execution.machineArn.split("/")[1],
        }),
      };
    },

    ListStateMachines(input: { maxResults?: number; nextToken?: string }) {
      const all = [...store.machines.values()].sort((a, b) => b.createdMillis - a.createdMillis);
      const page = keyedPage(all, (machine) => machine.arn, input.maxResults, input.nextToken);
      return {
        stateMachines: page.items.map((machine) => ({
          stateMachineArn: machine.arn,
          name: machine.name,
          type: machine.type,
          creationDate: new Date(machine.createdMillis),
        })),
        nextToken: page.nextToken,
      };
    },

    ValidateStateMachineDefinition(input: { definition: string; maxResults?: number }) {
      const all = validateDefinition(input.definition);
      const limit = input.maxResults === undefined || input.maxResults === 0 ? 100 : input.maxResults;
      return {
        result: all.some((each) => each.severity === "ERROR") ? "FAIL" : "OK",
        diagnostics: all.slice(0, limit),
        truncated: all.length > limit,
      };
    },
  };
}

function configurationOf(input: Partial<MachineInput>): Partial<MachineRecord> {
  const { loggingConfiguration, tracingConfiguration, encryptionConfiguration } = input;
  return {
    ...(loggingConfiguration !== undefined && { loggingConfiguration }),
    ...(tracingConfiguration !== undefined && { tracingConfiguration }),
    ...(encryptionConfiguration !== undefined && { encryptionConfiguration }),
  };
}

function refuseUnsupported(input: Partial<MachineInput>): void {
  if (input.type === "EXPRESS") throw unsupported("A state machine of type EXPRESS");
  if (input.publish === true) throw unsupported("Publishing a version (publish)");
}

function checkRole(roleArn: string): void {
  if (!ROLE_ARN.test(roleArn)) throw new AwsError("InvalidArn", 400, `Invalid Role Arn: '${roleArn}'`);
}

function checkDefinition(definition: string): void {
  const errors = validateDefinition(definition).filter((each) => each.severity === "ERROR");
  if (errors.length > 0) throw new AwsError("InvalidDefinition", 400, invalidDefinitionMessage(errors));
}

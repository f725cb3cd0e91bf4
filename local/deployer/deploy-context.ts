import type { Cloud } from "../kernel/cloud.ts";
import { DeployError } from "./deploy-error.ts";
import type { Scope } from "./intrinsics.ts";
import { physicalName } from "./physical-name.ts";
import { cloudPseudoParameters } from "./pseudo-parameters.ts";
import type { DeployedResource, ResourceContext } from "./resource-provider.ts";
import type { ResourceRecord, StackRecord } from "./stack-record.ts";
import type { StackStore } from "./stack-store.ts";
import type { Template } from "./template.ts";

/** What CDK's bootstrap stack would have put into the parameter store; `cdk synth` writes a rule that needs 6 or more. */
const SSM_PARAMETERS: Readonly<Record<string, string>> = { "/cdk-bootstrap/hnb659fds/version": "30" };

/** Values of the template's parameters: what was given, else the default. SSM types are looked up. Throws when one has no value. */
export function parameterValues(template: Template, given: Readonly<Record<string, string>>): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, parameter] of Object.entries(template.Parameters ?? {})) {
    const value = given[name] ?? parameter.Default;
    if (value === undefined) throw new DeployError(`template parameter '${name}' has no value and no default`);
    if (!parameter.Type.startsWith("AWS::SSM::Parameter::Value")) {
      values[name] = String(value);
      continue;
    }
    const stored = SSM_PARAMETERS[String(value)];
    if (stored === undefined) {
      throw new DeployError(`template parameter '${name}': the local cloud has no SSM parameter '${String(value)}'`);
    }
    values[name] = stored;
  }
  return values;
}

/** The scope in which a stack's template is resolved: `Ref` and `Fn::GetAtt` read the records of deployed resources. */
export function scopeOf(cloud: Cloud, store: StackStore, stack: StackRecord, template: Template): Scope {
  const deployed = (logicalId: string): ResourceRecord => {
    const record = store.resource(stack.stackId, logicalId);
    if (record?.physicalId === undefined) {
      throw new DeployError(`'${logicalId}' is referenced but not deployed (is its condition false?)`, { logicalId });
    }
    return record;
  };
  return {
    template,
    parameters: {
      ...stack.parameters,
      ...cloudPseudoParameters(cloud),
      "AWS::StackName": stack.stackName,
      "AWS::StackId": stack.stackId,
      "AWS::NotificationARNs": [],
    },
    ref: (logicalId) => deployed(logicalId).physicalId,
    getAtt(logicalId, attribute) {
      const record = deployed(logicalId);
      if (Object.hasOwn(record.attributes, attribute)) return record.attributes[attribute];
      throw new DeployError(`${record.type} '${logicalId}' has no attribute '${attribute}' in the local cloud`, {
        logicalId,
      });
    },
  };
}

/** What a provider is told about a resource. */
export function resourceContext(
  cloud: Cloud,
  stack: StackRecord,
  resource: { logicalId: string; type: string; generation: number },
  creation: { resuming?: boolean; claim?: (physicalId: string) => void } = {},
): ResourceContext {
  const { stackName, stackId } = stack;
  const { logicalId, type, generation } = resource;
  return {
    cloud,
    stackName,
    stackId,
    logicalId,
    type,
    resuming: creation.resuming ?? false,
    claim: creation.claim ?? (() => undefined),
    physicalName: (maxLength, options) =>
      physicalName({ stackName, stackId, logicalId, generation }, maxLength, options),
  };
}

/** The record of a deployed resource as providers see it. */
export function deployedOf(record: ResourceRecord): DeployedResource {
  return {
    physicalId: record.physicalId ?? "",
    properties: record.properties,
    attributes: record.attributes,
  };
}

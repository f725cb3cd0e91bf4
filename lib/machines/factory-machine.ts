import { Duration, RemovalPolicy, Stack } from "aws-cdk-lib";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { LogGroup, type RetentionDays } from "aws-cdk-lib/aws-logs";
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import type { StateMachine as Definition } from "../../core/asl/types.ts";
import { grant, type Permission } from "../grant.ts";
import { allow } from "../permissions.ts";

const LOG_DELIVERY_ACTIONS = [
  "logs:CreateLogDelivery",
  "logs:GetLogDelivery",
  "logs:UpdateLogDelivery",
  "logs:DeleteLogDelivery",
  "logs:ListLogDeliveries",
  "logs:PutResourcePolicy",
  "logs:DescribeResourcePolicies",
  "logs:DescribeLogGroups",
  "xray:PutTraceSegments",
  "xray:PutTelemetryRecords",
  "xray:GetSamplingRules",
  "xray:GetSamplingTargets",
];

/** Properties of a {@link FactoryMachine}. */
export interface FactoryMachineProps {
  /** Physical name: other parts build the ARN from it, which avoids a circle between functions and machines. */
  readonly name: string;
  readonly definition: Definition;
  /** ARNs of the functions that the machine invokes. */
  readonly functionArns: readonly string[];
  /** What else it calls. */
  readonly permissions: readonly Permission[];
  readonly logRetention: RetentionDays;
}

/** A Standard state machine with its own role of least privilege, its log (without data) and tracing. */
export class FactoryMachine extends Construct {
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, props: FactoryMachineProps) {
    super(scope, id);
    const role = new Role(this, "Role", {
      assumedBy: new ServicePrincipal("states.amazonaws.com"),
      description: `Role of the state machine ${props.name}`,
    });
    grant(role, [
      allow(["lambda:InvokeFunction"], [...props.functionArns]),
      ...props.permissions,
      // https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html#cloudwatch-iam-policy
      allow(LOG_DELIVERY_ACTIONS, ["*"], "Vended log delivery and X-Ray have no resources to name."),
    ]);
    this.machine = new StateMachine(this, "Machine", {
      stateMachineName: props.name,
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromString(Stack.of(this).toJsonString(props.definition)),
      role,
      timeout: Duration.seconds(props.definition.TimeoutSeconds),
      tracingEnabled: true,
      logs: {
        destination: new LogGroup(this, "Logs", {
          // Step Functions asks for this prefix: https://docs.aws.amazon.com/step-functions/latest/dg/bp-cwl.html
          logGroupName: `/aws/vendedlogs/states/${props.name}`,
          retention: props.logRetention,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: LogLevel.ALL,
        includeExecutionData: false,
      },
    });
  }
}

import { Duration, RemovalPolicy, Size } from "aws-cdk-lib";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, Code, Function as LambdaFunction, Runtime, Tracing } from "aws-cdk-lib/aws-lambda";
import { LogGroup, type RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { grant, type Permission } from "../grant.ts";
import { allow } from "../permissions.ts";
import { bundleHandlers } from "./bundle-handlers.ts";

/** Properties of a {@link FactoryFunction}. */
export interface FactoryFunctionProps {
  /** Folder under `lambdas/`. */
  readonly handler: string;
  /** One line that says what it does; shown in the Lambda console. */
  readonly description: string;
  /** Environment that all handlers share. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the handler may do, besides writing its own log and traces. */
  readonly permissions: readonly Permission[];
  readonly logRetention: RetentionDays;
  /** Lambda gives CPU in proportion to memory: 1,769 MiB are one core. @default 512 MiB */
  readonly memory?: Size;
  /** @default 1 minute */
  readonly timeout?: Duration;
}

/** A Lambda function of the factory: bundled handler, own role of least privilege, own log group, tracing on. */
export class FactoryFunction extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: FactoryFunctionProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, "Logs", {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, "Role", {
      assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
      description: `Role of the function that ${props.description.charAt(0).toLowerCase()}${props.description.slice(1)}`,
    });
    logGroup.grantWrite(role);
    this.function = new LambdaFunction(this, "Function", {
      description: props.description,
      code: Code.fromAsset(bundleHandlers()),
      handler: `${props.handler}.handler`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: (props.memory ?? Size.mebibytes(512)).toMebibytes(),
      timeout: props.timeout ?? Duration.minutes(1),
      environment: { ...props.environment },
      tracing: Tracing.ACTIVE,
      role,
      logGroup,
    });
    grant(role, [
      ...props.permissions,
      allow(["xray:PutTraceSegments", "xray:PutTelemetryRecords"], ["*"], "X-Ray has no resources to name."),
    ]);
  }
}

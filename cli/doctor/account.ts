import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { xgboostImage } from "../../core/plans/images.ts";
import { type Check, failedCall, notChecked, ok, problem } from "./check.ts";
import type { ClientSettings } from "./client-settings.ts";

/** Where `cdk bootstrap` writes its version, with CDK's default qualifier. */
const BOOTSTRAP_PARAMETER = "/cdk-bootstrap/hnb659fds/version";
/** What the synthesized stack asks for: `requiresBootstrapStackVersion` in cdk.out/manifest.json. */
const BOOTSTRAP_VERSION = 6;

/** Whether there are credentials, and whose. */
export async function checkCredentials(settings: ClientSettings): Promise<Check> {
  const client = new STSClient(settings);
  try {
    const { Account, Arn } = await client.send(new GetCallerIdentityCommand({}));
    return ok("credentials", `account ${Account}, ${Arn}`);
  } catch (error) {
    const { name, message } = error as Error;
    return problem(
      "credentials",
      `${name}: ${message}`,
      'Log in ("aws sso login" or "aws configure"), and choose the profile with AWS_PROFILE.',
    );
  } finally {
    client.destroy();
  }
}

/** Whether the region is set, and the image that trains and serves is published there. */
export function checkRegion(region: string | undefined): Check {
  if (region === undefined) {
    return problem("region", "none", "Set AWS_REGION, or a region in the profile, for example eu-central-1.");
  }
  try {
    return ok("region", `${region}, image ${xgboostImage(region)} by AWS's list of registries`);
  } catch (error) {
    return problem("region", region, (error as Error).message);
  }
}

/** Whether account and region are prepared for CDK, at a version that the stack can use. */
export async function checkBootstrap(settings: ClientSettings): Promise<Check> {
  const name = "CDK bootstrap";
  const client = new SSMClient(settings);
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name: BOOTSTRAP_PARAMETER }));
    const version = Number(Parameter?.Value);
    if (version >= BOOTSTRAP_VERSION) return ok(name, `version ${version}`);
    return problem(
      name,
      `version ${Parameter?.Value}, ${BOOTSTRAP_VERSION} is needed`,
      'Run "npx cdk bootstrap" again.',
    );
  } catch (error) {
    if ((error as Error).name === "ParameterNotFound") {
      return problem(
        name,
        `no ${BOOTSTRAP_PARAMETER}: account and region are not bootstrapped`,
        'Run "npx cdk bootstrap" (with a qualifier of your own, the name is another one).',
      );
    }
    return failedCall(name, "ssm:GetParameter", error);
  } finally {
    client.destroy();
  }
}

/** For every check that needs an account, when there are no credentials. */
export function withoutCredentials(name: string): Check {
  return notChecked(name, "there are no usable credentials");
}

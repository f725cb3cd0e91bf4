import { callAws, callUnless, createNamed } from "../call-aws.ts";
import { DeployError } from "../deploy-error.ts";
import {
  listOf,
  type Properties,
  pick,
  type ResourceContext,
  type ResourceProvider,
  textOf,
} from "../resource-provider.ts";

/** AWS::IAM::ManagedPolicy: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-iam-managedpolicy.html */
export const iamManagedPolicy: ResourceProvider = {
  type: "AWS::IAM::ManagedPolicy",
  properties: new Set(["Description", "Groups", "ManagedPolicyName", "Path", "PolicyDocument", "Roles", "Users"]),
  replaceOn: ["Description", "ManagedPolicyName", "Path"],
  async create(context, properties) {
    if (listOf(properties, "Users").length + listOf(properties, "Groups").length > 0) {
      throw new DeployError("a policy of IAM users or groups is not supported; attach it to roles");
    }
    const { cloud } = context;
    const name = textOf(properties, "ManagedPolicyName") ?? context.physicalName(128);
    const arn = `arn:${cloud.partition}:iam::${cloud.accountId}:policy${textOf(properties, "Path") ?? "/"}${name}`;
    await createNamed(context, ["EntityAlreadyExistsException"], "iam", "CreatePolicy", {
      PolicyName: name,
      PolicyDocument: JSON.stringify(properties["PolicyDocument"]),
      ...pick(properties, ["Description", "Path"]),
    });
    context.claim(arn);
    for (const RoleName of listOf<string>(properties, "Roles")) {
      await callAws(cloud, "iam", "AttachRolePolicy", { RoleName, PolicyArn: arn });
    }
    return { physicalId: arn, attributes: { PolicyArn: arn } };
  },
  async update(context, properties, current) {
    const { cloud } = context;
    const arn = current.physicalId;
    await removeOldVersions(context, arn);
    await callAws(cloud, "iam", "CreatePolicyVersion", {
      PolicyArn: arn,
      PolicyDocument: JSON.stringify(properties["PolicyDocument"]),
      SetAsDefault: true,
    });
    const wanted = new Set(listOf<string>(properties, "Roles"));
    for (const RoleName of wanted) await callAws(cloud, "iam", "AttachRolePolicy", { RoleName, PolicyArn: arn });
    await detach(context, arn, current.properties, (role) => !wanted.has(role));
    return { physicalId: arn, attributes: current.attributes };
  },
  async delete(context, current) {
    const arn = current.physicalId;
    await detach(context, arn, current.properties, () => true);
    await removeOldVersions(context, arn);
    await callUnless(["NoSuchEntityException"], context.cloud, "iam", "DeletePolicy", { PolicyArn: arn });
  },
};

async function removeOldVersions({ cloud }: ResourceContext, arn: string): Promise<void> {
  const listed = await callUnless<{ Versions: { VersionId: string; IsDefaultVersion: boolean }[] }>(
    ["NoSuchEntityException"],
    cloud,
    "iam",
    "ListPolicyVersions",
    { PolicyArn: arn },
  );
  for (const { VersionId, IsDefaultVersion } of listed?.Versions ?? []) {
    if (!IsDefaultVersion) await callAws(cloud, "iam", "DeletePolicyVersion", { PolicyArn: arn, VersionId });
  }
}

async function detach(
  { cloud }: ResourceContext,
  arn: string,
  properties: Properties,
  from: (role: string) => boolean,
): Promise<void> {
  for (const RoleName of listOf<string>(properties, "Roles").filter(from)) {
    await callUnless(["NoSuchEntityException"], cloud, "iam", "DetachRolePolicy", { RoleName, PolicyArn: arn });
  }
}

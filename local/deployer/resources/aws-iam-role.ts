import { callAws, callUnless, createNamed } from "../call-aws.ts";
import {
  listOf,
  type Properties,
  pick,
  type ResourceContext,
  type ResourceProvider,
  textOf,
} from "../resource-provider.ts";

/** AWS::IAM::Role: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-iam-role.html */
export const iamRole: ResourceProvider = {
  type: "AWS::IAM::Role",
  properties: new Set([
    "AssumeRolePolicyDocument",
    "Description",
    "ManagedPolicyArns",
    "MaxSessionDuration",
    "Path",
    "PermissionsBoundary",
    "Policies",
    "RoleName",
    "Tags",
  ]),
  replaceOn: ["Path", "RoleName"],
  async create(context, properties) {
    const name = textOf(properties, "RoleName") ?? context.physicalName(64);
    await createNamed(context, ["EntityAlreadyExistsException"], "iam", "CreateRole", {
      RoleName: name,
      AssumeRolePolicyDocument: JSON.stringify(properties["AssumeRolePolicyDocument"]),
      ...pick(properties, ["Description", "MaxSessionDuration", "Path", "PermissionsBoundary", "Tags"]),
    });
    context.claim(name);
    await applyPolicies(context, name, properties, {});
    return await stateOf(context, name);
  },
  async update(context, properties, current) {
    const { cloud } = context;
    const name = current.physicalId;
    await callAws(cloud, "iam", "UpdateAssumeRolePolicy", {
      RoleName: name,
      PolicyDocument: JSON.stringify(properties["AssumeRolePolicyDocument"]),
    });
    await callAws(cloud, "iam", "UpdateRole", {
      RoleName: name,
      Description: properties["Description"] ?? "",
      MaxSessionDuration: properties["MaxSessionDuration"] ?? 3_600,
    });
    if (properties["PermissionsBoundary"] !== undefined) {
      await callAws(cloud, "iam", "PutRolePermissionsBoundary", {
        RoleName: name,
        PermissionsBoundary: properties["PermissionsBoundary"],
      });
    } else await callAws(cloud, "iam", "DeleteRolePermissionsBoundary", { RoleName: name });
    await applyPolicies(context, name, properties, current.properties);
    await applyTags(context, name, properties, current.properties);
    return await stateOf(context, name);
  },
  async delete({ cloud }, current) {
    const name = current.physicalId;
    const attached = await callUnless<{ AttachedPolicies: { PolicyArn: string }[] }>(
      ["NoSuchEntityException"],
      cloud,
      "iam",
      "ListAttachedRolePolicies",
      { RoleName: name },
    );
    if (!attached) return;
    for (const { PolicyArn } of attached.AttachedPolicies) {
      await callAws(cloud, "iam", "DetachRolePolicy", { RoleName: name, PolicyArn });
    }
    for (const { PolicyName } of listOf<{ PolicyName: string }>(current.properties, "Policies")) {
      await callUnless(["NoSuchEntityException"], cloud, "iam", "DeleteRolePolicy", { RoleName: name, PolicyName });
    }
    await callAws(cloud, "iam", "DeleteRole", { RoleName: name });
  },
};

async function applyPolicies(
  { cloud }: ResourceContext,
  name: string,
  properties: Properties,
  before: Properties,
): Promise<void> {
  const wanted = new Set(listOf<string>(properties, "ManagedPolicyArns"));
  for (const PolicyArn of wanted) await callAws(cloud, "iam", "AttachRolePolicy", { RoleName: name, PolicyArn });
  for (const PolicyArn of listOf<string>(before, "ManagedPolicyArns").filter((arn) => !wanted.has(arn))) {
    await callUnless(["NoSuchEntityException"], cloud, "iam", "DetachRolePolicy", { RoleName: name, PolicyArn });
  }
  const inline = listOf<{ PolicyName: string; PolicyDocument: unknown }>(properties, "Policies");
  for (const { PolicyName, PolicyDocument } of inline) {
    await callAws(cloud, "iam", "PutRolePolicy", {
      RoleName: name,
      PolicyName,
      PolicyDocument: JSON.stringify(PolicyDocument),
    });
  }
  const kept = new Set(inline.map((policy) => policy.PolicyName));
  for (const { PolicyName } of listOf<{ PolicyName: string }>(before, "Policies")) {
    if (kept.has(PolicyName)) continue;
    await callUnless(["NoSuchEntityException"], cloud, "iam", "DeleteRolePolicy", { RoleName: name, PolicyName });
  }
}

async function applyTags(
  { cloud }: ResourceContext,
  name: string,
  properties: Properties,
  before: Properties,
): Promise<void> {
  const tags = listOf<{ Key: string }>(properties, "Tags");
  const kept = new Set(tags.map((tag) => tag.Key));
  const gone = listOf<{ Key: string }>(before, "Tags").filter((tag) => !kept.has(tag.Key));
  if (gone.length > 0) {
    await callAws(cloud, "iam", "UntagRole", { RoleName: name, TagKeys: gone.map((tag) => tag.Key) });
  }
  if (tags.length > 0) await callAws(cloud, "iam", "TagRole", { RoleName: name, Tags: tags });
}

async function stateOf({ cloud }: ResourceContext, name: string) {
  const { Role: role } = await callAws<{ Role: { Arn: string; RoleId: string } }>(cloud, "iam", "GetRole", {
    RoleName: name,
  });
  return { physicalId: name, attributes: { Arn: role.Arn, RoleId: role.RoleId } };
}

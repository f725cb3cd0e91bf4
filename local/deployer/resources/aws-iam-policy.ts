import { callAws, callUnless } from "../call-aws.ts";
import { DeployError } from "../deploy-error.ts";
import { listOf, type Properties, type ResourceContext, type ResourceProvider } from "../resource-provider.ts";

/** AWS::IAM::Policy, inline in roles: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-iam-policy.html */
export const iamPolicy: ResourceProvider = {
  type: "AWS::IAM::Policy",
  properties: new Set(["Groups", "PolicyDocument", "PolicyName", "Roles", "Users"]),
  replaceOn: ["PolicyName"],
  async create(context, properties) {
    await put(context, properties);
    return { physicalId: context.physicalName(128), attributes: {} };
  },
  async update(context, properties, current) {
    const kept = new Set(listOf<string>(properties, "Roles"));
    await remove(context, current.properties, (role) => !kept.has(role));
    await put(context, properties);
    return { physicalId: current.physicalId, attributes: {} };
  },
  async delete(context, current) {
    await remove(context, current.properties, () => true);
  },
};

async function put({ cloud }: ResourceContext, properties: Properties): Promise<void> {
  if (listOf(properties, "Users").length + listOf(properties, "Groups").length > 0) {
    throw new DeployError("a policy of IAM users or groups is not supported; attach it to roles");
  }
  for (const role of listOf<string>(properties, "Roles")) {
    await callAws(cloud, "iam", "PutRolePolicy", {
      RoleName: role,
      PolicyName: properties["PolicyName"],
      PolicyDocument: JSON.stringify(properties["PolicyDocument"]),
    });
  }
}

async function remove(
  { cloud }: ResourceContext,
  properties: Properties,
  from: (role: string) => boolean,
): Promise<void> {
  for (const role of listOf<string>(properties, "Roles").filter(from)) {
    await callUnless(["NoSuchEntityException"], cloud, "iam", "DeleteRolePolicy", {
      RoleName: role,
      PolicyName: properties["PolicyName"],
    });
  }
}

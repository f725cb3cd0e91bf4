import { callAws, callUnless, createNamed } from "../call-aws.ts";
import { pick, type ResourceProvider } from "../resource-provider.ts";

const PARAMETERS = [
  "Action",
  "EventSourceToken",
  "FunctionName",
  "FunctionUrlAuthType",
  "Principal",
  "PrincipalOrgID",
  "SourceAccount",
  "SourceArn",
];

/** AWS::Lambda::Permission: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lambda-permission.html */
export const lambdaPermission: ResourceProvider = {
  type: "AWS::Lambda::Permission",
  properties: new Set(PARAMETERS),
  replaceOn: PARAMETERS,
  async create(context, properties) {
    const statementId = context.physicalName(100);
    await createNamed(context, ["ResourceConflictException"], "lambda", "AddPermission", {
      StatementId: statementId,
      ...pick(properties, PARAMETERS),
    });
    return { physicalId: statementId, attributes: { Id: statementId } };
  },
  async update({ cloud }, properties, current) {
    await callAws(cloud, "lambda", "GetPolicy", { FunctionName: properties["FunctionName"] });
    return current;
  },
  async delete({ cloud }, current) {
    await callUnless(["ResourceNotFoundException"], cloud, "lambda", "RemovePermission", {
      FunctionName: current.properties["FunctionName"],
      StatementId: current.physicalId,
    });
  },
};

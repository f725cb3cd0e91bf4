import type { ResourceProvider } from "../resource-provider.ts";

/** AWS::CDK::Metadata: which constructs an app uses, for AWS's statistics. It makes nothing, on AWS neither. */
export const cdkMetadata: ResourceProvider = {
  type: "AWS::CDK::Metadata",
  properties: undefined,
  replaceOn: [],
  create: async ({ logicalId }) => ({ physicalId: logicalId, attributes: {} }),
  update: async (_context, _properties, current) => current,
  delete: async () => undefined,
};

import { STSClient } from "@aws-sdk/client-sts";

/** The region that AWS clients would use: AWS_REGION, or the profile's; undefined when none is set. */
export async function configuredRegion(): Promise<string | undefined> {
  const client = new STSClient({});
  try {
    return await client.config.region();
  } catch (error) {
    if (/region is missing/i.test((error as Error).message)) return undefined;
    throw error;
  } finally {
    client.destroy();
  }
}

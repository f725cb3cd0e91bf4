/**
 * On-demand price of SageMaker instances in USD per hour, region us-east-1 (training and real-time inference cost the same
 * for these types). The price list is https://aws.amazon.com/sagemaker/ai/pricing/; these figures
 * were not read off it anew, so check them before you rest a budget on them. A definition's `usdPerHour` overrides the table, for other regions, discounts and newer types.
 */
export const INSTANCE_USD_PER_HOUR: Readonly<Record<string, number>> = {
  "ml.t3.medium": 0.05,
  "ml.t3.large": 0.1,
  "ml.t3.xlarge": 0.2,
  "ml.t3.2xlarge": 0.399,
  "ml.m5.large": 0.115,
  "ml.m5.xlarge": 0.23,
  "ml.m5.2xlarge": 0.461,
  "ml.m5.4xlarge": 0.922,
  "ml.m5.12xlarge": 2.765,
  "ml.m5.24xlarge": 5.53,
  "ml.c5.large": 0.102,
  "ml.c5.xlarge": 0.204,
  "ml.c5.2xlarge": 0.408,
  "ml.c5.4xlarge": 0.816,
  "ml.c5.9xlarge": 1.836,
  "ml.c5.18xlarge": 3.672,
  "ml.r5.large": 0.151,
  "ml.r5.xlarge": 0.302,
  "ml.r5.2xlarge": 0.605,
  "ml.r5.4xlarge": 1.21,
  "ml.g4dn.xlarge": 0.736,
  "ml.g4dn.2xlarge": 0.94,
  "ml.g4dn.4xlarge": 1.505,
  "ml.g5.xlarge": 1.408,
  "ml.g5.2xlarge": 1.515,
  "ml.g5.4xlarge": 2.03,
};

/** Price of one instance hour in USD: the override when given, else the table's, else undefined. */
export function instanceUsdPerHour(instanceType: string, override?: number): number | undefined {
  return override ?? INSTANCE_USD_PER_HOUR[instanceType];
}

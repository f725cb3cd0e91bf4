import type { Cloud } from "../kernel/cloud.ts";

/** The pseudo parameters that do not depend on a stack. */
export function cloudPseudoParameters(cloud: Cloud): Record<string, string> {
  return {
    "AWS::AccountId": cloud.accountId,
    "AWS::Partition": cloud.partition,
    "AWS::Region": cloud.region,
    "AWS::URLSuffix": cloud.partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com",
  };
}

/** Replaces `${AWS::...}` in the names of an asset manifest. */
export function substitutePseudo(text: string, cloud: Cloud): string {
  const values = cloudPseudoParameters(cloud);
  return text.replace(/\$\{(AWS::[A-Za-z]+)\}/g, (whole, name: string) => values[name] ?? whole);
}

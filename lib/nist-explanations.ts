import { Validations } from "aws-cdk-lib";
import type { Construct } from "constructs";

/**
 * Rules of cdk-nag's NIST 800-53 R5 pack that are the account owner's choice, and why the factory does not make it for them.
 * Findings about the factory's own work are explained beside the construct that has them.
 */
const EXPLANATIONS: Readonly<Record<string, string>> = {
  CloudWatchLogGroupEncrypted:
    "CloudWatch Logs encrypts every log group with keys that AWS owns. A key of the customer's own costs money each month and is an account-level choice; the logs of the state machines leave execution data out.",
  DynamoDBInBackupPlan:
    "The registry has point-in-time recovery for 35 days, and prod keeps it when the stack goes. A plan of AWS Backup is made by the account owner across stacks.",
  IAMNoInlinePolicy:
    "Each role has exactly one policy that nobody else may use: an inline policy lives and dies with its role, a managed one would outlive or be attached elsewhere.",
  LambdaConcurrency:
    "Reserved concurrency takes capacity away from everything else in the account, and a new account has 10 in all. What must be bounded is: ingest by its queue's maximum concurrency, the rest by the state machines.",
  LambdaDLQ:
    "All functions but one answer a caller that waits for them (a state machine, a queue, CloudFormation, a person), where failures come back to it. The rule that calls the other one has a dead-letter queue, and monitoring repairs what its loss would leave.",
  LambdaInsideVPC:
    "The functions talk to AWS's APIs only, over TLS with their own roles. A VPC would need NAT gateways or an interface endpoint for each service, which cost more while idle than everything else together.",
  S3BucketLoggingEnabled:
    "Server access logs need a third bucket and cost by request; CloudTrail data events do the same for a whole account, and the registry audits every change that the factory makes.",
  S3BucketReplicationEnabled:
    "Replication doubles the storage and needs a second region, which only the account owner can choose. Both buckets are versioned, and prod keeps them.",
  S3DefaultEncryptionKMS:
    "The buckets are encrypted with S3's own keys. A key of the customer's own costs by request and locks the data away when it is lost: an account-level choice.",
  SNSEncryptedKMS:
    "CloudWatch alarms cannot publish to a topic that is encrypted with AWS's managed key, and a key of the customer's own is an account-level choice. Publishing needs TLS.",
};

/** Records the explanations, so that the NIST pack reports only what is new. */
export function explainNistFindings(scope: Construct): void {
  for (const [rule, reason] of Object.entries(EXPLANATIONS)) {
    Validations.of(scope).acknowledge({ id: `NIST.800.53.R5-${rule}`, reason });
  }
}

/** Policies of AWS's own that a template may attach, as far as they are known here (https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html). */
const DOCUMENTS: Readonly<Record<string, object>> = {
  "service-role/AWSLambdaBasicExecutionRole": {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: "*",
      },
    ],
  },
};

const texts = new Map(Object.entries(DOCUMENTS).map(([name, document]) => [name, JSON.stringify(document)]));

/** The document of a policy that AWS manages, by ARN; undefined for one whose content is not known here. */
export function awsManagedPolicy(arn: string): string | undefined {
  return texts.get(arn.slice(arn.indexOf(":policy/") + ":policy/".length));
}

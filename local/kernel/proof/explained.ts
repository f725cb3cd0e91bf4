/** A place where AWS itself sends what its published model does not allow; matched exactly, so that nothing else slips through. */
export interface ExplainedDeviation {
  /** `<service>:<operation>`; a pattern for the whole text. */
  readonly subject: RegExp;
  /** `<path>: <problem>`, positions of lists as `[]`. */
  readonly problem: RegExp;
  /** Why AWS's answer deviates, with the source. */
  readonly reason: string;
}

export const EXPLAINED: readonly ExplainedDeviation[] = [
  {
    subject: /^dynamodb:(CreateTable|DescribeTable|UpdateTable|DeleteTable)$/,
    problem:
      /ProvisionedThroughput\.NumberOfDecreasesToday: Member must have value greater than or equal to 1, found 0/,
    reason:
      "DynamoDB answers 0 for a table whose capacity was never decreased: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTable.html (sample response)",
  },
  {
    subject: /^dynamodb:Batch(WriteItem|GetItem)$/,
    problem: /^Unprocessed(Items|Keys): Member must have length greater than or equal to 1, found \{\}$/,
    reason:
      "DynamoDB answers an empty map when everything was processed: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html (sample response)",
  },
];

/** Whether a deviation is one that AWS has itself. */
export function isExplained(subject: string, problem: string): boolean {
  return EXPLAINED.some((one) => one.subject.test(subject) && one.problem.test(problem));
}

declare module "asl-validator" {
  /** Validates a definition against the JSON schemas of the Amazon States Language. */
  export default function aslValidator(
    definition: unknown,
    options?: { checkPaths?: boolean; checkArn?: boolean },
  ): { isValid: boolean; errors: unknown[]; errorsText(separator?: string): string };
}

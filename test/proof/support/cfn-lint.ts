import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { containerRequirementsPath, ensurePythonEnvironment } from "../../../local/python/index.ts";

/** One finding of cfn-lint. */
export interface LintFinding {
  readonly rule: string;
  readonly level: string;
  readonly message: string;
  /** Where in the template, for example `Resources/Table/Properties/BillingMode`. */
  readonly path: string;
}

/** Findings that say nothing about the template's correctness, and why. */
export const EXPLAINED_LINT_RULES: Readonly<Record<string, string>> = {
  I1022: "CDK writes Fn::Join where a person might write Fn::Sub: a matter of taste.",
  W3005: "CDK writes dependencies that a reference implies as well: they are redundant and harmless.",
};

interface RawFinding {
  readonly Level: string;
  readonly Message: string;
  readonly Rule: { readonly Id: string };
  readonly Location: { readonly Path?: readonly (string | number)[] };
}

/** Exit codes of cfn-lint from 2 to 14 mean findings: https://github.com/aws-cloudformation/cfn-lint#exit-codes. */
const FINDINGS_EXIT_CODES = { from: 2, to: 14 };

/** Runs cfn-lint, informational rules included, on a template file; explained rules are left out. */
export async function lintTemplate(templateFile: string, region: string): Promise<LintFinding[]> {
  const requirementsPath = join(dirname(containerRequirementsPath), "requirements-proof.txt");
  const { directory } = await ensurePythonEnvironment({ requirementsPath });
  const text = await new Promise<string>((resolve, reject) => {
    execFile(
      join(directory, "bin", "cfn-lint"),
      ["--template", templateFile, "--format", "json", "--regions", region, "--include-checks", "I"],
      { maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : Number(error.code);
        const known = code === 0 || (code >= FINDINGS_EXIT_CODES.from && code <= FINDINGS_EXIT_CODES.to);
        if (known) resolve(stdout);
        else reject(new Error(`cfn-lint ended with ${code}: ${stderr}`));
      },
    );
  });
  return (JSON.parse(text) as RawFinding[])
    .map(({ Level, Message, Rule, Location }) => ({
      rule: Rule.Id,
      level: Level,
      message: Message,
      path: (Location.Path ?? []).join("/"),
    }))
    .filter((finding) => !Object.hasOwn(EXPLAINED_LINT_RULES, finding.rule));
}

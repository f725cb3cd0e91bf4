import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureAssembly } from "../../../cli/local/assembly.ts";
import { type RunningServer, runServer } from "../../../local/process/run-server.ts";
import { services } from "../../../local/services/index.ts";

/** A statement of a synthesized policy; resources may hold CloudFormation's functions. */
export interface TemplateStatement {
  Action: string | string[];
  Effect: string;
  Resource: unknown;
}

/** A stack whose policies were changed after the synthesis. */
export interface MutatedStack {
  readonly server: RunningServer;
  stop(): Promise<void>;
}

/** Deploys the synthesized stack with its policies changed, into a cloud that enforces them. `change` may alter the statements in place. */
export async function deployMutated(
  models: string,
  change: (policyId: string, statements: TemplateStatement[]) => void,
): Promise<MutatedStack> {
  const { directory } = await ensureAssembly({ stage: "dev", modelsDirectory: models });
  const base = mkdtempSync(join(tmpdir(), "mlops-mutated-"));
  const assembly = join(base, "assembly");
  cpSync(directory, assembly, { recursive: true });
  for (const name of readdirSync(assembly).filter((file) => file.endsWith(".template.json"))) {
    const path = join(assembly, name);
    const template = JSON.parse(readFileSync(path, "utf8")) as {
      Resources: Record<string, { Type: string; Properties: { PolicyDocument: { Statement: TemplateStatement[] } } }>;
    };
    for (const [id, resource] of Object.entries(template.Resources)) {
      if (resource.Type === "AWS::IAM::Policy") change(id, resource.Properties.PolicyDocument.Statement);
    }
    writeFileSync(path, JSON.stringify(template));
  }
  const server = await runServer({
    port: 0,
    stateDirectory: join(base, "state"),
    templateDirectory: assembly,
    region: "us-east-1",
    accountId: "000000000000",
    factories: services,
    enforceIam: true,
    print: () => undefined,
  });
  return {
    server,
    async stop() {
      await server.stop();
      rmSync(base, { recursive: true, force: true });
    },
  };
}

/** Takes an action out of a policy's statements, wherever it stands. Throws when it stands nowhere. */
export function takeAway(statements: TemplateStatement[], action: string): void {
  const holding = statements.filter((statement) => [statement.Action].flat().includes(action));
  if (holding.length === 0) throw new Error(`no statement allows ${action}`);
  for (const statement of holding) statement.Action = [statement.Action].flat().filter((other) => other !== action);
  for (const [index, statement] of [...statements.entries()].reverse()) {
    if ([statement.Action].flat().length === 0) statements.splice(index, 1);
  }
}

import { randomBytes } from "node:crypto";
import { AwsError } from "../../kernel/aws-error.ts";
import type { Cloud, Principal, RequestContext } from "../../kernel/cloud.ts";
import type { CredentialSource, TemporaryCredentials } from "../../kernel/principals.ts";

/** A key pair that was handed out. */
interface Session extends TemporaryCredentials {
  readonly roleArn: string;
  readonly sessionName: string;
}

export type StsService = CredentialSource;

const TWELVE_HOURS_SECONDS = 43_200;
const ONE_HOUR_SECONDS = 3_600;

interface AssumeRoleInput {
  RoleArn: string;
  RoleSessionName: string;
  DurationSeconds?: number;
}

/**
 * The security token service: keys that act as a role. Trust policies are stored by IAM but not enforced.
 * Sessions survive a restart; expired ones are removed when new keys are made.
 */
export function createSts(cloud: Cloud): StsService {
  const sessions = cloud.table<Session>("sts", "sessions");

  function issue(roleArn: string, sessionName: string, durationSeconds: number): Session {
    for (const [key, session] of [...sessions.entries()]) {
      if (session.expirationMillis <= cloud.now()) sessions.delete(key);
    }
    const accessKeyId = `ASIA${randomText("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16)}`;
    return sessions.set(accessKeyId, {
      accessKeyId,
      secretAccessKey: randomBytes(30).toString("base64"),
      sessionToken: randomBytes(96).toString("base64"),
      expirationMillis: cloud.now() + durationSeconds * 1_000,
      roleArn,
      sessionName,
    });
  }

  function credentialsOf(session: Session) {
    return {
      AccessKeyId: session.accessKeyId,
      SecretAccessKey: session.secretAccessKey,
      SessionToken: session.sessionToken,
      Expiration: new Date(session.expirationMillis),
    };
  }

  return {
    id: "sts",
    credentialsFor: (roleArn, sessionName = "local-cloud") => issue(roleArn, sessionName, TWELVE_HOURS_SECONDS),
    principalOf(accessKeyId): Principal | undefined {
      const session = sessions.get(accessKeyId);
      if (!session || session.expirationMillis <= cloud.now()) return undefined;
      return { arn: assumedRoleArn(session.roleArn, session.sessionName) };
    },
    operations: {
      GetCallerIdentity(_input: object, { principal }: RequestContext) {
        return { UserId: principal.arn.split("/").at(-1), Account: cloud.accountId, Arn: principal.arn };
      },
      async AssumeRole(input: AssumeRoleInput) {
        const roleName = roleNameOf(input.RoleArn);
        const { Role } = await cloud.call("iam", "GetRole", { RoleName: roleName }).catch((error: unknown) => {
          if (!(error instanceof AwsError)) throw error;
          throw new AwsError(
            "AccessDenied",
            403,
            `Not authorized to perform sts:AssumeRole on resource: ${input.RoleArn}`,
          );
        });
        const session = issue(input.RoleArn, input.RoleSessionName, input.DurationSeconds ?? ONE_HOUR_SECONDS);
        return {
          Credentials: credentialsOf(session),
          AssumedRoleUser: {
            AssumedRoleId: `${Role.RoleId}:${input.RoleSessionName}`,
            Arn: assumedRoleArn(input.RoleArn, input.RoleSessionName),
          },
        };
      },
      GetAccessKeyInfo: () => ({ Account: cloud.accountId }),
      GetSessionToken(input: { DurationSeconds?: number }, { principal }: RequestContext) {
        const session = issue(principal.arn, "session", input.DurationSeconds ?? TWELVE_HOURS_SECONDS);
        return { Credentials: credentialsOf(session) };
      },
    },
  };
}

/** `arn:aws:iam::1:role/path/name` and a session name as the ARN that AWS shows for the caller. Other ARNs stay as they are. */
export function assumedRoleArn(roleArn: string, sessionName: string): string {
  const match = /^arn:([^:]+):iam::(\d+):role\/(?:.*\/)?([^/]+)$/.exec(roleArn);
  return match ? `arn:${match[1]}:sts::${match[2]}:assumed-role/${match[3]}/${sessionName}` : roleArn;
}

function roleNameOf(roleArn: string): string {
  const name = /:role\/(?:.*\/)?([^/]+)$/.exec(roleArn)?.[1];
  if (!name) throw new AwsError("ValidationError", 400, `${roleArn} is invalid`);
  return name;
}

function randomText(alphabet: string, length: number): string {
  return [...randomBytes(length)].map((byte) => alphabet[byte % alphabet.length]).join("");
}

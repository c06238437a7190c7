import {
  BatchImportFindingsCommand,
  type AwsSecurityFinding,
  type SecurityHubClient,
} from '@aws-sdk/client-securityhub';
import { inParts } from '../batching';
import { pace } from '../pace';

export interface SecurityHubImport {
  readonly client: SecurityHubClient;
  /** Resolves when the next call may be made. */
  readonly pace: () => Promise<void>;
}

/** BatchImportFindings takes 10 calls a second (API reference). */
export function securityHubPace(): () => Promise<void> {
  return pace({ perSecond: 10, burst: 10 });
}

/** BatchImportFindings: "up to 100" findings; no size of a whole call is documented, Lambda's own payload is 6 MB. */
const PART = { most: 100, bytes: 5_000_000 };
const ATTEMPTS = 2;

/** Imports findings in Security Hub's format. Returns the errors by `id`. */
export async function importFindings(
  findings: readonly { readonly id: string; readonly asff: AwsSecurityFinding }[],
  context: SecurityHubImport,
): Promise<ReadonlyMap<string, unknown>> {
  const faults = new Map<string, unknown>();
  for (const part of inParts(findings, ({ asff }) => Buffer.byteLength(JSON.stringify(asff), 'utf8'), PART)) {
    const refused = await importPart(
      part.map(({ asff }) => asff),
      context,
    );
    for (const { id, asff } of part) if (refused.has(asff.Id)) faults.set(id, refused.get(asff.Id));
  }
  return faults;
}

/** Retries single findings that Security Hub refused. Returns the remaining errors by ASFF id. */
async function importPart(
  findings: readonly AwsSecurityFinding[],
  { client, pace: turn }: SecurityHubImport,
): Promise<ReadonlyMap<string | undefined, unknown>> {
  const faults = new Map<string | undefined, unknown>();
  let pending = findings;
  for (let attempt = 1; pending.length > 0 && attempt <= ATTEMPTS; attempt += 1) {
    faults.clear();
    try {
      await turn();
      const { FailedFindings: failed = [] } = await client.send(
        new BatchImportFindingsCommand({ Findings: [...pending] }),
      );
      for (const { Id, ErrorCode, ErrorMessage } of failed)
        faults.set(Id, new Error(`Security Hub refused it: ${ErrorCode ?? ''} ${ErrorMessage ?? ''}`.trim()));
    } catch (error) {
      // The client has already retried.
      return new Map(pending.map(({ Id }) => [Id, error]));
    }
    pending = pending.filter(({ Id }) => faults.has(Id));
  }
  return faults;
}

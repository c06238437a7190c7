import {
  BatchImportFindingsCommand,
  type AwsSecurityFinding,
  type SecurityHubClient,
} from '@aws-sdk/client-securityhub';
import type { Finding } from '../../detection/model/finding';
import type { OutgoingFinding } from '../../confirming/outgoing-finding';
import { inParts, type Faults } from '../batching';
import { asffOf, type AsffTarget } from './asff';

export interface SecurityHubSink {
  readonly client: SecurityHubClient;
  readonly where: Pick<AsffTarget, 'account' | 'region' | 'partition'>;
  /** Resolves when the next call may be made: BatchImportFindings takes 10 a second (API reference). */
  readonly pace: () => Promise<void>;
}

/** BatchImportFindings: "up to 100" findings; no size of a whole call is documented, Lambda's own payload is 6 MB. */
const PART = { most: 100, bytes: 5_000_000 };
/** A finding that was refused is offered so many times in all. */
const OFFERS = 2;

/**
 * Imports findings into Security Hub; members of a group that stands for them end there. Of several sayings of one finding
 * only the latest is imported, as Security Hub would take just one. Gives the faults by the saying's place.
 */
export async function importFindings(sayings: readonly OutgoingFinding[], sink: SecurityHubSink): Promise<Faults> {
  const latest = new Map<string, OutgoingFinding>();
  for (const saying of sayings) {
    const known = latest.get(saying.finding.id);
    if (!known || known.updatedAt <= saying.updatedAt) latest.set(saying.finding.id, saying);
  }
  const findings = [...latest.values()].filter(concernsSecurityHub).map((saying) => ({
    id: saying.finding.id,
    asff: asffOf(inSecurityHub(saying), {
      ...sink.where,
      updatedAt: new Date(saying.updatedAt).toISOString(),
      runbookUrl: saying.runbookUrl,
    }),
  }));
  const faults = await importAsff(findings, sink);
  return new Map(sayings.flatMap(({ finding }, at) => (faults.has(finding.id) ? [[at, faults.get(finding.id)]] : [])));
}

/** Imports what is in Security Hub's format already. Gives the faults by `id`. */
export async function importAsff(
  findings: readonly { readonly id: string; readonly asff: AwsSecurityFinding }[],
  sink: Pick<SecurityHubSink, 'client' | 'pace'>,
): Promise<ReadonlyMap<string, unknown>> {
  const faults = new Map<string, unknown>();
  for (const part of inParts(findings, ({ asff }) => Buffer.byteLength(JSON.stringify(asff), 'utf8'), PART)) {
    const refused = await importPart(
      part.map(({ asff }) => asff),
      sink,
    );
    for (const { id, asff } of part) if (refused.has(asff.Id)) faults.set(id, refused.get(asff.Id));
  }
  return faults;
}

/** What was never there by itself has nothing to be archived. */
function concernsSecurityHub({ finding, how }: OutgoingFinding): boolean {
  return how.alone || (finding.status === 'ACTIVE' && how.behind === null);
}

function inSecurityHub({ finding, how: { behind } }: OutgoingFinding): Finding {
  if (behind === null) return finding;
  return { ...finding, status: 'ARCHIVED', archivedBecause: `told as part of ${behind}` };
}

/** The faults by ASFF id, after as many offers as make sense. */
async function importPart(
  findings: readonly AwsSecurityFinding[],
  { client, pace }: Pick<SecurityHubSink, 'client' | 'pace'>,
): Promise<ReadonlyMap<string | undefined, unknown>> {
  const faults = new Map<string | undefined, unknown>();
  let offered = findings;
  for (let offer = 1; offered.length > 0 && offer <= OFFERS; offer += 1) {
    faults.clear();
    try {
      await pace();
      const { FailedFindings: failed = [] } = await client.send(
        new BatchImportFindingsCommand({ Findings: [...offered] }),
      );
      for (const { Id, ErrorCode, ErrorMessage } of failed)
        faults.set(Id, new Error(`Security Hub refused it: ${ErrorCode ?? ''} ${ErrorMessage ?? ''}`.trim()));
    } catch (error) {
      // The client has tried again already where that could help.
      return new Map(offered.map(({ Id }) => [Id, error]));
    }
    offered = offered.filter(({ Id }) => faults.has(Id));
  }
  return faults;
}

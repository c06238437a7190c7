import {
  BatchImportFindingsCommand,
  paginateGetFindings,
  type AwsSecurityFinding,
  type AwsSecurityFindingFilters,
  type SecurityHubClient,
} from '@aws-sdk/client-securityhub';
import { inParts } from '../../lambda/adapters/batching';
import { pace } from '../../lambda/adapters/pace';
import { awsFault } from '../deployment/aws-fault';

/** BatchImportFindings takes 100 findings a call and 10 calls a second (API reference). */
const PART = { most: 100, bytes: 5_000_000 };

/** The finding with this id in Security Hub; null if there is none yet. */
export async function findFinding(client: SecurityHubClient, id: string): Promise<AwsSecurityFinding | null> {
  const [finding] = await findings(client, { Id: [{ Value: id, Comparison: 'EQUALS' }] });
  return finding ?? null;
}

/** Archives all active samples of credlock and returns their number. Throws with the first that Security Hub rejects. */
export async function archiveSamples(client: SecurityHubClient, now: number): Promise<number> {
  const active = await findings(client, {
    Sample: [{ Value: true }],
    RecordState: [{ Value: 'ACTIVE', Comparison: 'EQUALS' }],
    GeneratorId: [{ Value: 'credlock/', Comparison: 'PREFIX' }],
  });
  const turn = pace({ perSecond: 10, burst: 10 });
  const archived = active.map((finding) => asArchived(finding, now));
  for (const part of inParts(archived, sizeOf, PART)) {
    await turn();
    const { FailedFindings: [failed] = [] } = await client
      .send(new BatchImportFindingsCommand({ Findings: part }))
      .catch((error: unknown) => {
        throw awsFault('archive samples in Security Hub', error);
      });
    if (failed)
      throw new Error(
        `Security Hub rejected ${failed.Id ?? ''}: ${failed.ErrorCode ?? ''} ${failed.ErrorMessage ?? ''}`,
      );
  }
  return archived.length;
}

function sizeOf(finding: AwsSecurityFinding): number {
  return Buffer.byteLength(JSON.stringify(finding), 'utf8');
}

/** Without the fields that Security Hub or a customer adds, which cannot be imported (BatchImportFindings, API reference). */
function asArchived(finding: AwsSecurityFinding, now: number): AwsSecurityFinding {
  const {
    ProcessedAt: _processed,
    Region: _region,
    AwsAccountName: _account,
    Workflow: _workflow,
    WorkflowState: _state,
    Note: _note,
    UserDefinedFields: _fields,
    VerificationState: _verified,
    ...own
  } = finding;
  const productFields = Object.entries(own.ProductFields ?? {}).filter(([name]) => !name.startsWith('aws/'));
  return {
    ...own,
    ProductFields: Object.fromEntries(productFields),
    RecordState: 'ARCHIVED',
    // An import that is not later than the last one is ignored.
    UpdatedAt: new Date(Math.max(now, Date.parse(own.UpdatedAt ?? '') + 1 || 0)).toISOString(),
  };
}

async function findings(client: SecurityHubClient, filters: AwsSecurityFindingFilters): Promise<AwsSecurityFinding[]> {
  const found: AwsSecurityFinding[] = [];
  try {
    for await (const { Findings: some = [] } of paginateGetFindings({ client, pageSize: 100 }, { Filters: filters }))
      found.push(...some);
    return found;
  } catch (error) {
    throw awsFault('read findings of Security Hub', error);
  }
}

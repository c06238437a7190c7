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

/** The finding of this id in Security Hub; null as long as there is none. */
export async function findingNamed(client: SecurityHubClient, id: string): Promise<AwsSecurityFinding | null> {
  const [finding] = await findings(client, { Id: [{ Value: id, Comparison: 'EQUALS' }] });
  return finding ?? null;
}

/** Archives every active sample of credlock's. Gives how many; throws with the first that Security Hub refused. */
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
        `Security Hub refused ${failed.Id ?? ''}: ${failed.ErrorCode ?? ''} ${failed.ErrorMessage ?? ''}`,
      );
  }
  return archived.length;
}

function sizeOf(finding: AwsSecurityFinding): number {
  return Buffer.byteLength(JSON.stringify(finding), 'utf8');
}

/** What Security Hub itself, or a customer, adds is not to be imported (BatchImportFindings, API reference). */
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
    // An import that is not later is ignored, whatever the clock here says.
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

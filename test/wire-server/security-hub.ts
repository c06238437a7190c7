import {
  BatchImportFindings$,
  BatchUpdateFindings$,
  GetFindings$,
  type AwsSecurityFinding,
  type BatchImportFindingsCommandInput,
  type BatchImportFindingsResponse,
  type BatchUpdateFindingsCommandInput,
  type BatchUpdateFindingsResponse,
  type BatchUpdateFindingsUnprocessedFinding,
  type GetFindingsCommandInput,
  type GetFindingsResponse,
  type ImportFindingsError,
} from '@aws-sdk/client-securityhub';
import { findingFilter, invalid } from './finding-filters';
import { formatFaults } from './finding-format';
import { findingStore, type FindingStore, type ImportResult } from './finding-store';
import { operation, type Call, type Service } from './operation';
import { page } from './page';
import { restJson } from './protocols/rest-json';
import { WireError } from './wire-error';

/** One finding of one import, as it was sent, in order. */
export interface Import {
  readonly account: string;
  readonly region: string;
  readonly finding: AwsSecurityFinding;
  readonly result: ImportResult | 'failed';
}

export interface SecurityHub {
  /** What is stored, of every account and Region. */
  readonly findings: readonly AwsSecurityFinding[];
  /** What is stored in one. */
  findingsOf(account: string, region: string): readonly AwsSecurityFinding[];
  readonly imports: readonly Import[];
  /** Turns Security Hub off there: its imports fail one by one with `InvalidAccess`. */
  disable(account: string, region: string): void;
  enable(account: string, region: string): void;
}

/** SDK model: `BatchImportFindingsRequestFindingList` 1 to 100; `BatchUpdateFindingsRequest` "up to 100 at a time". */
const FINDINGS = 100;

/** API Reference, BatchImportFindings: 240 KB; read as 1,000 bytes each, the stricter way. */
const FINDING_BYTES = 240_000;

/** SDK model, `MaxResults` 1 to 100; AWS documents no default, and a small one makes callers page. */
const PAGE = { most: 100, usual: 10 };

export function securityHub(): { state: SecurityHub; service: Service } {
  const stores = new Map<string, FindingStore>();
  const disabled = new Set<string>();
  const imports: Import[] = [];
  const storeOf = (account: string, region: string): FindingStore => {
    const key = `${account}/${region}`;
    const store = stores.get(key) ?? findingStore();
    stores.set(key, store);
    return store;
  };

  function importOne(finding: AwsSecurityFinding, index: number, call: Call): ImportFindingsError | undefined {
    const { account, region } = call;
    const fault = call.entryFault(index) ?? refusal(finding, call, disabled.has(`${account}/${region}`));
    const result = fault ? 'failed' : storeOf(account, region).import(finding, call);
    imports.push({ account, region, finding, result });
    if (!fault) return undefined;
    return { Id: finding.Id, ErrorCode: fault.code, ErrorMessage: fault.message ?? fault.code };
  }

  function batchImport(input: BatchImportFindingsCommandInput, call: Call): BatchImportFindingsResponse {
    const findings = input.Findings ?? [];
    countWithin('Findings', findings.length);
    for (const finding of findings) ownProduct(finding, call);
    const seen = new Set<string>();
    const failed: ImportFindingsError[] = [];
    for (const [index, finding] of findings.entries()) {
      const id = finding.Id ?? '';
      // User guide, securityhub-custom-providers: of several findings with one id, only the first is processed.
      if (seen.has(id)) imports.push({ account: call.account, region: call.region, finding, result: 'ignored' });
      else failed.push(...[importOne(finding, index, call)].filter((error) => error !== undefined));
      seen.add(id);
    }
    return { FailedCount: failed.length, SuccessCount: findings.length - failed.length, FailedFindings: failed };
  }

  function getFindings(input: GetFindingsCommandInput, call: Call): GetFindingsResponse {
    const size = input.MaxResults ?? PAGE.usual;
    if (size < 1 || size > PAGE.most) throw invalid(`MaxResults must be 1 to ${PAGE.most}, got ${size}`);
    const found = storeOf(call.account, call.region).findings.filter(findingFilter(input.Filters ?? {}));
    const part = page(found, size, input.NextToken);
    if (!part) throw invalid('NextToken is invalid');
    return { Findings: [...part.rows], NextToken: part.nextToken };
  }

  function batchUpdate(input: BatchUpdateFindingsCommandInput, call: Call): BatchUpdateFindingsResponse {
    const { FindingIdentifiers: identifiers = [], Note: note, ...fields } = input;
    countWithin('FindingIdentifiers', identifiers.length);
    const updates: Partial<AwsSecurityFinding> = { ...fields };
    if (note) updates.Note = { ...note, UpdatedAt: new Date(call.now).toISOString() };
    const processed: typeof identifiers = [];
    const unprocessed: BatchUpdateFindingsUnprocessedFinding[] = [];
    for (const [index, identifier] of identifiers.entries()) {
      const fault = call.entryFault(index);
      const store = storeOf(call.account, call.region);
      const done = !fault && store.update(identifier.ProductArn ?? '', identifier.Id ?? '', updates);
      if (done) processed.push(identifier);
      else {
        // SDK model, `BatchUpdateFindingsUnprocessedFinding.ErrorCode`.
        const { code, message } = fault ?? { code: 'FindingNotFound', message: 'Finding Not Found' };
        unprocessed.push({ FindingIdentifier: identifier, ErrorCode: code, ErrorMessage: message ?? code });
      }
    }
    return { ProcessedFindings: processed, UnprocessedFindings: unprocessed };
  }

  const service: Service = {
    name: 'securityhub',
    protocol: restJson([BatchImportFindings$, GetFindings$, BatchUpdateFindings$]),
    refusal: { missing: 'InvalidInputException', invalid: 'InvalidInputException' },
    // Seen from AWS (prowler-cloud/prowler#5004); the model's own code for it is LimitExceededException.
    throttle: { code: 'TooManyRequestsException', message: 'Too Many Requests', status: 429 },
    operations: [
      // `deep: false`: what a finding lacks fails that finding, not the call.
      operation(BatchImportFindings$, { honours: ['Findings'], entries: 'Findings', deep: false }, batchImport),
      operation(GetFindings$, { honours: ['Filters', 'MaxResults', 'NextToken'] }, getFindings),
      operation(
        BatchUpdateFindings$,
        {
          honours: [
            'FindingIdentifiers',
            'Note',
            'Severity',
            'Types',
            'UserDefinedFields',
            'VerificationState',
            'Workflow',
          ],
          entries: 'FindingIdentifiers',
        },
        batchUpdate,
      ),
    ],
  };

  return {
    service,
    state: {
      get findings() {
        return [...stores.values()].flatMap((store) => store.findings);
      },
      findingsOf: (account, region) => storeOf(account, region).findings,
      imports,
      disable(account, region) {
        disabled.add(`${account}/${region}`);
      },
      enable(account, region) {
        disabled.delete(`${account}/${region}`);
      },
    },
  };
}

function countWithin(name: string, count: number): void {
  if (count < 1 || count > FINDINGS) throw invalid(`${name} must have 1 to ${FINDINGS} items, got ${count}`);
}

/**
 * User guide, securityhub-custom-providers: the default product of the caller's own account and Region; another's is
 * not the caller's to write to (AccessDeniedException for the whole call: prowler-cloud/prowler#618, #867).
 */
function ownProduct(finding: AwsSecurityFinding, { account, region, arn }: Call): void {
  const given = finding.ProductArn;
  const own = new RegExp(`^arn:aws[a-z-]*:securityhub:${region}:${account}:product/${account}/default$`);
  if (given === undefined || own.test(given)) return;
  throw new WireError(
    'AccessDeniedException',
    `User: ${arn} is not authorized to perform: securityhub:BatchImportFindings on resource: ${given}`,
    403,
  );
}

function refusal(
  finding: AwsSecurityFinding,
  call: Call,
  disabled: boolean,
): { code: string; message: string } | undefined {
  // User guide, finding-update-batchimportfindings, prerequisites.
  if (disabled) return { code: 'InvalidAccess', message: `Security Hub is not enabled in ${call.account}` };
  const bytes = Buffer.byteLength(JSON.stringify(finding), 'utf8');
  if (bytes > FINDING_BYTES) return { code: 'FindingSizeExceeded', message: 'Finding size exceeded 240 KB' };
  const faults = formatFaults(finding);
  if (faults.length > 0) {
    const message = `Finding does not adhere to Amazon Finding Format. ${faults.join(', ')}.`;
    return { code: 'InvalidInput', message };
  }
  // User guide, finding-update-batchimportfindings: the caller's account "must match the value of AwsAccountId".
  if (finding.AwsAccountId !== call.account) {
    return { code: 'InvalidAccess', message: `AwsAccountId ${finding.AwsAccountId} is not the account of the caller` };
  }
  return undefined;
}

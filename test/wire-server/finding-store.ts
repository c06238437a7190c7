import type { AwsSecurityFinding } from '@aws-sdk/client-securityhub';

/** What an import did. `ignored`: not later than what is stored, or a second copy in one call. */
export type ImportResult = 'created' | 'updated' | 'ignored';

export interface FindingStore {
  readonly findings: readonly AwsSecurityFinding[];
  find(productArn: string, id: string): AwsSecurityFinding | undefined;
  import(finding: AwsSecurityFinding, where: { region: string; now: number }): ImportResult;
  /** A customer's update (BatchUpdateFindings); false where the finding is not there. */
  update(productArn: string, id: string, fields: Partial<AwsSecurityFinding>): boolean;
}

interface Stored {
  finding: AwsSecurityFinding;
  /** The top-level members a customer has set, which imports no longer change. */
  readonly setByCustomer: Set<string>;
}

/** User guide, finding-update-batchimportfindings: members an import cannot change on an existing finding. */
const CUSTOMERS = ['Note', 'UserDefinedFields', 'VerificationState', 'Workflow'] as const;

/** User guide, asff-top-level-attributes, `FindingProviderFields`: kept both there and at the top. */
const PROVIDERS = ['Confidence', 'Criticality', 'RelatedFindings', 'Severity', 'Types'] as const;

/** SDK model, `Severity.Normalized`: what a label alone is given. */
const NORMALIZED: Readonly<Record<string, number>> = { INFORMATIONAL: 0, LOW: 1, MEDIUM: 40, HIGH: 70, CRITICAL: 90 };

export function findingStore(): FindingStore {
  const stored = new Map<string, Stored>();

  return {
    get findings() {
      return [...stored.values()].map(({ finding }) => finding);
    },
    find: (productArn, id) => stored.get(key(productArn, id))?.finding,

    import(finding, where) {
      const at = key(finding.ProductArn ?? '', finding.Id ?? '');
      const known = stored.get(at);
      if (!known) {
        stored.set(at, { finding: created(finding, where), setByCustomer: new Set() });
        return 'created';
      }
      // User guide, finding-update-batchimportfindings: "matches or occurs before" is ignored.
      if (time(finding) <= time(known.finding)) return 'ignored';
      known.finding = updated(known, finding, where);
      return 'updated';
    },

    update(productArn, id, fields) {
      const known = stored.get(key(productArn, id));
      if (!known) return false;
      for (const name of Object.keys(fields)) known.setByCustomer.add(name);
      known.finding = { ...known.finding, ...fields };
      return true;
    },
  };
}

function key(productArn: string, id: string): string {
  return JSON.stringify([productArn, id]);
}

function time(finding: AwsSecurityFinding): number {
  return Date.parse(finding.UpdatedAt ?? '');
}

function created(finding: AwsSecurityFinding, where: { region: string; now: number }): AwsSecurityFinding {
  const given = finding.FindingProviderFields ?? {};
  const merged = populated(finding, where);
  merged.RecordState = finding.RecordState ?? 'ACTIVE';
  merged.WorkflowState = finding.WorkflowState ?? 'NEW';
  merged.Workflow = finding.Workflow ?? { Status: 'NEW' };
  merged.FindingProviderFields = { ...pick(finding, PROVIDERS), ...given };
  return withSeverity(Object.assign(merged, given));
}

function updated(
  known: Stored,
  finding: AwsSecurityFinding,
  where: { region: string; now: number },
): AwsSecurityFinding {
  const before = known.finding;
  const given = finding.FindingProviderFields ?? {};
  const top = pick(finding, PROVIDERS);
  const merged = populated(finding, where);
  merged.WorkflowState = before.WorkflowState;
  // AWS does not say what an update without a record state does: this server keeps the stored one.
  merged.RecordState = finding.RecordState ?? before.RecordState;
  merged.FindingProviderFields = { ...before.FindingProviderFields, ...top, ...given };
  Object.assign(merged, pick(before, PROVIDERS), without({ ...given, ...top }, known.setByCustomer));
  for (const name of CUSTOMERS) delete merged[name];
  Object.assign(merged, pick(before, CUSTOMERS));
  return withSeverity(reopened(before, merged));
}

/** User guide, asff-top-level-attributes: what Security Hub populates itself. */
function populated(finding: AwsSecurityFinding, where: { region: string; now: number }): AwsSecurityFinding {
  const productName = finding.ProductName ?? 'Default';
  const companyName = finding.CompanyName ?? 'Personal';
  return {
    ...finding,
    Region: where.region,
    ProductName: productName,
    CompanyName: companyName,
    ProcessedAt: new Date(where.now).toISOString(),
    ProductFields: {
      ...finding.ProductFields,
      'aws/securityhub/FindingId': `${finding.ProductArn ?? ''}/${finding.Id ?? ''}`,
      'aws/securityhub/ProductName': productName,
      'aws/securityhub/CompanyName': companyName,
    },
  };
}

/** User guide, asff-top-level-attributes, `RecordState`: back from ARCHIVED, a NOTIFIED or RESOLVED workflow is NEW. */
function reopened(before: AwsSecurityFinding, after: AwsSecurityFinding): AwsSecurityFinding {
  const status = after.Workflow?.Status;
  const back = before.RecordState === 'ARCHIVED' && after.RecordState === 'ACTIVE';
  return back && (status === 'NOTIFIED' || status === 'RESOLVED') ? { ...after, Workflow: { Status: 'NEW' } } : after;
}

/** SDK model, `Severity`: "Security Hub automatically populates the other". */
function withSeverity(finding: AwsSecurityFinding): AwsSecurityFinding {
  const { Label: label, Normalized: normalized } = finding.Severity ?? {};
  if (label !== undefined && normalized === undefined) {
    return { ...finding, Severity: { ...finding.Severity, Normalized: NORMALIZED[label] } };
  }
  if (label !== undefined || normalized === undefined) return finding;
  const [name = 'INFORMATIONAL'] = Object.entries(NORMALIZED).findLast(([, least]) => normalized >= least) ?? [];
  return Object.assign({}, finding, { Severity: { ...finding.Severity, Label: name } });
}

function pick(finding: AwsSecurityFinding, names: readonly (keyof AwsSecurityFinding)[]): Partial<AwsSecurityFinding> {
  return Object.fromEntries(names.filter((name) => finding[name] !== undefined).map((name) => [name, finding[name]]));
}

function without<Fields extends object>(fields: Fields, names: ReadonlySet<string>): Partial<Fields> {
  return Object.assign(
    {},
    ...Object.entries(fields).map(([name, value]) => (names.has(name) ? {} : { [name]: value })),
  );
}

import { createHash } from 'node:crypto';
import type { AwsSecurityFinding } from '@aws-sdk/client-securityhub';
import { runbookAnchor } from '../../detection/findings/finding-types';
import type { Finding, FindingType, Severity } from '../../detection/model/finding';
import { asffAction, asffNetwork } from './asff-action';
import { ASFF_LIMITS, cutEnd, cutMiddle, listed } from './asff-limits';
import { printable, printableTexts } from '../../detection/model/printable';
import { findingSchema } from '../../store/finding-schema';
import { asffProductFields } from './asff-product-fields';
import { asffResources } from './asff-resources';
import { withinFindingSize } from './asff-size';
import { asffTypes } from './asff-types';

export interface AsffTarget {
  /** The account that calls `BatchImportFindings`: 12 digits. The default product accepts no other account's findings. */
  readonly account: string;
  /** The Region of the Security Hub that is called. */
  readonly region: string;
  readonly partition: string;
  /** ISO 8601. Security Hub ignores an import that is not later than the last one of the same finding. */
  readonly updatedAt: string;
  /** Its fragment is replaced by the section of the finding's type. */
  readonly runbookUrl: string;
}

/** Prefix of the titles of samples. */
const SAMPLE = '[Sample]';
const PRODUCT = 'credlock';
const SCHEMA_VERSION = '2018-10-08';
/** Code units for the origin at a title's end: `vpce-…/` and an IPv6 address. */
const TITLE_END = 72;

/** The lowest value of each label's range, as Security Hub derives it. */
const NORMALIZED: Readonly<Record<Severity, number>> = { INFORMATIONAL: 0, LOW: 1, MEDIUM: 40, HIGH: 70 };

/**
 * The finding in the AWS Security Finding Format, within every limit of `BatchImportFindings` (`ASFF_LIMITS`). Pure: the
 * same finding and target give the same result. The importing account is `AwsAccountId`; the workload's is in
 * `Resources` and `ProductFields`. `Workflow`, `Note` and `VerificationState` belong to the customer and are never set.
 */
export function asffOf(given: Finding, where: AsffTarget): AwsSecurityFinding {
  const finding = findingSchema.parse(printableTexts(given));
  const { account, region, partition } = where;
  const types = asffTypes(finding);
  const action = asffAction(finding);
  const network = asffNetwork(finding);
  return withinFindingSize({
    SchemaVersion: SCHEMA_VERSION,
    Id: asffId(given.id),
    ProductArn: `arn:${partition}:securityhub:${region}:${account}:product/${account}/default`,
    ProductName: PRODUCT,
    CompanyName: PRODUCT,
    GeneratorId: cutEnd(`${PRODUCT}/${finding.type}`, ASFF_LIMITS.generatorId),
    AwsAccountId: account,
    Types: types,
    FindingProviderFields: { Severity: { Label: finding.severity, Original: finding.severity }, Types: types },
    Severity: { Label: finding.severity, Normalized: NORMALIZED[finding.severity], Original: finding.severity },
    CreatedAt: finding.firstSeen,
    FirstObservedAt: finding.firstSeen,
    LastObservedAt: finding.lastSeen,
    UpdatedAt: where.updatedAt,
    Title: titleOf(finding),
    Description: descriptionOf(finding),
    Remediation: { Recommendation: recommendationOf(finding, where.runbookUrl) },
    RecordState: finding.status,
    ...(finding.sample && { Sample: true }),
    ...(action && { Action: action }),
    ...(network && { Network: network }),
    Resources: asffResources(finding, region),
    ProductFields: asffProductFields(finding),
  });
}

/** The finding's id if Security Hub accepts it; otherwise its beginning and a digest, so that ids stay distinct. */
export function asffId(findingId: string): string {
  if (findingId.length <= ASFF_LIMITS.id && printable(findingId) === findingId) return findingId;
  const digest = createHash('sha256').update(findingId).digest('hex');
  return `${cutEnd(findingId, ASFF_LIMITS.id - digest.length - 1)}~${digest}`;
}

/** The runbook’s section on a type, such as `runbook.md#outsideaws`. */
export function runbookSection(runbookUrl: string, type: FindingType): string {
  const [page = ''] = runbookUrl.split('#');
  return `${page}#${runbookAnchor(type)}`;
}

function titleOf({ sample, title, type }: Finding): string {
  const text = printable(title) || type;
  return cutMiddle(sample && !text.startsWith(SAMPLE) ? `${SAMPLE} ${text}` : text, ASFF_LIMITS.title, TITLE_END);
}

function descriptionOf({ archivedBecause, description, title, type }: Finding): string {
  const text = printable(description) || printable(title) || type;
  const whole = archivedBecause === null ? text : `Withdrawn: ${archivedBecause.replace(/\.$/, '')}. ${text}`;
  return cutEnd(whole, ASFF_LIMITS.description);
}

/** The first steps; `ProductFields` has all of them. */
function recommendationOf({ advice, type }: Finding, runbookUrl: string): { Text: string; Url: string } {
  const steps = advice.length > 1 ? advice.map((step, at) => `${at + 1}. ${step}`) : advice;
  const text = listed(steps, ASFF_LIMITS.remediationText, ' ');
  return { Text: text || 'See the runbook.', Url: runbookSection(runbookUrl, type) };
}

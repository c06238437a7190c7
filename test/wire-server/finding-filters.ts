import type { AwsSecurityFinding, AwsSecurityFindingFilters, StringFilter } from '@aws-sdk/client-securityhub';
import { unmodelled, WireError } from './wire-error';

type Read = (finding: AwsSecurityFinding) => (string | undefined)[];

/** The string filters of GetFindings this server models, and what each looks at. */
const READS: Readonly<Record<string, Read>> = {
  Id: (finding) => [finding.Id],
  ProductArn: (finding) => [finding.ProductArn],
  RecordState: (finding) => [finding.RecordState],
  AwsAccountId: (finding) => [finding.AwsAccountId],
  GeneratorId: (finding) => [finding.GeneratorId],
  ProductName: (finding) => [finding.ProductName],
  CompanyName: (finding) => [finding.CompanyName],
  Region: (finding) => [finding.Region],
  Title: (finding) => [finding.Title],
  Type: (finding) => finding.Types ?? [],
  SeverityLabel: (finding) => [finding.Severity?.Label],
  WorkflowStatus: (finding) => [finding.Workflow?.Status],
  ResourceId: (finding) => (finding.Resources ?? []).map((resource) => resource.Id),
  ResourceType: (finding) => (finding.Resources ?? []).map((resource) => resource.Type),
};

const MATCHES: Readonly<Record<string, (value: string, wanted: string) => boolean>> = {
  EQUALS: (value, wanted) => value === wanted,
  PREFIX: (value, wanted) => value.startsWith(wanted),
  NOT_EQUALS: (value, wanted) => value === wanted,
  PREFIX_NOT_EQUALS: (value, wanted) => value.startsWith(wanted),
};

/** SDK model, `GetFindingsRequest.Filters`: "up to 10 finding attributes … up to 20 filter values". */
const ATTRIBUTES = 10;
const VALUES = 20;

/** Whether a finding passes; throws where the filters break a rule of AWS or are not modelled. */
export function findingFilter(filters: AwsSecurityFindingFilters): (finding: AwsSecurityFinding) => boolean {
  const given = Object.entries(filters).filter(([, values]) => values !== undefined);
  if (given.length > ATTRIBUTES) throw invalid(`Filters has ${given.length} attributes, at most ${ATTRIBUTES}`);
  const tests = given.map(([name, values]) => attributeTest(name, values));
  return (finding) => tests.every((test) => test(finding));
}

function attributeTest(name: string, values: StringFilter[]): (finding: AwsSecurityFinding) => boolean {
  if (name === 'Sample') return sampleTest(values);
  const read = READS[name];
  if (!read) throw unmodelled(`GetFindings.Filters.${name}`);
  if (values.length > VALUES) throw invalid(`Filters.${name} has ${values.length} values, at most ${VALUES}`);
  for (const { Comparison: comparison, Value: value } of values) {
    if (comparison === undefined || value === undefined) throw invalid(`Filters.${name} needs Value and Comparison`);
    // SDK model, `StringFilterComparison`: CONTAINS… are for automation rules and the V2 operations.
    if (!MATCHES[comparison]) throw invalid(`Filters.${name} cannot use ${comparison} here`);
  }
  const wanted = values.filter(({ Comparison: comparison }) => !isNegative(comparison));
  const unwanted = values.filter(({ Comparison: comparison }) => isNegative(comparison));
  // SDK model, `StringFilter.Comparison`: EQUALS together with a negation "returns an error".
  if (unwanted.length > 0 && wanted.some(({ Comparison: comparison }) => comparison === 'EQUALS')) {
    throw invalid(`Filters.${name} cannot have both EQUALS and NOT_EQUALS or PREFIX_NOT_EQUALS`);
  }
  return (finding) => {
    const found = read(finding).filter((value) => value !== undefined);
    const meets = (filter: StringFilter): boolean => found.some((value) => fits(filter, value));
    return (wanted.length === 0 || wanted.some(meets)) && !unwanted.some(meets);
  };
}

/** SDK model, `BooleanFilter`: a value alone. */
function sampleTest(values: readonly object[]): (finding: AwsSecurityFinding) => boolean {
  return ({ Sample: sample = false }) => values.some((filter) => 'Value' in filter && filter.Value === sample);
}

function fits({ Comparison: comparison, Value: wanted }: StringFilter, value: string): boolean {
  return MATCHES[comparison ?? '']?.(value, wanted ?? '') ?? false;
}

function isNegative(comparison: string | undefined): boolean {
  return comparison?.includes('NOT_') ?? false;
}

export function invalid(message: string): WireError {
  return new WireError('InvalidInputException', message);
}

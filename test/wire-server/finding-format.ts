import type { AwsSecurityFinding } from '@aws-sdk/client-securityhub';

/** What the ASFF allows at one place. `path` as in the messages of Security Hub, `[]` for every item of a list. */
export interface FormatRule {
  readonly path: string;
  readonly fault: (value: unknown) => string | undefined;
}

const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)$/;
const IP_V4 = /^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/;

/** User guide, asff-required-attributes and SDK model `AwsSecurityFinding.required`. */
const REQUIRED = [
  'SchemaVersion',
  'Id',
  'ProductArn',
  'GeneratorId',
  'AwsAccountId',
  'CreatedAt',
  'UpdatedAt',
  'Title',
  'Description',
  'Resources',
] as const;

/** User guide, asff-required-attributes, `Types`: the namespaces; the rest of the path is free. */
const NAMESPACES = [
  'Software and Configuration Checks',
  'TTPs',
  'Effects',
  'Unusual Behaviors',
  'Sensitive Data Identifications',
];

/** SDK model (documentation of `AwsSecurityFinding`, `Resource`, `Severity`, `Recommendation`, `Note`, `AwsApiCallAction`). */
export const FORMAT_RULES: readonly FormatRule[] = [
  { path: 'SchemaVersion', fault: oneOf(['2018-10-08']) },
  { path: 'Id', fault: length(1, 512) },
  { path: 'GeneratorId', fault: length(1, 512) },
  { path: 'AwsAccountId', fault: pattern(/^\d{12}$/) },
  { path: 'Title', fault: length(1, 256) },
  { path: 'Description', fault: length(1, 1024) },
  { path: 'ProductName', fault: length(1, 128) },
  { path: 'CompanyName', fault: length(1, 128) },
  { path: 'Resources', fault: items(1, 32) },
  { path: 'Resources[].Type', fault: length(1, 256) },
  { path: 'Resources[].Region', fault: length(1, 16) },
  {
    path: 'Resources[].Partition',
    fault: oneOf(['aws', 'aws-cn', 'aws-us-gov', 'aws-us-iso', 'aws-us-iso-b', 'AzureCloud']),
  },
  { path: 'Types', fault: items(0, 50) },
  { path: 'Types[]', fault: typePath },
  { path: 'FindingProviderFields.Types', fault: items(0, 50) },
  { path: 'FindingProviderFields.Types[]', fault: typePath },
  { path: 'Severity.Label', fault: oneOf(['INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL']) },
  { path: 'Severity.Normalized', fault: range(0, 100) },
  { path: 'Severity.Original', fault: length(1, 64) },
  {
    path: 'FindingProviderFields.Severity.Label',
    fault: oneOf(['INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL']),
  },
  { path: 'FindingProviderFields.Severity.Original', fault: length(1, 64) },
  { path: 'Confidence', fault: range(0, 100) },
  { path: 'Criticality', fault: range(0, 100) },
  { path: 'FindingProviderFields.Confidence', fault: range(0, 100) },
  { path: 'FindingProviderFields.Criticality', fault: range(0, 100) },
  { path: 'RelatedFindings', fault: items(1, 10) },
  { path: 'FindingProviderFields.RelatedFindings', fault: items(1, 10) },
  { path: 'ProductFields', fault: fields(50, 128, 2048) },
  { path: 'UserDefinedFields', fault: fields(50, 128, 1024) },
  { path: 'Remediation.Recommendation.Text', fault: length(1, 512) },
  { path: 'Note.Text', fault: length(1, 512) },
  { path: 'RecordState', fault: oneOf(['ACTIVE', 'ARCHIVED']) },
  { path: 'VerificationState', fault: oneOf(['UNKNOWN', 'TRUE_POSITIVE', 'FALSE_POSITIVE', 'BENIGN_POSITIVE']) },
  { path: 'Workflow.Status', fault: oneOf(['NEW', 'NOTIFIED', 'RESOLVED', 'SUPPRESSED']) },
  { path: 'Action.ActionType', fault: oneOf(['NETWORK_CONNECTION', 'AWS_API_CALL', 'DNS_REQUEST', 'PORT_PROBE']) },
  { path: 'Action.AwsApiCallAction.Api', fault: length(1, 128) },
  { path: 'Action.AwsApiCallAction.ServiceName', fault: length(1, 128) },
  { path: 'Action.AwsApiCallAction.CallerType', fault: oneOf(['remoteip', 'remoteIp', 'domain']) },
  // The member's name says IPv4; AWS documents no pattern, so this is the stricter reading.
  { path: 'Action.AwsApiCallAction.RemoteIpDetails.IpAddressV4', fault: pattern(IP_V4) },
  // Security Hub API Reference, Welcome, "Timestamps".
  ...[
    'CreatedAt',
    'UpdatedAt',
    'FirstObservedAt',
    'LastObservedAt',
    'Note.UpdatedAt',
    'Action.AwsApiCallAction.FirstSeen',
    'Action.AwsApiCallAction.LastSeen',
  ].map((path): FormatRule => ({ path, fault: pattern(TIMESTAMP) })),
];

/** In what a finding departs from the ASFF, in the words Security Hub uses; empty where it does not. */
export function formatFaults(finding: AwsSecurityFinding): string[] {
  return [
    ...REQUIRED.filter((name) => finding[name] === undefined).map(lacks),
    ...providerFaults(finding),
    ...resourceFaults(finding),
    ...FORMAT_RULES.flatMap((rule) =>
      at(finding, rule.path)
        .map(([path, value]) => ({ path, fault: rule.fault(value) }))
        .flatMap(({ path, fault }) => (fault === undefined ? [] : [`data.${path} ${fault}`])),
    ),
    ...blanks(finding, 'data'),
  ];
}

function lacks(name: string): string {
  return `data should have required property '${name}'`;
}

/** User guide, asff-required-attributes: severity and types are required, at the top or in `FindingProviderFields`. */
function providerFaults(finding: AwsSecurityFinding): string[] {
  const given = finding.FindingProviderFields;
  const severity = given?.Severity ?? finding.Severity;
  const unlabelled = severity && severity.Label === undefined && finding.Severity?.Normalized === undefined;
  return [
    ...((given?.Types ?? finding.Types) ? [] : [lacks('Types')]),
    ...(severity ? [] : [lacks('Severity')]),
    ...(unlabelled ? ["data.Severity should have required property 'Label'"] : []),
  ];
}

function resourceFaults(finding: AwsSecurityFinding): string[] {
  return (finding.Resources ?? []).flatMap((resource, index) =>
    (['Type', 'Id'] as const)
      .filter((name) => resource[name] === undefined)
      .map((name) => `data.Resources[${index}] should have required property '${name}'`),
  );
}

/** SDK model, `NonEmptyString`: every text of a finding has a character that is no space. */
function blanks(value: unknown, path: string): string[] {
  if (typeof value === 'string') return /\S/.test(value) ? [] : [`${path} should match pattern ".*\\S.*"`];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    blanks(item, Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`),
  );
}

/** The values at a path, each with its own path. */
function at(value: unknown, path: string): [string, unknown][] {
  let found: [string, unknown][] = [['', value]];
  for (const step of path.split('.')) {
    const name = step.replace('[]', '');
    found = found.flatMap(([prefix, holder]) => child(holder, name, prefix === '' ? name : `${prefix}.${name}`));
    if (step.endsWith('[]')) found = found.flatMap(([prefix, list]) => each(list, prefix));
  }
  return found;
}

function child(holder: unknown, name: string, path: string): [string, unknown][] {
  if (typeof holder !== 'object' || holder === null) return [];
  return Object.entries(holder)
    .filter(([key, value]) => key === name && value !== undefined)
    .map(([, value]) => [path, value]);
}

function each(list: unknown, path: string): [string, unknown][] {
  return Array.isArray(list) ? list.map((item, index) => [`${path}[${index}]`, item]) : [];
}

function length(least: number, most: number) {
  return (value: unknown): string | undefined => {
    const size = typeof value === 'string' ? [...value].length : 0;
    if (size < least) return `should NOT be shorter than ${least} characters`;
    return size > most ? `should NOT be longer than ${most} characters` : undefined;
  };
}

function items(least: number, most: number) {
  return (value: unknown): string | undefined => {
    const size = Array.isArray(value) ? value.length : 0;
    if (size < least) return `should NOT have fewer than ${least} items`;
    return size > most ? `should NOT have more than ${most} items` : undefined;
  };
}

function range(least: number, most: number) {
  return (value: unknown): string | undefined => {
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return undefined;
    return `should be an integer from ${least} to ${most}`;
  };
}

function oneOf(allowed: readonly string[]) {
  return (value: unknown): string | undefined =>
    allowed.some((word) => word === value)
      ? undefined
      : `should be equal to one of the allowed values ${allowed.join(', ')}`;
}

function pattern(allowed: RegExp) {
  return (value: unknown): string | undefined =>
    typeof value === 'string' && allowed.test(value) ? undefined : `should match pattern "${allowed.source}"`;
}

function typePath(value: unknown): string | undefined {
  const [namespace = '', ...rest] = typeof value === 'string' ? value.split('/') : [];
  if (!NAMESPACES.includes(namespace)) return `should begin with one of ${NAMESPACES.join(', ')}`;
  return rest.length > 2 ? 'should be namespace/category/classifier' : undefined;
}

function fields(most: number, keyLength: number, valueLength: number) {
  return (value: unknown): string | undefined => {
    const pairs = typeof value === 'object' && value !== null ? Object.entries(value) : [];
    if (pairs.length > most) return `should NOT have more than ${most} properties`;
    // User guide, asff-top-level-attributes, `ProductFields`: "aws/" is reserved for AWS.
    const reserved = pairs.find(([key]) => key.startsWith('aws/'));
    if (reserved) return `should NOT use the reserved prefix of '${reserved[0]}'`;
    const longKey = pairs.find(([key]) => [...key].length > keyLength);
    if (longKey) return `should NOT have keys longer than ${keyLength} characters`;
    const longValue = pairs.find(([, text]) => typeof text === 'string' && [...text].length > valueLength);
    return longValue ? `.${longValue[0]} should NOT be longer than ${valueLength} characters` : undefined;
  };
}

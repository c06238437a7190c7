import type { AwsSecurityFinding, Resource } from '@aws-sdk/client-securityhub';
import { asffId, asffOf } from '../../../../lambda/adapters/security-hub/asff';
import { cutEnd, cutMiddle, listed } from '../../../../lambda/adapters/security-hub/asff-limits';
import type { Finding, FindingOrigin, FindingSession } from '../../../../lambda/detection/model/finding';
import { ENDPOINT, eventAt, HUB, INSTANCE, MADE_UP, madeUp, SCENARIO_FINDINGS, SERVICE } from './asff-samples';
import { printable } from '../../../../lambda/detection/model/printable';

const API = 'https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_';
const GUIDE = 'https://docs.aws.amazon.com/securityhub/latest/userguide/';

/** Words of many letters, so that cuts fall inside words and between them. */
const long = (letters: number, word = 'incomprehensibilities '): string =>
  word.repeat(Math.ceil(letters / word.length)).slice(0, letters);

/** Three bytes a letter in UTF-8, and pairs of code units. */
const WIDE = '鍵盗難';
const PAIRS = '🔑🦝';

function key(number: number): string {
  return `ASIA${String(number).padStart(16, '0')}`;
}

function sessionsWith(count: number, keysEach: number, word: string): FindingSession[] {
  return Array.from({ length: count }, (_, at) => ({
    arn: `arn:aws:sts::111122223333:assumed-role/role-${at}/${long(60, word).trim()}`,
    role: `role-${at}`,
    accessKeyIds: Array.from({ length: keysEach }, (_unused, index) => key(at * keysEach + index)),
  }));
}

/** Too much of everything. */
function oversize(word: string, changes: Partial<Finding> = {}): Finding {
  const much = long(2100, word);
  const many = Array.from({ length: 60 }, (_, at) => `${at} ${much}`);
  return madeUp({
    id: `credlock/${much}`,
    incidentId: `credlock/incident/${much}`,
    title: `Credentials of ${much} used outside AWS: 192.0.2.77`,
    description: much,
    workload: {
      ...INSTANCE,
      id: much,
      attributes: Object.fromEntries(many.map((text, at) => [`${at} ${much}`, text])),
    },
    sessions: sessionsWith(20, 20, word),
    origin: { ...SERVICE, service: much },
    lock: many.map((ip) => ({
      origin: { kind: 'public', ip },
      because: 'first-use',
      since: '2026-09-14T06:00:00Z',
      until: null,
    })),
    events: many.map((text, at) =>
      eventAt(`2026-09-14T08:00:${String(at % 60).padStart(2, '0')}Z`, {
        id: text,
        source: text,
        name: text,
        errorCode: text,
        userAgent: text,
        accessKeyId: key(at),
      }),
    ),
    evidence: many,
    ruledOut: many.map((because, at) => ({ explanation: `explanation-${at}-${much}`, because })),
    related: many.map((arn) => ({ kind: 'chained-session', arn, accessKeyIds: [arn] })),
    archivedBecause: much,
    sample: true,
    advice: many,
    ...changes,
  });
}

const FLEET = Array.from({ length: 2000 }, (_, at) => ({
  ...INSTANCE,
  id: `i-${String(at).padStart(17, '0')}`,
}));
/** No origin is like this, but the fields have room for one. */
const EVERYTHING: FindingOrigin = { ...ENDPOINT, service: 'athena.amazonaws.com', region: 'eu-west-1' };
const GROUP = { workload: null, workloads: FLEET, origin: ENDPOINT } satisfies Partial<Finding>;

const OVERSIZE: readonly Finding[] = [
  oversize('incomprehensibilities '),
  oversize(WIDE),
  oversize(PAIRS),
  oversize('x', { origin: EVERYTHING }),
  oversize('"\\'),
  oversize('\u0000\u202e\ud800'),
  oversize('incomprehensibilities ', GROUP),
  oversize(WIDE, { ...GROUP, workloads: FLEET.map((one) => ({ ...one, attributes: { name: long(2000, WIDE) } })) }),
];
const HEAVY_FLEET = oversize(WIDE, {
  ...GROUP,
  workloads: FLEET.slice(0, 40).map((one) => ({
    ...one,
    attributes: Object.fromEntries(
      Array.from({ length: 60 }, (_, at) => [`${at} ${long(200, WIDE)}`, long(2000, WIDE)]),
    ),
  })),
});
const ALL: readonly Finding[] = [...SCENARIO_FINDINGS, ...MADE_UP, ...OVERSIZE, HEAVY_FLEET];
const MAPPED = ALL.map((finding) => asffOf(finding, HUB));

type Measure = (finding: AwsSecurityFinding) => readonly number[];
interface Limit {
  readonly field: string;
  readonly most: number;
  readonly source: string;
  readonly measure: Measure;
}

const lengths = (texts: readonly (string | undefined)[]): number[] =>
  texts.flatMap((text) => (text === undefined ? [] : [text.length]));
const others = ({ Resources }: AwsSecurityFinding): Record<string, string>[] =>
  (Resources ?? []).flatMap(({ Details }: Resource) => (Details?.Other ? [Details.Other] : []));
const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

const LIMITS: readonly Limit[] = [
  { field: 'Id', most: 512, source: `${API}AwsSecurityFinding`, measure: ({ Id }) => lengths([Id]) },
  { field: 'ProductArn', most: 2048, source: `${API}AwsSecurityFinding`, measure: (one) => lengths([one.ProductArn]) },
  { field: 'ProductName', most: 128, source: `${API}AwsSecurityFinding`, measure: (one) => lengths([one.ProductName]) },
  { field: 'CompanyName', most: 128, source: `${API}AwsSecurityFinding`, measure: (one) => lengths([one.CompanyName]) },
  { field: 'GeneratorId', most: 512, source: `${API}AwsSecurityFinding`, measure: (one) => lengths([one.GeneratorId]) },
  {
    field: 'AwsAccountId',
    most: 12,
    source: `${API}AwsSecurityFinding`,
    measure: (one) => lengths([one.AwsAccountId]),
  },
  { field: 'Title', most: 256, source: `${API}AwsSecurityFinding`, measure: ({ Title }) => lengths([Title]) },
  {
    field: 'Description',
    most: 1024,
    source: `${API}AwsSecurityFinding`,
    measure: (one) => lengths([one.Description]),
  },
  { field: 'Types', most: 50, source: `${API}AwsSecurityFinding`, measure: ({ Types }) => [Types?.length ?? 0] },
  {
    field: 'FindingProviderFields.Severity.Original',
    most: 64,
    source: `${API}FindingProviderSeverity`,
    measure: (one) => lengths([one.FindingProviderFields?.Severity?.Original]),
  },
  {
    field: 'Severity.Original',
    most: 64,
    source: `${API}Severity`,
    measure: (one) => lengths([one.Severity?.Original]),
  },
  {
    field: 'Severity.Normalized',
    most: 100,
    source: `${API}Severity`,
    measure: (one) => [one.Severity?.Normalized ?? 0],
  },
  {
    field: 'Remediation.Recommendation.Text',
    most: 512,
    source: `${API}Recommendation`,
    measure: (one) => lengths([one.Remediation?.Recommendation?.Text]),
  },
  {
    field: 'Action.AwsApiCallAction.Api',
    most: 128,
    source: `${API}AwsApiCallAction`,
    measure: (one) => lengths([one.Action?.AwsApiCallAction?.Api]),
  },
  {
    field: 'Action.AwsApiCallAction.ServiceName',
    most: 128,
    source: `${API}AwsApiCallAction`,
    measure: (one) => lengths([one.Action?.AwsApiCallAction?.ServiceName]),
  },
  {
    field: 'Action.AwsApiCallAction.DomainDetails.Domain',
    most: 128,
    source: `${API}AwsApiCallActionDomainDetails`,
    measure: (one) => lengths([one.Action?.AwsApiCallAction?.DomainDetails?.Domain]),
  },
  {
    field: 'Resources',
    most: 32,
    source: `${API}AwsSecurityFinding`,
    measure: ({ Resources }) => [Resources?.length ?? 0],
  },
  {
    field: 'Resources.Type',
    most: 256,
    source: `${API}Resource`,
    measure: ({ Resources }) => lengths((Resources ?? []).map(({ Type }) => Type)),
  },
  {
    field: 'Resources.Id',
    most: 512,
    source: 'none documented; the limit of the finding’s own Id',
    measure: ({ Resources }) => lengths((Resources ?? []).map(({ Id }) => Id)),
  },
  {
    field: 'Resources.Region',
    most: 16,
    source: `${API}Resource`,
    measure: ({ Resources }) => lengths((Resources ?? []).map(({ Region }) => Region)),
  },
  {
    field: 'Resources.Details.Other',
    most: 50,
    source: `${GUIDE}asff-resourcedetails-other.html`,
    measure: (one) => others(one).map((fields) => Object.keys(fields).length),
  },
  {
    field: 'Resources.Details.Other keys ("fewer than 128")',
    most: 127,
    source: `${GUIDE}asff-resourcedetails-other.html`,
    measure: (one) => others(one).flatMap((fields) => lengths(Object.keys(fields))),
  },
  {
    field: 'Resources.Details.Other values ("fewer than 1,024")',
    most: 1023,
    source: `${GUIDE}asff-resourcedetails-other.html`,
    measure: (one) => others(one).flatMap((fields) => lengths(Object.values(fields))),
  },
  {
    field: 'ProductFields',
    most: 50,
    source: `${API}AwsSecurityFinding`,
    measure: ({ ProductFields }) => [Object.keys(ProductFields ?? {}).length],
  },
  {
    field: 'ProductFields keys',
    most: 128,
    source: `${API}AwsSecurityFinding`,
    measure: ({ ProductFields }) => lengths(Object.keys(ProductFields ?? {})),
  },
  {
    field: 'ProductFields values',
    most: 2048,
    source: `${API}AwsSecurityFinding`,
    measure: ({ ProductFields }) => lengths(Object.values(ProductFields ?? {})),
  },
  {
    field: 'the finding, in bytes of JSON',
    most: 240_000,
    source: `${API}BatchImportFindings`,
    measure: (one) => [bytes(one)],
  },
];

/** Fields whose text is cut: the oversize findings must reach the limit, or the cut is too early. */
const FILLED = new Set([
  'Id',
  'Title',
  'Description',
  'Remediation.Recommendation.Text',
  'Action.AwsApiCallAction.Api',
  'Action.AwsApiCallAction.ServiceName',
  'Action.AwsApiCallAction.DomainDetails.Domain',
  'Resources',
  'Resources.Id',
  'Resources.Details.Other',
  'Resources.Details.Other keys ("fewer than 128")',
  'Resources.Details.Other values ("fewer than 1,024")',
  'ProductFields',
  'ProductFields keys',
  'ProductFields values',
  'the finding, in bytes of JSON',
]);

describe('limits', () => {
  test.each(LIMITS)('$field: at most $most ($source)', ({ field, most, measure }) => {
    const measured = MAPPED.flatMap(measure);
    const highest = Math.max(...measured);
    expect(highest).toBeLessThanOrEqual(most);
    if (FILLED.has(field)) expect(highest).toBeGreaterThan(most * 0.97 - 1);
  });

  test('what scenarios find is reported uncut: title, description and every line of evidence', () => {
    for (const finding of SCENARIO_FINDINGS) {
      const { Title, Description, ProductFields } = asffOf(finding, HUB);
      expect({ Title, Description }).toEqual({ Title: finding.title, Description: finding.description });
      expect(Object.values(ProductFields ?? {})).toEqual(expect.arrayContaining([...finding.evidence]));
    }
  });
});

interface Required {
  readonly field: string;
  readonly source: string;
  readonly value: (finding: AwsSecurityFinding) => unknown;
}

const REQUIRED: readonly Required[] = [
  { field: 'SchemaVersion', source: `${GUIDE}asff-required-attributes.html`, value: (one) => one.SchemaVersion },
  { field: 'Id', source: `${GUIDE}asff-required-attributes.html`, value: (one) => one.Id },
  { field: 'ProductArn', source: `${GUIDE}asff-required-attributes.html`, value: (one) => one.ProductArn },
  { field: 'GeneratorId', source: `${GUIDE}asff-required-attributes.html`, value: (one) => one.GeneratorId },
  { field: 'AwsAccountId', source: `${GUIDE}asff-required-attributes.html`, value: (one) => one.AwsAccountId },
  { field: 'Types', source: `${GUIDE}asff-required-attributes.html`, value: (one) => one.Types?.[0] },
  { field: 'CreatedAt', source: `${GUIDE}asff-required-attributes.html`, value: (one) => one.CreatedAt },
  { field: 'UpdatedAt', source: `${GUIDE}asff-required-attributes.html`, value: (one) => one.UpdatedAt },
  { field: 'Severity', source: `${GUIDE}asff-required-attributes.html`, value: (one) => one.Severity?.Label },
  { field: 'Title', source: `${GUIDE}asff-required-attributes.html`, value: (one) => one.Title },
  { field: 'Description', source: `${GUIDE}asff-required-attributes.html`, value: (one) => one.Description },
  { field: 'Resources', source: `${GUIDE}asff-required-attributes.html`, value: (one) => one.Resources?.[0]?.Id },
  { field: 'Resources.Type', source: `${API}Resource`, value: (one) => one.Resources?.[0]?.Type },
  {
    field: 'FindingProviderFields.Severity.Label',
    source: `${GUIDE}finding-update-batchimportfindings.html`,
    value: (one) => one.FindingProviderFields?.Severity?.Label,
  },
  {
    field: 'FindingProviderFields.Types',
    source: `${GUIDE}finding-update-batchimportfindings.html`,
    value: (one) => one.FindingProviderFields?.Types?.[0],
  },
];

describe('required', () => {
  test.each(REQUIRED)('$field ($source)', ({ value }) => {
    for (const asff of MAPPED) expect(value(asff)).toEqual(expect.stringMatching(/\S/));
  });
});

/** The namespaces and categories of GUIDE/asff-required-attributes.html that are used here. */
const TAXONOMY = [
  'TTPs/Command and Control/',
  'TTPs/Credential Access/',
  'TTPs/Defense Evasion/',
  'TTPs/Execution/',
  'TTPs/Initial Access/',
  'TTPs/Lateral Movement/',
  'TTPs/Persistence/',
  'TTPs/Privilege Escalation/',
  // GuardDuty writes the tactics of anonymous access without a blank.
  ...['CredentialAccess', 'DefenseEvasion', 'Discovery', 'Impact'].map((tactic) => `TTPs/${tactic}/`),
  'Software and Configuration Checks/AWS Security Best Practices/',
  'Effects/Data Exfiltration/',
  'Unusual Behaviors/Application/',
  'Unusual Behaviors/IP address/',
  'Unusual Behaviors/User/',
];

test('types are of Security Hub’s taxonomy, namespace, category and one classifier', () => {
  for (const { Types } of MAPPED) {
    for (const type of Types ?? []) {
      expect(TAXONOMY.some((prefix) => type.startsWith(prefix))).toBe(true);
      expect(type.split('/')).toHaveLength(3);
    }
  }
});

test('no text is blank: the API’s pattern for all of them is .*\\S.*', () => {
  const blanks: string[] = [];
  const walk = (path: string, value: unknown): void => {
    if (typeof value === 'string' && !/^.*\S.*$/.test(value)) blanks.push(path);
    if (typeof value !== 'object' || value === null) return;
    for (const [name, inner] of Object.entries(value)) walk(`${path}.${name}`, inner);
  };
  for (const asff of MAPPED) walk(asff.Id ?? '', asff);
  expect(blanks).toEqual([]);
});

test('no text has control characters, half characters or marks that turn the writing direction', () => {
  for (const asff of MAPPED)
    expect(JSON.stringify(asff)).not.toMatch(/(?<!\\)\\(?:u[0-9a-f]{4}|[nrtbf])|[\u202a-\u202e\u2066-\u2069]/);
});

test('product fields are credlock’s own, never AWS’s', () => {
  for (const { ProductFields } of MAPPED) {
    for (const name of Object.keys(ProductFields ?? {})) expect(name).toMatch(/^credlock\/\S/);
  }
});

describe('what is cut keeps what matters', () => {
  const asff = asffOf(oversize('incomprehensibilities '), HUB);

  test('a title ends with the origin', () => {
    expect(asff.Title).toMatch(
      /^\[Sample\] Credentials of incomprehensibilities .+….+ used outside AWS: 192\.0\.2\.77$/,
    );
  });

  test('a description begins with why it was withdrawn', () => {
    expect(asff.Description).toMatch(/^Withdrawn: incomprehensibilities .+…$/);
  });

  test('whole advice is reported before part of the next, and how much more there is', () => {
    const steps = Array.from({ length: 9 }, (_, at) => `Step ${at} ${long(90)}.`);
    const text = asffOf(madeUp({ advice: steps }), HUB).Remediation?.Recommendation?.Text ?? '';
    expect(text).toBe(`1. ${steps[0]} 2. ${steps[1]} 3. ${steps[2]} 4. ${steps[3]} … and 5 more`);
  });

  test('a longer id than Security Hub takes is whole in the product fields as far as they go', () => {
    const id = `credlock/${long(700, 'x')}`;
    const mapped = asffOf(madeUp({ id }), HUB);
    expect(mapped.Id).toBe(asffId(id));
    expect(mapped.ProductFields?.['credlock/id']).toBe(id);
  });

  test('the workload comes first, and of many keys those used last', () => {
    const sessions = sessionsWith(1, 40, 'x');
    const calls: readonly (readonly [hour: string, key: number])[] = [
      ['09', 39],
      ['05', 39],
      ['08', 38],
      ['07', 5],
    ];
    const events = calls.map(([hour, number]) => eventAt(`2026-09-14T${hour}:00:00Z`, { accessKeyId: key(number) }));
    const ids = (asffOf(madeUp({ sessions, events }), HUB).Resources ?? []).map(({ Id }) => Id);
    expect(ids).toHaveLength(32);
    expect(ids[0]).toBe('arn:aws:ec2:eu-west-1:111122223333:instance/i-0123456789abcdef0');
    expect(ids[1]).toBe('arn:aws:iam::111122223333:role/role-0');
    expect(ids.slice(2, 6)).toEqual([39, 38, 5, 0].map((number) => `AWS::IAM::AccessKey:${key(number)}`));
  });

  test('a group of 2,000 names 32 workloads as resources, and how many there are', () => {
    const { Resources, ProductFields } = asffOf(madeUp(GROUP), HUB);
    expect(Resources?.map(({ Type }) => Type)).toEqual(Array.from({ length: 32 }, () => 'AwsEc2Instance'));
    expect(ProductFields).toMatchObject({
      'credlock/workloads/count': '2000',
      'credlock/workloads/accounts': '111122223333',
      'credlock/workloads/ids': expect.stringMatching(
        /^111122223333\/ec2-instance\/i-00000000000000000; .+; … and 19\d\d more$/,
      ) as string,
    });
  });

  test('more evidence and more explanations than fields: the last field holds the rest', () => {
    const evidence = Array.from({ length: 20 }, (_, at) => `Line ${at}.`);
    const ruledOut = Array.from({ length: 14 }, (_, at) => ({ explanation: `way-${at}`, because: `reason ${at}` }));
    const { ProductFields } = asffOf(madeUp({ evidence, ruledOut }), HUB);
    const values = Object.entries(ProductFields ?? {}).flatMap(([name, value]) =>
      name.startsWith('credlock/evidence/') ? [value] : [],
    );
    expect(values).toHaveLength(11);
    expect(values.at(-1)).toBe(evidence.slice(10).join(' '));
    expect(ProductFields?.['credlock/ruledOut/way-8']).toBe('reason 8');
    expect(ProductFields?.['credlock/ruledOut']).toBe(
      ruledOut
        .slice(9)
        .map(({ explanation, because }) => `${explanation}: ${because}`)
        .join('; '),
    );
  });

  test('one explanation ruled out twice is reported once, with both reasons', () => {
    const ruledOut = ['before', 'after', 'before'].map((because) => ({ explanation: 'own-address', because }));
    const { ProductFields } = asffOf(madeUp({ ruledOut }), HUB);
    expect(ProductFields?.['credlock/ruledOut/own-address']).toBe('before; after');
  });

  test('too many bytes cost the last product fields first, never what says which finding it is', () => {
    const wide = asffOf(oversize(WIDE), HUB);
    const plain = asffOf(oversize('incomprehensibilities '), HUB);
    const kept = Object.keys(wide.ProductFields ?? {});
    expect(kept.length).toBeLessThan(Object.keys(plain.ProductFields ?? {}).length);
    expect(kept).toEqual(expect.arrayContaining(['credlock/type', 'credlock/id', 'credlock/archivedBecause']));
    expect(wide.Resources).toHaveLength(32);
  });

  test('then the last resources, never the first', () => {
    const { Resources, ProductFields } = asffOf(HEAVY_FLEET, HUB);
    expect(Resources?.map(({ Id }) => Id)).toEqual(['arn:aws:ec2:eu-west-1:111122223333:instance/i-00000000000000000']);
    expect(Object.keys(ProductFields ?? {})).toEqual(
      expect.arrayContaining(['credlock/type', 'credlock/id', 'credlock/archivedBecause']),
    );
  });
});

describe('cutting text', () => {
  test('never splits a character', () => {
    for (const most of [10, 11, 12, 13]) {
      expect(cutEnd(long(50, PAIRS), most)).toMatch(/^(🔑|🦝)+…$/u);
      expect(cutMiddle(long(50, PAIRS), most, 5)).toMatch(/^(🔑|🦝)+…(🔑|🦝)+$/u);
    }
  });

  test('text that fits is left as it is', () => {
    expect(cutEnd('Credentials', 11)).toBe('Credentials');
    expect(cutEnd('Credentials', 10)).toBe('Credentia…');
    expect(cutMiddle('Credentials', 11, 3)).toBe('Credentials');
    expect(cutMiddle('Credentials', 10, 3)).toBe('Creden…als');
  });

  test('lines become one', () => {
    expect(printable(' a\r\nb\u0000c\u2028d\u202ee ')).toBe('a b c d e');
  });

  test.each([
    [['one', 'two'], 8, 'one; two'],
    [['one', 'two', 'three'], 100, 'one; two; three'],
    [['one', 'two', 'three', 'four', 'five'], 23, 'one; two; … and 3 more'],
    [['one'.repeat(9)], 9, 'oneoneon…'],
    [['one'.repeat(9), 'two'], 21, 'oneone…; … and 1 more'],
    [['', ' ', 'one'], 8, 'one'],
    [[], 8, ''],
  ])('%j within %i is "%s"', (items, most, expected) => {
    expect(listed(items, most)).toBe(expected);
  });
});

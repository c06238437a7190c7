import {
  BatchImportFindingsCommand,
  BatchUpdateFindingsCommand,
  GetFindingsCommand,
  SecurityHubClient,
  type AwsSecurityFinding,
  type AwsSecurityFindingFilters,
} from '@aws-sdk/client-securityhub';
import { manualClock } from './clock';
import { FORMAT_RULES } from './finding-format';
import { startWireServer, type WireServer } from './wire-server';

const ACCOUNT = '111122223333';
const PRODUCT = `arn:aws:securityhub:eu-central-1:${ACCOUNT}:product/${ACCOUNT}/default`;

function finding(given: Partial<AwsSecurityFinding> = {}): AwsSecurityFinding {
  return {
    SchemaVersion: '2018-10-08',
    Id: 'finding-1',
    ProductArn: PRODUCT,
    GeneratorId: 'credlock',
    AwsAccountId: ACCOUNT,
    CreatedAt: '2026-09-01T00:00:00Z',
    UpdatedAt: '2026-09-01T00:00:00Z',
    Title: 'Credentials used elsewhere',
    Description: 'What happened',
    Resources: [{ Type: 'AwsEc2Instance', Id: 'arn:aws:ec2:eu-central-1:111122223333:instance/i-0aaaaaaaaaaaaaaa1' }],
    FindingProviderFields: { Severity: { Label: 'HIGH' }, Types: ['TTPs/Credential Access/OutsideAWS'] },
    ...given,
  };
}

const clock = manualClock('2026-09-01T00:00:00Z');
let wire: WireServer;
let hub: SecurityHubClient;

beforeEach(async () => {
  wire = await startWireServer({ clock });
  hub = new SecurityHubClient(wire.clientConfig());
});

afterEach(async () => {
  hub.destroy();
  await wire.close();
});

function importing(...findings: AwsSecurityFinding[]) {
  return hub.send(new BatchImportFindingsCommand({ Findings: findings }));
}

async function firstFailure(given: Partial<AwsSecurityFinding>) {
  const { FailedFindings: failed = [] } = await importing(finding(given));
  return failed[0];
}

/** The usual finding with another value at a path (`Resources.0.Type`). */
function withValue(path: string, value: unknown): AwsSecurityFinding {
  const whole = finding({ Types: path.startsWith('Types') ? ['TTPs'] : undefined });
  const steps = path.split('.');
  const last = steps.pop() ?? '';
  const holder = steps.reduce((inner: object, step) => {
    if (Reflect.get(inner, step) === undefined) Reflect.set(inner, step, {});
    return Reflect.get(inner, step) as object;
  }, whole);
  Reflect.set(holder, last, value);
  return whole;
}

async function found(filters: AwsSecurityFindingFilters) {
  const { Findings: findings = [] } = await hub.send(new GetFindingsCommand({ Filters: filters }));
  return findings.map(({ Id: id }) => id);
}

function many<Item>(count: number, make: (word: string) => Item): Item[] {
  return Array.from({ length: count }, (_, index) => make(String(index)));
}

const numbered = (count: number) => many(count, (Id) => finding({ Id }));
const long = (size: number) => 'x'.repeat(size);
const large = (size: number) => ({ Resources: [{ Type: 'Other', Id: 'a', Details: { Other: { text: long(size) } } }] });
const fields = (count: number) => Object.fromEntries(many(count, (word) => [word, 'x']));
const resource = (Id: string) => ({ Type: 'Other', Id });
const related = (Id: string) => ({ Id, ProductArn: PRODUCT });
const types = (word: string) => `TTPs/Credential Access/${word}`;
const equals = (Value: string) => ({ Value, Comparison: 'EQUALS' as const });

describe('BatchImportFindings', () => {
  test('stores a finding with what Security Hub adds and gives it back', async () => {
    const given = finding({ ProductFields: { 'credlock/workload': 'i-0aaaaaaaaaaaaaaa1' }, RecordState: 'ACTIVE' });
    const answer = await importing(given);
    expect(answer).toMatchObject({ FailedCount: 0, SuccessCount: 1, FailedFindings: [] });
    const { Findings: stored = [] } = await hub.send(new GetFindingsCommand({}));
    expect(stored).toEqual([...wire.securityHub.findings]);
    expect(stored[0]).toMatchObject({
      ...given,
      Region: 'eu-central-1',
      Severity: { Label: 'HIGH', Normalized: 70 },
      Types: ['TTPs/Credential Access/OutsideAWS'],
      Workflow: { Status: 'NEW' },
      ProductFields: { 'credlock/workload': 'i-0aaaaaaaaaaaaaaa1', 'aws/securityhub/ProductName': 'Default' },
    });
    expect(wire.securityHub.imports).toEqual([
      { account: ACCOUNT, region: 'eu-central-1', finding: given, result: 'created' },
    ]);
  });

  test('only a later UpdatedAt updates: the same and an earlier one are ignored', async () => {
    await importing(finding({ UpdatedAt: '2026-09-01T00:00:02Z', RecordState: 'ARCHIVED' }));
    await importing(finding({ UpdatedAt: '2026-09-01T00:00:02Z', RecordState: 'ACTIVE' }));
    const stale = await importing(finding({ UpdatedAt: '2026-09-01T00:00:01Z', RecordState: 'ACTIVE' }));
    expect(stale.SuccessCount).toBe(1);
    expect(wire.securityHub.findings[0]?.RecordState).toBe('ARCHIVED');
    await importing(finding({ UpdatedAt: '2026-09-01T00:00:02.001Z', Title: 'Later' }));
    expect(wire.securityHub.findings).toMatchObject([{ Title: 'Later', RecordState: 'ARCHIVED' }]);
    expect(wire.securityHub.imports.map(({ result }) => result)).toEqual(['created', 'ignored', 'ignored', 'updated']);
  });

  test('of two findings with one id in one call only the first is processed', async () => {
    await importing(finding(), finding({ UpdatedAt: '2026-09-01T00:00:09Z', Title: 'Second' }));
    expect(wire.securityHub.findings.map(({ Title: title }) => title)).toEqual(['Credentials used elsewhere']);
  });

  test('what a customer has set stays, and a reopened finding is NEW again', async () => {
    await importing(finding({ Note: { Text: 'first', UpdatedBy: 'credlock', UpdatedAt: '2026-09-01T00:00:00Z' } }));
    const update = new BatchUpdateFindingsCommand({
      FindingIdentifiers: [{ Id: 'finding-1', ProductArn: PRODUCT }],
      Severity: { Label: 'LOW' },
      Workflow: { Status: 'RESOLVED' },
      Note: { Text: 'seen', UpdatedBy: 'analyst' },
    });
    await hub.send(update);
    const Note = { Text: 'again', UpdatedBy: 'credlock', UpdatedAt: '2026-09-01T00:00:01Z' };
    await importing(finding({ UpdatedAt: '2026-09-01T00:00:01Z', RecordState: 'ARCHIVED', Note }));
    expect(wire.securityHub.findings[0]).toMatchObject({
      Severity: { Label: 'LOW' },
      FindingProviderFields: { Severity: { Label: 'HIGH' } },
      Note: { Text: 'seen' },
      Workflow: { Status: 'RESOLVED' },
    });
    await importing(finding({ UpdatedAt: '2026-09-01T00:00:02Z', RecordState: 'ACTIVE' }));
    expect(wire.securityHub.findings[0]).toMatchObject({ Workflow: { Status: 'NEW' }, Note: { Text: 'seen' } });
  });

  test('a new finding takes its severity from FindingProviderFields, not from the top', async () => {
    await importing(finding({ Severity: { Label: 'LOW' } }));
    expect(wire.securityHub.findings[0]?.Severity?.Label).toBe('HIGH');
  });

  test('takes 100 findings and refuses 101 and none', async () => {
    expect((await importing(...numbered(100))).SuccessCount).toBe(100);
    await expect(importing(...numbered(101))).rejects.toMatchObject({ name: 'InvalidInputException' });
    await expect(importing()).rejects.toMatchObject({ name: 'InvalidInputException' });
    expect(wire.securityHub.findings).toHaveLength(100);
  });

  test('fails a finding of another account, and keeps the good one of the same call', async () => {
    const answer = await importing(finding({ AwsAccountId: '444455556666' }), finding({ Id: 'good' }));
    expect(answer).toMatchObject({ FailedCount: 1, SuccessCount: 1 });
    expect(answer.FailedFindings).toMatchObject([{ Id: 'finding-1', ErrorCode: 'InvalidAccess' }]);
    expect(wire.securityHub.findings.map(({ Id: id }) => id)).toEqual(['good']);
  });

  test.each([
    ['another account', 'arn:aws:securityhub:eu-central-1:444455556666:product/444455556666/default'],
    ['another Region', `arn:aws:securityhub:us-east-1:${ACCOUNT}:product/${ACCOUNT}/default`],
  ])('denies the call for the product of %s', async (_, productArn) => {
    await expect(importing(finding({ ProductArn: productArn }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });

  test('fails findings where Security Hub is off', async () => {
    wire.securityHub.disable(ACCOUNT, 'eu-central-1');
    expect(await firstFailure({})).toMatchObject({ ErrorCode: 'InvalidAccess' });
  });

  test('takes a finding of just under 240 KB and fails a larger one', async () => {
    expect(await firstFailure({ Id: 'fits', ...large(239_000) })).toBeUndefined();
    expect(await firstFailure(large(240_000))).toMatchObject({ ErrorCode: 'FindingSizeExceeded' });
  });

  const REQUIRED = ['SchemaVersion', 'Id', 'GeneratorId', 'AwsAccountId', 'CreatedAt', 'UpdatedAt', 'Title'] as const;
  test.each([...REQUIRED, 'ProductArn', 'Description', 'Resources'] as const)(
    'fails a finding without %s',
    async (name) => {
      expect(await firstFailure({ [name]: undefined })).toMatchObject({
        ErrorCode: 'InvalidInput',
        ErrorMessage: expect.stringContaining(`data should have required property '${name}'`),
      });
    },
  );

  const severity = 'FindingProviderFields.Severity';
  const action = 'Action.AwsApiCallAction';
  const time = '2026-09-01T00:00:00.123Z';

  /** Where, what is refused there, and what is just right. */
  const limits: [string, unknown, unknown][] = [
    ['SchemaVersion', '2018-10-09', '2018-10-08'],
    ['Id', long(513), long(512)],
    ['GeneratorId', long(513), long(512)],
    ['AwsAccountId', '11112222333', ACCOUNT],
    ['Title', long(257), long(256)],
    ['Title', ' ', ' x'],
    ['Description', long(1025), long(1024)],
    ['ProductName', long(129), long(128)],
    ['CompanyName', long(129), long(128)],
    ['Resources', many(33, resource), many(32, resource)],
    ['Resources', [], [resource('a')]],
    ['Resources.0.Type', long(257), long(256)],
    ['Resources.0.Type', undefined, 'Other'],
    ['Resources.0.Id', undefined, 'a'],
    ['Resources.0.Region', long(17), long(16)],
    ['Resources.0.Partition', 'aws-xx', 'aws-cn'],
    ['Types', many(51, types), many(50, types)],
    ['Types', ['Credential Access'], ['Unusual Behaviors/VM']],
    ['Types.0', 'TTPs/a/b/c', 'TTPs'],
    ['FindingProviderFields.Types', many(51, types), many(50, types)],
    ['FindingProviderFields.Types', undefined, ['TTPs']],
    ['FindingProviderFields.Types.0', 'Attack', 'Effects/Data Exfiltration/x'],
    ['Severity.Label', 'SEVERE', 'CRITICAL'],
    ['Severity.Normalized', 101, 100],
    ['Severity.Original', long(65), long(64)],
    [severity, undefined, { Label: 'LOW' }],
    [`${severity}.Label`, 'high', 'HIGH'],
    [`${severity}.Label`, undefined, 'HIGH'],
    [`${severity}.Original`, long(65), long(64)],
    ['Confidence', 101, 100],
    ['Criticality', -1, 0],
    ['FindingProviderFields.Confidence', 101, 100],
    ['FindingProviderFields.Criticality', 0.5, 1],
    ['RelatedFindings', many(11, related), many(10, related)],
    ['FindingProviderFields.RelatedFindings', [], many(10, related)],
    ['ProductFields', fields(51), fields(50)],
    ['ProductFields', { [long(129)]: 'x' }, { [long(128)]: 'x' }],
    ['ProductFields', { a: long(2049) }, { a: long(2048) }],
    ['ProductFields', { a: '' }, { a: 'x' }],
    ['ProductFields', { 'aws/x': 'x' }, { 'credlock/x': 'x' }],
    ['UserDefinedFields', fields(51), fields(50)],
    ['UserDefinedFields', { a: long(1025) }, { a: long(1024) }],
    ['Remediation.Recommendation.Text', long(513), long(512)],
    [
      'Note',
      { Text: long(513), UpdatedBy: 'x', UpdatedAt: time },
      { Text: long(512), UpdatedBy: 'x', UpdatedAt: time },
    ],
    ['Note.Text', long(513), long(512)],
    ['RecordState', 'OPEN', 'ARCHIVED'],
    ['VerificationState', 'TRUE', 'TRUE_POSITIVE'],
    ['Workflow.Status', 'DONE', 'RESOLVED'],
    ['Action.ActionType', 'API', 'AWS_API_CALL'],
    [`${action}.Api`, long(129), long(128)],
    [`${action}.ServiceName`, long(129), long(128)],
    [`${action}.CallerType`, 'ip', 'remoteip'],
    [`${action}.RemoteIpDetails.IpAddressV4`, '2001:db8::1', '192.0.2.1'],
    ['CreatedAt', '2026-09-01T00:00:00', time],
    ['UpdatedAt', '2026-09-01', time],
    ['FirstObservedAt', '1756684800', time],
    ['LastObservedAt', 'yesterday', time],
    ['Note.UpdatedAt', '2026-09-01 00:00:00Z', time],
    [`${action}.FirstSeen`, '01.09.2026', time],
    [`${action}.LastSeen`, '2026-09-01T00:00Z', time],
  ];
  test.each(limits)('fails a finding with a wrong %s, and takes the right one', async (path, wrong, right) => {
    expect(await firstFailure(withValue(path, wrong))).toMatchObject({ ErrorCode: 'InvalidInput' });
    expect(await firstFailure(withValue(path, right))).toBeUndefined();
  });

  test('every rule of the format has a limit above', () => {
    const covered = new Set(limits.map(([path]) => path.replaceAll(/\.0/g, '[]')));
    expect(FORMAT_RULES.map(({ path }) => path).filter((path) => !covered.has(path))).toEqual([]);
  });

  test('throttles the 31st call of a burst, and takes ten more a second later', async () => {
    for (let call = 0; call < 30; call += 1) await importing(finding());
    await expect(importing(finding())).rejects.toMatchObject({ name: 'TooManyRequestsException' });
    clock.advance(1000);
    for (let call = 0; call < 10; call += 1) await importing(finding());
    await expect(importing(finding())).rejects.toMatchObject({ $metadata: { httpStatusCode: 429 } });
  });

  test('fails the entries a test chooses and does the others', async () => {
    wire.fail(
      { operation: 'BatchImportFindings' },
      { kind: 'entries', which: (_, index) => index === 1, code: 'Boom' },
    );
    const answer = await importing(finding({ Id: 'a' }), finding({ Id: 'b' }), finding({ Id: 'c' }));
    expect(answer).toMatchObject({ FailedFindings: [{ Id: 'b', ErrorCode: 'Boom' }], SuccessCount: 2 });
    expect(wire.securityHub.findings.map(({ Id: id }) => id)).toEqual(['a', 'c']);
  });
});

describe('GetFindings', () => {
  beforeEach(async () => {
    await importing(finding({ Id: 'a' }), finding({ Id: 'ab', RecordState: 'ARCHIVED' }), finding({ Id: 'c' }));
  });

  test('filters: values of one attribute are alternatives, attributes add up', async () => {
    expect(await found({ Id: [equals('a'), equals('c')] })).toEqual(['a', 'c']);
    expect(await found({ Id: [{ Value: 'a', Comparison: 'PREFIX' }], RecordState: [equals('ACTIVE')] })).toEqual(['a']);
    expect(await found({ ProductArn: [equals(PRODUCT)], Id: [{ Value: 'a', Comparison: 'NOT_EQUALS' }] })).toEqual([
      'ab',
      'c',
    ]);
    expect(await found({ ProductArn: [equals('other')] })).toEqual([]);
  });

  test('pages through everything once', async () => {
    const first = await hub.send(new GetFindingsCommand({ MaxResults: 2 }));
    const second = await hub.send(new GetFindingsCommand({ MaxResults: 2, NextToken: first.NextToken }));
    expect([...(first.Findings ?? []), ...(second.Findings ?? [])].map(({ Id: id }) => id)).toEqual(['a', 'ab', 'c']);
    expect(second.NextToken).toBeUndefined();
  });

  test('sees only its own account', async () => {
    const other = new SecurityHubClient(wire.clientConfig({ account: '444455556666' }));
    expect((await other.send(new GetFindingsCommand({}))).Findings).toEqual([]);
    other.destroy();
  });

  test.each([
    ['a page of 101', { MaxResults: 101 }],
    ['a page of 0', { MaxResults: 0 }],
    ['a strange token', { NextToken: 'x' }],
    [
      '21 values',
      { Filters: { Id: Array.from({ length: 21 }, () => ({ Value: 'a', Comparison: 'EQUALS' as const })) } },
    ],
    ['CONTAINS', { Filters: { Title: [{ Value: 'a', Comparison: 'CONTAINS' as const }] } }],
    [
      'EQUALS with NOT_EQUALS',
      {
        Filters: {
          Id: [
            { Value: 'a', Comparison: 'EQUALS' as const },
            { Value: 'b', Comparison: 'NOT_EQUALS' as const },
          ],
        },
      },
    ],
  ])('refuses %s', async (_, input) => {
    await expect(hub.send(new GetFindingsCommand(input))).rejects.toMatchObject({ name: 'InvalidInputException' });
  });

  test('refuses 11 attributes', async () => {
    const names = ['Id', 'ProductArn', 'RecordState', 'AwsAccountId', 'GeneratorId', 'ProductName', 'CompanyName'];
    const all = [...names, 'Region', 'Title', 'Type', 'SeverityLabel'];
    const filters = Object.fromEntries(all.map((name) => [name, [{ Value: 'a', Comparison: 'EQUALS' }]]));
    await expect(found(filters)).rejects.toMatchObject({ name: 'InvalidInputException' });
  });

  test('says what it does not model', async () => {
    await expect(found({ Keyword: [{ Value: 'a' }] })).rejects.toMatchObject({ name: 'NotImplemented' });
    const sorted = new GetFindingsCommand({ SortCriteria: [{ Field: 'UpdatedAt', SortOrder: 'asc' }] });
    await expect(hub.send(sorted)).rejects.toMatchObject({ name: 'NotImplemented' });
  });

  test('throttles the seventh call of a burst', async () => {
    for (let call = 0; call < 6; call += 1) await found({});
    await expect(found({})).rejects.toMatchObject({ name: 'TooManyRequestsException' });
  });
});

describe('BatchUpdateFindings', () => {
  test('names what it could not update', async () => {
    await importing(finding());
    const identifier = { Id: 'finding-1', ProductArn: PRODUCT };
    const unknown = { Id: 'other', ProductArn: PRODUCT };
    const workflow = { Status: 'NOTIFIED' as const };
    const answer = await hub.send(
      new BatchUpdateFindingsCommand({ FindingIdentifiers: [identifier, unknown], Workflow: workflow }),
    );
    expect(answer.ProcessedFindings).toEqual([identifier]);
    expect(answer.UnprocessedFindings).toMatchObject([{ FindingIdentifier: unknown, ErrorCode: 'FindingNotFound' }]);
    expect(wire.securityHub.findings[0]?.Workflow).toEqual(workflow);
  });

  test('refuses 101 identifiers', async () => {
    const identifiers = Array.from({ length: 101 }, (_, index) => ({ Id: String(index), ProductArn: PRODUCT }));
    const update = new BatchUpdateFindingsCommand({ FindingIdentifiers: identifiers, Workflow: { Status: 'NEW' } });
    await expect(hub.send(update)).rejects.toMatchObject({ name: 'InvalidInputException' });
  });
});

import fc from 'fast-check';
import { guardrailPolicies, POLICY_LIMITS, type GuardrailPolicy } from '../../guardrails/guardrail-policies';
import { ALL_GUARDRAILS, parseGuardrailSettings, type GuardrailSettings } from '../../guardrails/guardrail-settings';
import { GUARDRAILS } from '../../lambda/detection/guardrails/guardrail';
import { GRAMMARS } from './policy-grammar';
import { valueOf } from '../../lambda/detection/model/result';

const ORGANIZATION = 'o-a1b2c3d4e5';
const EVERYTHING = settingsOf({
  ...Object.fromEntries(
    GUARDRAILS.map((name) => [name, { exemptRoles: ['break-glass', 'arn:aws:iam::*:role/ops/*'] }]),
  ),
  'own-vpc-only': { exemptServices: ['ssm', 'ec2messages'], attachTo: ['ou-ab12-cdefgh34', '111122223333', 'r-ab12'] },
  organizationId: ORGANIZATION,
});

function settingsOf(given: unknown): GuardrailSettings {
  return valueOf(parseGuardrailSettings(given));
}

function faultsOf(given: unknown): readonly string[] {
  const parsed = parseGuardrailSettings(given);
  return 'faults' in parsed ? parsed.faults : [];
}

function named(settings: GuardrailSettings, name: string): GuardrailPolicy {
  const found = guardrailPolicies(settings).find((policy) => policy.name === name);
  if (!found) throw new Error(`no policy ${name}`);
  return found;
}

describe('the policies', () => {
  test.each(guardrailPolicies(EVERYTHING).map((policy) => [policy.name, policy] as const))(
    '%s follows the grammar and fits',
    (_, { type, content, description, explained }) => {
      expect(GRAMMARS[type].safeParse(content).error?.issues).toBeUndefined();
      expect(JSON.stringify(content).length).toBeLessThanOrEqual(POLICY_LIMITS[type]);
      expect(description.length).toBeLessThanOrEqual(512);
      for (const { says, source } of explained) {
        expect(says).toMatch(/^[A-Z].{20,200}\.$/);
        expect(source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\//);
      }
    },
  );

  test('explain every statement, by its id, once', () => {
    for (const { content, explained } of guardrailPolicies(EVERYTHING)) {
      const statements = 'Statement' in content && Array.isArray(content.Statement) ? content.Statement : [];
      const sids = statements.map((statement: { Sid: string }) => statement.Sid);
      if (sids.length > 0) expect(explained.map(({ sid }) => sid)).toEqual(sids);
    }
  });

  test('have names of their own, which begin as all that is credlock’s', () => {
    const names = guardrailPolicies(EVERYTHING).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^credlock-[a-z0-9-]{1,119}$/);
  });

  test('are those of the guardrails that are on, and nothing else', () => {
    const on = settingsOf({ 'deny-imdsv1-keys': true, 'own-vpc-only': false });
    expect(guardrailPolicies(on).map(({ name }) => name)).toEqual(['credlock-deny-imdsv1-keys']);
    expect(guardrailPolicies(settingsOf({}))).toEqual([]);
  });

  test('are attached to nothing unless told', () => {
    expect(guardrailPolicies(ALL_GUARDRAILS).flatMap(({ attachTo }) => attachTo)).toEqual([]);
    expect(named(EVERYTHING, 'credlock-own-vpc-only').attachTo).toEqual(['ou-ab12-cdefgh34', '111122223333', 'r-ab12']);
  });

  test('know a role by its name on any path, and take the partition they are told', () => {
    const text = JSON.stringify(named(EVERYTHING, 'credlock-deny-imdsv1-keys').content);
    expect(text).toContain(
      '"ArnNotLike":{"aws:PrincipalArn":["arn:aws:iam::*:role/break-glass","arn:aws:iam::*:role/*/break-glass","arn:aws:iam::*:role/ops/*"]}',
    );
    const china = guardrailPolicies(settingsOf({ 'own-vpc-only': true }), 'aws-cn');
    expect(JSON.stringify(china)).toContain('arn:aws-cn:iam::*:role/aws:ec2-infrastructure');
    expect(JSON.stringify(china)).not.toContain('arn:aws:');
  });

  test('leave alone what AWS documents: services on an instance’s behalf, EC2 itself, clients without endpoints', () => {
    const { content } = named(EVERYTHING, 'credlock-own-vpc-only');
    expect(content).toMatchObject({
      Statement: [
        {
          NotAction: expect.arrayContaining([
            'dax:*',
            'elasticfilesystem:Client*',
            'rds-db:connect',
            'ssm:*',
            'ec2messages:*',
          ]),
          Condition: {
            StringNotEquals: { 'aws:SourceVpc': '${aws:Ec2InstanceSourceVpc}' },
            Null: { 'ec2:SourceInstanceARN': 'false' },
            BoolIfExists: { 'aws:ViaAWSService': 'false' },
            ArnNotLike: { 'aws:PrincipalArn': ['arn:aws:iam::*:role/aws:ec2-infrastructure'] },
          },
        },
      ],
    });
  });

  test('have a resource control policy only where the organisation is known', () => {
    const types = (settings: GuardrailSettings) => guardrailPolicies(settings).map(({ type }) => type);
    expect(types(settingsOf({ 'protect-credlock': true }))).toEqual(['SERVICE_CONTROL_POLICY']);
    expect(types(settingsOf({ 'protect-credlock': true, organizationId: ORGANIZATION }))).toEqual([
      'SERVICE_CONTROL_POLICY',
      'RESOURCE_CONTROL_POLICY',
    ]);
  });

  test('that grow too long are refused by name, with what to do', () => {
    const exemptRoles = Array.from({ length: 80 }, (_, at) => `a-role-with-quite-a-long-name-number-${at}`);
    expect(() => guardrailPolicies(settingsOf({ 'own-vpc-only': { exemptRoles } }))).toThrow(
      /^guardrail own-vpc-only: its SERVICE_CONTROL_POLICY has \d{4,5} characters, AWS Organizations accepts 5120: use fewer exemptRoles/,
    );
  });

  test('whatever roles and services are exempt, follow the grammar or are refused for their length', () => {
    const role = fc.stringMatching(/^[\w+=,.@-]{1,64}$/);
    const service = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/);
    fc.assert(
      fc.property(fc.array(role), fc.array(service), (exemptRoles, exemptServices) => {
        const settings = settingsOf({
          'own-vpc-only': { exemptRoles, exemptServices },
          'imds-defaults': { exemptRoles },
        });
        let policies: GuardrailPolicy[] = [];
        try {
          policies = guardrailPolicies(settings);
        } catch (error) {
          expect(String(error)).toContain('AWS Organizations takes');
        }
        for (const { type, content } of policies) expect(GRAMMARS[type].safeParse(content).success).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the grammar', () => {
  const statement = {
    Sid: 'A',
    Effect: 'Deny',
    Action: 's3:*',
    Resource: '*',
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
  const broken: readonly (readonly [string, keyof typeof GRAMMARS, object])[] = [
    ['an effect of Allow', 'SERVICE_CONTROL_POLICY', { ...statement, Effect: 'Allow' }],
    ['a principal in a service control policy', 'SERVICE_CONTROL_POLICY', { ...statement, Principal: '*' }],
    ['both Action and NotAction', 'SERVICE_CONTROL_POLICY', { ...statement, NotAction: ['s3:*'] }],
    ['an unknown operator', 'SERVICE_CONTROL_POLICY', { ...statement, Condition: { StringMatches: { 'aws:a': 'b' } } }],
    ['a condition that is no Bool', 'SERVICE_CONTROL_POLICY', { ...statement, Condition: { Bool: { 'aws:a': 'no' } } }],
    [
      'a role that is no ARN',
      'SERVICE_CONTROL_POLICY',
      { ...statement, Condition: { ArnLike: { 'aws:PrincipalArn': 'x' } } },
    ],
    ['no principal in a resource control policy', 'RESOURCE_CONTROL_POLICY', statement],
    [
      'all actions in a resource control policy',
      'RESOURCE_CONTROL_POLICY',
      { ...statement, Principal: '*', Action: '*' },
    ],
    [
      'a service that takes no resource control policy',
      'RESOURCE_CONTROL_POLICY',
      { ...statement, Principal: '*', Action: 'ec2:*' },
    ],
    [
      'NotAction in a resource control policy',
      'RESOURCE_CONTROL_POLICY',
      { ...statement, Principal: '*', NotAction: 's3:*' },
    ],
  ];

  test('takes what is right', () => {
    const right = { Version: '2012-10-17', Statement: [statement] };
    expect(GRAMMARS.SERVICE_CONTROL_POLICY.safeParse(right).success).toBe(true);
    const owned = { Version: '2012-10-17', Statement: [{ ...statement, Principal: '*' }] };
    expect(GRAMMARS.RESOURCE_CONTROL_POLICY.safeParse(owned).success).toBe(true);
  });

  test.each(broken)('refuses %s', (_, type, given) => {
    expect(GRAMMARS[type].safeParse({ Version: '2012-10-17', Statement: [given] }).success).toBe(false);
  });
});

describe('settings', () => {
  test.each([
    [{ 'own-vpc': true }, 'guardrails has no "own-vpc": known are protect-credlock'],
    [{ 'own-vpc-only': 'yes' }, 'own-vpc-only must be true, false or an object, got "yes"'],
    [
      { 'own-vpc-only': { exemptRole: [] } },
      'guardrails.own-vpc-only has no "exemptRole": known are attachTo, exemptRoles',
    ],
    [{ 'deny-imdsv1-keys': { exemptServices: ['ssm'] } }, 'guardrails.deny-imdsv1-keys has no "exemptServices"'],
    [
      { 'own-vpc-only': { exemptServices: ['SSM'] } },
      'must be a service’s prefix in IAM actions, like "ssm", got "SSM"',
    ],
    [
      { 'own-vpc-only': { exemptRoles: ['arn:aws:iam::1:user/x'] } },
      'guardrails.own-vpc-only.exemptRoles.0 must be a role name',
    ],
    [{ 'own-vpc-only': { attachTo: ['everything'] } }, 'guardrails.own-vpc-only.attachTo.0 must be a root (r-…)'],
    [
      { managementAccount: 111122223333 },
      'guardrails.managementAccount must be an account id of 12 digits, got 111122223333',
    ],
    [{ organizationId: 'mine' }, 'guardrails.organizationId must be the id of an organisation'],
    [{ hopLimit: 0 }, 'guardrails.hopLimit must be a whole number from 1 to 64, got 0'],
    [[], 'must be'],
  ])('%j is refused with its path and what is allowed', (given, fault) => {
    const faults = faultsOf(given);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(fault);
  });

  test('every fault is told at once', () => {
    expect(faultsOf({ hopLimit: 99, 'own-vpc-only': { attachTo: ['x'], exemptRoles: [''] } })).toHaveLength(3);
  });
});

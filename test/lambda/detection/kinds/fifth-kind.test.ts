import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CloudTrailRecord } from '../../../../lambda/detection/model/cloudtrail-record';
import { detect, type Detection } from '../../../../lambda/detection/detect';
import { FactSet } from '../../../../lambda/detection/facts/fact-set';
import { record as objectAt, text } from '../../../../lambda/detection/model/json-field';
import { parseSettings } from '../../../../lambda/detection/parse-settings';
import { workloadResource } from '../../../../lambda/adapters/security-hub/asff-workload-resources';
import { arnBeside } from '../../../../lambda/detection/model/workload';
import { observedPatterns } from '../../../../lib/patterns/event-patterns';
import { readInto } from '../../../../lambda/detection/records/read-facts';
import { readIssuance } from '../../../../lambda/detection/kinds/read-issuance';
import { parseSessionArn } from '../../../../lambda/detection/model/session-arn';
import { WORKLOAD_KINDS } from '../../../../lambda/detection/kinds/all-kinds';
import type {
  IssuedTo,
  LockPolicy,
  NamedBy,
  SessionArn,
  WorkloadKind,
} from '../../../../lambda/detection/model/workload-kind';
import { factsOf, ipRangesOf, shown, type Expected } from '../../../scenario';
import { valueOf } from '../../../../lambda/detection/model/result';

/**
 * A kind nobody ships: forges, which sign in to AWS by SAML with tags that say where they stand. All that is new about
 * them is in here.
 */
const FORGE_ARN = /^arn:([\w-]+):forge:([a-z0-9-]+):(\d{12}):forge\/([\w-]+)$/;
const FORGE_SESSION = /^forge-([\w-]+)$/;

function forges(lockPolicy: LockPolicy = 'first-use'): WorkloadKind {
  return {
    name: 'forge',
    noun: 'forge',
    watchedByDefault: false,
    lockPolicy: () => lockPolicy,
    provenBySessionArn: 'never',
    sitsOnHost: false,
    issuedTo: (record) => issuedToForge(record, lockPolicy),
    namedBy: namedByForge,
    events: {
      calls: { userIdentity: { arn: [{ wildcard: '*:assumed-role/*/forge-*' }] } },
      issuers: ['forge'],
      issuances: [{ requestParameters: { principalArn: [{ suffix: ':saml-provider/forges' }] } }],
      unseen: [],
    },
    resource: (workload) => ({
      type: 'AwsForge',
      id: arnBeside(workload, 'forge', `forge/${workload.id}`),
      details: { AwsForge: { Hall: workload.attributes['hall'] ?? '' } },
    }),
    replaceCommands: () => [],
    preserveCommands: () => [],
  };
}

function issuedToForge(record: CloudTrailRecord, lockPolicy: LockPolicy): IssuedTo | null {
  const issuance = readIssuance(record);
  const session = parseSessionArn(issuance?.session.arn ?? null);
  if (!session || issuance?.action !== 'AssumeRoleWithSAML') return null;
  if (!text(record.request, 'principalArn')?.endsWith(':saml-provider/forges')) return null;
  const tags = objectAt(record.request, 'principalTags');
  return {
    workload: forge(session, text(tags, 'forge') ?? session.name),
    region: text(tags, 'region'),
    attributes: { hall: text(tags, 'hall') ?? '', furnaces: text(tags, 'furnaces') ?? '' },
    session: issuance.session,
    askedByWorkload: lockPolicy === 'issuing-origin',
  };
}

function namedByForge(session: SessionArn, { identity }: CloudTrailRecord): NamedBy | null {
  const scope = identity.inScopeOf?.issuerType === 'AWS::Forge::Forge' ? identity.inScopeOf : null;
  const [, partition, region, account, id] = FORGE_ARN.exec(scope?.credentialsIssuedTo ?? '') ?? [];
  if (partition && region && account && id)
    return { workload: { partition, account, kind: 'forge', id }, shown: 'scope', region };
  const [, named] = FORGE_SESSION.exec(session.name) ?? [];
  return named ? { workload: forge(session, named), shown: 'shape', region: null } : null;
}

function forge({ partition, account }: SessionArn, id: string): IssuedTo['workload'] {
  return { partition, account, kind: 'forge', id };
}

type Fields = Readonly<Record<string, unknown>>;

const ACCOUNT = '111122223333';
const HOME = '198.51.100.44';
const ATTACKER = '192.0.2.66';
const KEY = 'ASIAFORGE00000000001';
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/smith/forge-north`;

function event(time: string, ip: string, action: string, changed: Fields): Fields {
  const [service, name] = action.split(':');
  return {
    eventVersion: '1.11',
    eventTime: `2026-10-06T${time}:00Z`,
    eventSource: `${service}.amazonaws.com`,
    eventName: name,
    awsRegion: 'eu-west-1',
    sourceIPAddress: ip,
    userAgent: 'forge/7',
    requestParameters: null,
    responseElements: null,
    eventID: `event/${time}/${ip}/${action}`,
    readOnly: true,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: ACCOUNT,
    eventCategory: 'Management',
    ...changed,
  };
}

/** A forge signs in; its tags say that it stands in Ireland. */
function signIn(time: string, ip: string, key: string = KEY): Fields {
  return event(time, ip, 'sts:AssumeRoleWithSAML', {
    userIdentity: { type: 'SAMLUser', principalId: 'forges:north', userName: 'north', identityProvider: 'forges' },
    requestParameters: {
      roleArn: `arn:aws:iam::${ACCOUNT}:role/smith`,
      principalArn: `arn:aws:iam::${ACCOUNT}:saml-provider/forges`,
      roleSessionName: 'forge-north',
      principalTags: { forge: 'north', region: 'eu-west-1', hall: 'B', furnaces: 3 },
    },
    responseElements: {
      credentials: { accessKeyId: key, expiration: '2026-10-06T18:00:00Z' },
      assumedRoleUser: { assumedRoleId: 'AROAEXAMPLEFORGE:forge-north', arn: SESSION },
    },
  });
}

function call(time: string, ip: string, action: string, identity: Fields = {}): Fields {
  return event(time, ip, action, {
    userIdentity: {
      type: 'AssumedRole',
      principalId: 'AROAEXAMPLEFORGE:forge-north',
      arn: SESSION,
      accountId: ACCOUNT,
      accessKeyId: KEY,
      sessionContext: { attributes: { creationDate: '2026-10-06T06:00:00Z', mfaAuthenticated: 'false' } },
      ...identity,
    },
  });
}

function detectAmong(kinds: readonly WorkloadKind[], records: readonly unknown[]): Detection {
  const facts = new FactSet();
  for (const record of records) readInto(facts, record, kinds);
  return detect({ facts, settings: defaults(), ipRanges: ipRangesOf('default'), kinds });
}

function defaults(): Parameters<typeof detect>[0]['settings'] {
  return valueOf(parseSettings({}));
}

function shownAmong(kinds: readonly WorkloadKind[], records: readonly unknown[]): Required<Expected>[] {
  return detectAmong(kinds, records).findings.map(shown);
}

const OUTSIDE = { type: 'OutsideAWS', severity: 'HIGH', workload: 'north', origin: ATTACKER, contested: false };
const KINDS = [...WORKLOAD_KINDS.slice(0, -1), forges(), ...WORKLOAD_KINDS.slice(-1)];
const AT_HOME = [signIn('06:00', '203.0.113.250'), call('06:05', HOME, 'iot:ListThings')];

describe('a fifth kind of workload', () => {
  const theft = [...AT_HOME, call('08:00', ATTACKER, 's3:ListBuckets')];

  it('has its theft found', () => {
    expect(shownAmong(KINDS, theft)).toEqual([OUTSIDE]);
  });

  it('is left alone at home', () => {
    expect(shownAmong(KINDS, [...AT_HOME, call('08:00', HOME, 's3:ListBuckets')])).toEqual([]);
  });

  it('is shown with its own name, Region and attributes', () => {
    const [finding] = detectAmong(KINDS, theft).findings;
    expect(finding?.workload).toEqual({
      partition: 'aws',
      account: ACCOUNT,
      kind: 'forge',
      id: 'north',
      region: 'eu-west-1',
      attributes: { hall: 'B', furnaces: '3' },
    });
    expect(finding?.title).toContain('forge north');
    expect(finding?.sessions).toEqual([{ arn: SESSION, role: 'smith', accessKeyIds: [KEY] }]);
  });

  it('is a resource of its own type in Security Hub', () => {
    const [finding] = detectAmong(KINDS, theft).findings;
    expect(finding?.workload && workloadResource(finding.workload, KINDS)).toEqual({
      Type: 'AwsForge',
      Id: `arn:aws:forge:eu-west-1:${ACCOUNT}:forge/north`,
      partition: 'aws',
      Region: 'eu-west-1',
      Details: {
        AwsForge: { Hall: 'B' },
        Other: { kind: 'forge', id: 'north', account: ACCOUNT, hall: 'B', furnaces: '3' },
      },
    });
  });

  it('has its calls and issuances forwarded', () => {
    const patterns = observedPatterns({ workloads: [], forwardAll: false, account: ACCOUNT }, [forges()]);
    const details = new Map(patterns.map(({ name, pattern }) => [name, pattern['detail']]));
    expect(details.get('forge')).toEqual(forges().events.calls);
    expect(details.get('issuance')).toMatchObject({
      $or: [
        { userIdentity: { invokedBy: ['forge.amazonaws.com', 'forge.amazonaws.com.cn'] } },
        { requestParameters: { principalArn: [{ suffix: ':saml-provider/forges' }] } },
        // Users may be made with stolen credentials.
        { userIdentity: { type: ['IAMUser'] } },
      ],
    });
  });

  it('keeps its lock at the first use that its Region makes plausible', () => {
    const virginia = '198.51.100.190';
    const records = [signIn('06:00', '203.0.113.250'), call('06:05', virginia, 's3:ListBuckets')];
    expect(shownAmong(KINDS, records)).toEqual([{ ...OUTSIDE, type: 'InsideAWS', origin: virginia }]);
  });

  it('is proven by its own field where nobody saw its key issued', () => {
    const inScopeOf = {
      issuerType: 'AWS::Forge::Forge',
      credentialsIssuedTo: `arn:aws:forge:eu-west-1:${ACCOUNT}:forge/north`,
    };
    const records = [
      call('06:05', HOME, 'iot:ListThings', { inScopeOf }),
      call('08:00', ATTACKER, 's3:ListBuckets', { inScopeOf }),
    ];
    expect(shownAmong(KINDS, records)).toEqual([OUTSIDE]);
  });

  it('is not proven by its name', () => {
    const detection = detectAmong(KINDS, [
      call('06:05', HOME, 'iot:ListThings'),
      call('08:00', ATTACKER, 's3:ListBuckets'),
    ]);
    expect(detection.findings).toEqual([]);
    expect(detection.counts.unproven).toBe(2);
  });

  it('is disproved by a key that a person got', () => {
    const mine = event('06:00', ATTACKER, 'sts:AssumeRole', {
      userIdentity: {
        type: 'IAMUser',
        arn: `arn:aws:iam::${ACCOUNT}:user/alice`,
        accountId: ACCOUNT,
        userName: 'alice',
      },
      requestParameters: { roleArn: `arn:aws:iam::${ACCOUNT}:role/smith`, roleSessionName: 'forge-north' },
      responseElements: { credentials: { accessKeyId: KEY, expiration: '2026-10-06T18:00:00Z' } },
    });
    const detection = detectAmong(KINDS, [mine, call('06:05', ATTACKER, 's3:ListBuckets')]);
    expect(detection.findings).toEqual([]);
    expect(detection.counts.disproved).toBe(1);
  });

  it('is nobody to those who do not know it', () => {
    expect(shownAmong(WORKLOAD_KINDS, theft)).toEqual([]);
  });

  it('is reported alike in whatever order its records come', () => {
    expect(detectAmong(KINDS, [...theft].reverse())).toEqual(detectAmong(KINDS, theft));
  });

  it('changes nothing for the kinds there are', () => {
    const instance = call('06:05', HOME, 'iot:ListThings', {
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/shop/i-0aaaabbbbccccdddd`,
      accessKeyId: 'ASIAINSTANCE00000001',
      inScopeOf: {
        issuerType: 'AWS::EC2::Instance',
        credentialsIssuedTo: `arn:aws:ec2:eu-west-1:${ACCOUNT}:instance/i-0aaaabbbbccccdddd`,
      },
    });
    const { userIdentity } = instance;
    const stolen = event('09:00', ATTACKER, 's3:ListBuckets', { userIdentity });
    const mixed = shownAmong(KINDS, [...theft, instance, stolen]);
    expect(mixed.map(({ workload }) => workload)).toEqual(['north', 'i-0aaaabbbbccccdddd']);
    expect(detectAmong(KINDS, [instance, stolen]).findings).toEqual(
      detect({ facts: factsOf([instance, stolen]), settings: defaults(), ipRanges: ipRangesOf('default') }).findings,
    );
  });
});

describe('a fifth kind with another lock', () => {
  it('of AWS addresses takes any of its Region and none outside AWS', () => {
    const kinds = [forges('aws-address')];
    const moves = [
      ...AT_HOME,
      call('07:00', '198.51.100.45', 's3:ListBuckets'),
      call('07:30', '203.0.113.9', 's3:ListBuckets'),
    ];
    expect(shownAmong(kinds, moves)).toEqual([]);
    expect(shownAmong(kinds, [...moves, call('08:00', ATTACKER, 's3:ListBuckets')])).toEqual([OUTSIDE]);
  });

  it('of issuing origins lets the key be used only where it was asked for', () => {
    const kinds = [forges('issuing-origin')];
    const asked = [signIn('06:00', HOME), call('06:05', HOME, 'iot:ListThings')];
    expect(shownAmong(kinds, asked)).toEqual([]);
    expect(shownAmong(kinds, [...asked, call('08:00', ATTACKER, 's3:ListBuckets')])).toEqual([OUTSIDE]);
  });

  it('of issuing origins tells of a sign-in from elsewhere', () => {
    const kinds = [forges('issuing-origin')];
    const asked = [signIn('06:00', HOME), call('06:05', HOME, 'iot:ListThings')];
    expect(shownAmong(kinds, [...asked, signIn('08:00', HOME, 'ASIAFORGE00000000002')])).toEqual([]);
    expect(shownAmong(kinds, [...asked, signIn('08:00', ATTACKER, 'ASIAFORGE00000000002')])).toEqual([OUTSIDE]);
  });
});

it('finds no kind named where findings are decided', () => {
  const detection = join(__dirname, '../../../../lambda/detection/judge');
  const deciding = ['judge.ts', ...readdirSync(join(detection, 'rules')).map((file) => join('rules', file))];
  const names = WORKLOAD_KINDS.map(({ name }) => name);
  const naming = deciding.filter((file) => {
    const code = readFileSync(join(detection, file), 'utf8');
    return names.some((name) => code.includes(`'${name}'`));
  });
  expect(naming).toEqual([]);
});

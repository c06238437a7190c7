import type { Settings } from '../../../../../lambda/detection/model/settings';
import { ACCOUNT, eni, OTHER_ACCOUNT, THIRD_ACCOUNT, Trail } from '../../trail';

const HOME = '198.51.100.10';
const THEIRS = `vpce-9@${OTHER_ACCOUNT}/10.0.0.5`;
const OWN = `vpce-1@${ACCOUNT}/10.0.0.5`;
const FIRST = 'and the workload’s first calls came from elsewhere';
const LATER = 'and the workload’s later calls come from elsewhere';

/** `HIGH ForeignEndpoint: why` of the finding about the endpoint; nothing where it is trusted. */
function about(trail: Trail, place = THEIRS): string | null {
  const [endpoint = ''] = place.split('@');
  const verdict = trail.judgement('i-1').verdicts.find(({ origin }) => origin.endpointId === endpoint);
  return verdict ? `${verdict.severity} ${verdict.type}: ${verdict.why}` : null;
}

const story = (settings: Partial<Settings> = {}): Trail => new Trail(settings);
const users = (trail: Trail, count: number, place = 'vpce-9', account = ACCOUNT): Trail => {
  for (let user = 2; user < 2 + count; user += 1)
    trail.calls(`i-${user}`, `${place}@${OTHER_ACCOUNT}/10.0.1.${user}`, '07:00', { account });
  return trail;
};

describe('an endpoint of an account of which no record was seen', () => {
  const suspicious = (why: string): string =>
    `HIGH ForeignEndpoint: vpce-9 belongs to account ${OTHER_ACCOUNT}, of which no record was seen, ${why}`;
  const launched = (): Trail =>
    story().changed('RunInstances', '06:00', {
      instanceId: 'i-1',
      interfaces: [eni('eni-1', { privateIps: ['10.0.0.5'] })],
    });

  it.each<[string, Trail, string | null]>([
    ['after the Internet', story().calls('i-1', HOME, '08:00').calls('i-1', THEIRS, '10:00'), suspicious(FIRST)],
    ['after IPv6', story().calls('i-1', '2001:db8:e1::5', '08:00').calls('i-1', THEIRS, '10:00'), suspicious(FIRST)],
    ['after its own endpoint', story().calls('i-1', OWN, '08:00').calls('i-1', THEIRS, '10:00'), suspicious(FIRST)],
    [
      'before all other calls',
      story().calls('i-1', THEIRS, '08:00').calls('i-1', HOME, ['09:00', '10:00']),
      suspicious(LATER),
    ],
    ['before its own endpoint', story().calls('i-1', THEIRS, '08:00').calls('i-1', OWN, '10:00'), suspicious(LATER)],
    [
      'before and between other calls',
      story().calls('i-1', THEIRS, ['08:00', '10:00']).calls('i-1', HOME, '09:00'),
      null,
    ],
    [
      'at the same time as the Internet',
      story().calls('i-1', THEIRS, ['08:00', '09:00']).calls('i-1', HOME, '08:00'),
      null,
    ],
    ['alone', story().calls('i-1', THEIRS, ['08:00', '10:00']), null],
    ['beside a service', story().calls('i-1', THEIRS, '08:00').calls('i-1', 'by s3.amazonaws.com', '10:00'), null],
    [
      'beside another one of that account',
      story().calls('i-1', THEIRS, '08:00').calls('i-1', `vpce-8@${OTHER_ACCOUNT}/10.0.0.5`, '10:00'),
      null,
    ],
    [
      'at its own address, after the Internet',
      launched().calls('i-1', HOME, '08:00').calls('i-1', THEIRS, '10:00'),
      null,
    ],
    [
      'at its own address, after its own endpoint',
      launched().calls('i-1', OWN, '08:00').calls('i-1', THEIRS, '10:00'),
      suspicious(FIRST),
    ],
    [
      'at its own address, before the Internet',
      launched().calls('i-1', THEIRS, '08:00').calls('i-1', HOME, '10:00'),
      null,
    ],
    ['that three others use', users(story().calls('i-1', HOME, '08:00').calls('i-1', THEIRS, '10:00'), 3), null],
    [
      'that two others use',
      users(story().calls('i-1', HOME, '08:00').calls('i-1', THEIRS, '10:00'), 2),
      suspicious(FIRST),
    ],
    [
      'of which three others use another endpoint',
      users(story().calls('i-1', HOME, '08:00').calls('i-1', THEIRS, '10:00'), 3, 'vpce-7'),
      null,
    ],
    [
      'that three of another account use',
      users(story().calls('i-1', HOME, '08:00').calls('i-1', THEIRS, '10:00'), 3, 'vpce-9', THIRD_ACCOUNT),
      suspicious(FIRST),
    ],
    [
      'beside a public address',
      story().calls('i-1', `vpce-9@${OTHER_ACCOUNT}/${HOME}`, '08:00'),
      suspicious('and shows a public address'),
    ],
  ])('%s', (_, trail, expected) => {
    expect(about(trail)).toBe(expected);
  });

  it('is suspicious where the record of its creation names the account alone', () => {
    const trail = story().calls('i-1', HOME, '08:00').calls('i-1', 'vpce-9/10.0.0.5', '10:00');
    trail.changed('CreateVpcEndpoint', '05:00', { account: OTHER_ACCOUNT, endpointIds: ['vpce-9'], vpcId: 'vpc-9' });
    expect(about(trail, 'vpce-9@')).toMatch(/^HIGH ForeignEndpoint: vpce-9 belongs to account/);
  });
});

describe('an endpoint of another account of the organisation', () => {
  const listed = (): Trail => story({ organizationAccounts: [ACCOUNT, OTHER_ACCOUNT] });
  const affiliated = `MEDIUM AffiliatedAccount: vpce-9 belongs to account ${OTHER_ACCOUNT} of the organisation, and the workload’s own calls go through endpoints of another account`;

  it.each<[string, Trail, string | null]>([
    ['after an endpoint of its account', listed().calls('i-1', OWN, '08:00').calls('i-1', THEIRS, '10:00'), affiliated],
    ['after the Internet', listed().calls('i-1', HOME, '08:00').calls('i-1', THEIRS, '08:30'), null],
    ['before an endpoint of its account', listed().calls('i-1', THEIRS, '08:00').calls('i-1', OWN, '10:00'), null],
    ['that two others use', users(listed().calls('i-1', OWN, '08:00').calls('i-1', THEIRS, '10:00'), 2), affiliated],
    ['that three others use', users(listed().calls('i-1', OWN, '08:00').calls('i-1', THEIRS, '10:00'), 3), null],
    [
      'that three others used after their own',
      ['i-2', 'i-3', 'i-4'].reduce(
        (trail, id) => trail.calls(id, OWN, '07:00').calls(id, THEIRS, '07:30'),
        listed().calls('i-1', OWN, '08:00').calls('i-1', THEIRS, '10:00'),
      ),
      null,
    ],
  ])('%s', (_, trail, expected) => {
    expect(about(trail)).toBe(expected);
  });

  it('is foreign where the organisation does not list its account', () => {
    const trail = story({ organizationAccounts: [ACCOUNT] }).calls('i-1', THEIRS, '08:00');
    expect(about(trail)).toBe(
      `HIGH ForeignEndpoint: vpce-9 belongs to account ${OTHER_ACCOUNT}, which is not in the organisation`,
    );
  });
});

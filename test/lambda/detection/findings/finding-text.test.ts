import type { Settings } from '../../../../lambda/detection/model/settings';
import type { Finding } from '../../../../lambda/detection/model/finding';
import { Did } from '../../../../lambda/detection/facts/facts';
import { asSentence, reasons } from '../../../../lambda/detection/findings/finding-text';
import { ACCOUNT, OTHER_ACCOUNT, Trail } from '../trail';

const HOME = '198.51.100.10';
const SECOND = '198.51.100.90';
const OUTSIDE = '192.0.2.66';
const LISTED: Partial<Settings> = { organizationAccounts: [ACCOUNT, OTHER_ACCOUNT] };

function finding(trail: Trail): Finding {
  const [only] = trail.detected().findings;
  if (!only) throw new Error('no finding');
  return only;
}

function used(place: string, settings: Partial<Settings> = {}): Trail {
  return new Trail(settings).calls('i-1', HOME, '08:00').calls('i-1', place, '10:00');
}

describe('a title', () => {
  const associated = { account: ACCOUNT, instanceId: 'i-9', publicIps: [SECOND] };
  const titles: readonly (readonly [string, Trail])[] = [
    [`used outside AWS: ${OUTSIDE}`, used(OUTSIDE)],
    [`used from two places: ${SECOND}`, used(SECOND)],
    ['used from an unknown AWS address: 198.51.100.200', used('198.51.100.200')],
    [
      `used from another address: ${SECOND}`,
      used(SECOND).changed('AssociateAddress', '06:00', { ...associated, account: OTHER_ACCOUNT }),
    ],
    ['used through a foreign VPC endpoint: vpce-1/10.0.0.5', used('vpce-1@777788889999/10.0.0.5', LISTED)],
    ['used from an address that cannot be its own: 10.0.0.9', used('10.0.0.9')],
    [`turned into a console session: ${HOME}`, new Trail().calls('i-1', HOME, '10:00', { did: Did.console })],
    [
      `used after its termination: ${SECOND}`,
      used(SECOND).changed('TerminateInstances', '08:00', { instanceId: 'i-1' }),
    ],
    [`used while it was stopped: ${SECOND}`, used(SECOND).changed('StopInstances', '08:00', { instanceId: 'i-1' })],
    [
      `used from another account of the organisation: ${SECOND}`,
      used(SECOND, LISTED).changed('AssociateAddress', '06:00', { ...associated, account: OTHER_ACCOUNT }),
    ],
    [
      `used from another workload of its account: ${SECOND}`,
      used(SECOND).changed('AssociateAddress', '06:00', associated),
    ],
    ['used through an AWS service: s3.amazonaws.com', used('s3.amazonaws.com')],
  ];

  it.each(titles)('says: %s', (title, trail) => {
    expect(finding(trail).title).toBe(`Credentials of EC2 instance i-1 ${title}`);
  });
});

describe('a description', () => {
  it('says who, where, when and why', () => {
    expect(finding(used(OUTSIDE)).description).toBe(
      `Credentials that AWS issued to EC2 instance i-1 (role orders-api, account ${ACCOUNT}) were used from ${OUTSIDE} at 2026-09-01T10:00:00Z. ${OUTSIDE} is in no AWS range (ip-ranges.json of 2026-08-01-00-00-00).`,
    );
  });

  it('stays neutral where two places have equal claims', () => {
    expect(finding(used(SECOND)).description).toBe(
      `Credentials that AWS issued to EC2 instance i-1 (role orders-api, account ${ACCOUNT}) were used from ${SECOND} at 2026-09-01T10:00:00Z. Both ${SECOND} and ${HOME} are plausible, but only one can be the workload’s own; ${HOME} was seen first, at 2026-09-01T08:00:00Z. ${SECOND} is an AWS address in eu-west-1 (EC2) of no account known here.`,
    );
  });
});

describe('long names', () => {
  const role = 'r'.repeat(300);
  const id = `i-${'0'.repeat(300)}`;
  const long = new Trail()
    .calls(id, '2001:db8:e1::5', '08:00', { role })
    .calls(id, '2001:db8:e1:1234:5678:9abc:def0:1234', '10:00', { role });

  it('stay within the limits of Security Hub', () => {
    const { title, description } = finding(long);
    expect(title.length).toBeLessThan(256);
    expect(description.length).toBeLessThan(1024);
    expect(title).toBe(
      `Credentials of EC2 instance i-${'0'.repeat(61)}… used from two places: 2001:db8:e1:1234:5678:9abc:def0:1234`,
    );
    expect(description).toContain(`(role ${'r'.repeat(63)}…, account`);
  });

  it('are cut where they exceed them, and not before', () => {
    const exact = new Trail().calls('i'.repeat(64), OUTSIDE, '08:00', { role: 'r'.repeat(64) });
    expect(finding(exact).title).toContain(`${'i'.repeat(64)} used`);
    expect(finding(exact).description).toContain(`(role ${'r'.repeat(64)}, `);
    const described = new Trail().calls('i-1', 'w'.repeat(2000), '08:00');
    expect(finding(described).description).toHaveLength(1000);
    expect(finding(described).description.endsWith('w…')).toBe(true);
  });
});

describe('a sentence', () => {
  it('begins with a capital, unless it begins with an id or an address', () => {
    expect(asSentence('the instance was stopped')).toBe('The instance was stopped.');
    expect(asSentence('after that, nothing')).toBe('After that, nothing.');
    expect(asSentence('vpce-1 belongs to account 1')).toBe('vpce-1 belongs to account 1.');
    expect(asSentence('i-1 has it')).toBe('i-1 has it.');
    expect(asSentence('s3.amazonaws.com is a service')).toBe('s3.amazonaws.com is a service.');
    expect(asSentence('192.0.2.1 is in no AWS range')).toBe('192.0.2.1 is in no AWS range.');
  });
});

describe('reasons', () => {
  const owner = {
    ownership: 'outside-aws',
    account: null,
    region: null,
    workloads: [],
    why: 'x is in no AWS range (of today)',
  } as const;

  it('say why and whose, and nothing twice', () => {
    expect(reasons('it was stopped', owner)).toEqual(['it was stopped', owner.why]);
    expect(reasons('x is in no AWS range', owner)).toEqual([owner.why]);
    const known = { ...owner, account: ACCOUNT, why: `x was on i-9 of account ${ACCOUNT}` };
    expect(reasons(`the address went to i-9 of account ${ACCOUNT}`, known)).toEqual([
      `the address went to i-9 of account ${ACCOUNT}`,
    ]);
    expect(reasons('it was stopped', known)).toEqual(['it was stopped', known.why]);
  });
});

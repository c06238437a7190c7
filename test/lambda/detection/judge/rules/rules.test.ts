import { Did } from '../../../../../lambda/detection/facts/facts';
import type { Settings } from '../../../../../lambda/detection/model/settings';
import { ACCOUNT, eni, OTHER_ACCOUNT, THIRD_ACCOUNT, Trail } from '../../trail';

const HOME = '198.51.100.10';
const SECOND = '198.51.100.90';
const OUTSIDE = '192.0.2.66';

const LAUNCH = {
  instanceId: 'i-1',
  interfaces: [eni('eni-1', { attachmentId: 'attach-1', privateIps: ['10.0.0.5'] })],
};

function launched(settings: Partial<Settings> = {}): Trail {
  return new Trail(settings).changed('RunInstances', '06:00', LAUNCH);
}

describe('not its own request', () => {
  it('says that no workload opens a console, even at its own address', () => {
    const trail = new Trail().calls('i-1', HOME, '10:00').calls('i-1', HOME, '11:00', { did: Did.console });
    expect(trail.decisions('i-1')).toEqual(['10:00 first-use trusted', '11:00 not-its-own-request suspicious']);
    expect(trail.found()).toEqual([`HIGH ConsoleSession i-1 ${HOME}`]);
  });

  it('neither judges nor locks what only relays', () => {
    const relays = [{ action: 'sts:GetCallerIdentity', cidr: '192.0.2.64/29' }];
    const trail = new Trail({ relays })
      .calls('i-1', OUTSIDE, '09:00', { did: Did.callerIdentity })
      .calls('i-1', HOME, '10:00');
    expect(trail.decisions('i-1')).toEqual(['09:00 not-its-own-request ignored', '10:00 first-use trusted']);
    expect(trail.judgement('i-1').lock.map(({ origin }) => origin.ip)).toEqual([HOME]);
    expect(trail.detected().counts.relayed).toBe(1);
  });

  it('judges a relay that did one other thing, at any time', () => {
    const relays = [{ action: 'sts:GetCallerIdentity', cidr: '192.0.2.64/29' }];
    const trail = new Trail({ relays })
      .calls('i-1', HOME, '08:00')
      .calls('i-1', OUTSIDE, '09:00', { did: Did.callerIdentity })
      .calls('i-1', OUTSIDE, '12:00', { did: Did.other });
    expect(trail.found()).toEqual([`HIGH OutsideAWS i-1 ${OUTSIDE}`]);
    expect(trail.judgement('i-1').verdicts[0]?.sightings).toHaveLength(2);
  });

  it('takes a control plane of the Region for a relay of a node that shows itself as one', () => {
    const control = (place: string, node: (trail: Trail) => Trail) =>
      node(new Trail().calls('i-1', HOME, '08:00'))
        .calls('i-1', place, '09:00', { did: Did.callerIdentity })
        .decisions('i-1')
        .at(-1);
    const tagged = (trail: Trail) => trail.changed('CreateTags', '07:00', { instanceId: 'i-1', eksNode: true });
    const shown = (trail: Trail) => trail.calls('i-1', HOME, '08:30', { did: Did.eksNode | Did.other });
    expect(control(SECOND, tagged)).toBe('09:00 not-its-own-request ignored');
    expect(control(SECOND, shown)).toBe('09:00 not-its-own-request ignored');
    expect(control('203.0.113.130', tagged)).toBe('09:00 not-its-own-request ignored');
    expect(control(SECOND, (trail) => trail)).toBe('09:00 unexplained suspicious');
    expect(control('198.51.100.200', tagged)).toBe('09:00 unexplained suspicious');
    expect(control(OUTSIDE, tagged)).toBe('09:00 unexplained suspicious');
  });

  it('does not take a node from a private address that cannot be its own', () => {
    const trail = new Trail()
      .calls('i-1', HOME, '08:00')
      .calls('i-1', '10.9.9.9', '08:30', { did: Did.eksNode | Did.other })
      .calls('i-1', SECOND, '09:00', { did: Did.callerIdentity });
    expect(trail.decisions('i-1').at(-1)).toBe('09:00 unexplained suspicious');
  });

  it('takes any AWS Region for that of a node whose own is unknown', () => {
    const trail = new Trail()
      .calls('i-1', HOME, '08:00', { region: null, did: Did.eksNode | Did.other })
      .calls('i-1', '198.51.100.200', '09:00', { region: null, did: Did.callerIdentity });
    expect(trail.decisions('i-1').at(-1)).toBe('09:00 not-its-own-request ignored');
    expect(trail.withoutRanges().decisions('i-1').at(-1)).toBe('09:00 unexplained suspicious');
  });
});

describe('service callers', () => {
  it('trusts a service that says so, and learns no address of it', () => {
    const trail = new Trail().calls('i-1', 'by cloudformation.amazonaws.com', '09:00').calls('i-1', HOME, '10:00');
    expect(trail.decisions('i-1')).toEqual(['09:00 service-caller trusted', '10:00 first-use trusted']);
    expect(trail.judgement('i-1').decisions[0]).toMatchObject({
      because: 'service',
      why: 'cloudformation.amazonaws.com called on the workload’s behalf, according to invokedBy',
    });
  });

  it.each([
    ['cloudformation.amazonaws.com', 'LOW'],
    ['appstream.amazonaws.com', 'MEDIUM'],
    ['workspaces.amazonaws.com', 'MEDIUM'],
    ['cloudshell.amazonaws.com', 'MEDIUM'],
    ['cloud9.amazonaws.com', 'MEDIUM'],
    ['codebuild.amazonaws.com', 'MEDIUM'],
    ['sagemaker.amazonaws.com', 'MEDIUM'],
    ['sagemakers.amazonaws.com', 'LOW'],
    ['AWS Internal', 'LOW'],
  ])('finds that %s does not say so: %s', (service, severity) => {
    const trail = new Trail().calls('i-1', service, '09:00');
    expect(trail.found()).toEqual([`${severity} UnattributedService i-1 ${service}`]);
  });
});

describe('dead or stopped', () => {
  const dead = (time: string) =>
    launched().changed('TerminateInstances', '09:00', { instanceId: 'i-1' }).calls('i-1', HOME, time).decisions('i-1');
  const stopped = (...times: string[]) =>
    launched()
      .changed('StopInstances', '09:00', { instanceId: 'i-1' })
      .calls('i-1', HOME, ['08:00', ...times]);

  it('lets a shutdown take a quarter of an hour', () => {
    expect(dead('09:15')).toEqual(['09:15 first-use trusted']);
    expect(dead('09:15:01')).toEqual(['09:15 dead-or-stopped suspicious']);
    expect(stopped('09:15').decisions('i-1').at(-1)).toBe('09:15 locked trusted');
    expect(stopped('09:15:01').decisions('i-1').at(-1)).toBe('09:15 dead-or-stopped suspicious');
  });

  it('says what it is by whether the origin was locked', () => {
    expect(stopped('10:00').found()).toEqual([`MEDIUM WhileStopped i-1 ${HOME}`]);
    const elsewhere = launched()
      .changed('StopInstances', '09:00', { instanceId: 'i-1' })
      .calls('i-1', HOME, '08:00')
      .calls('i-1', OUTSIDE, '10:00');
    expect(elsewhere.found()).toEqual([`HIGH WhileStopped i-1 ${OUTSIDE}`]);
    expect(elsewhere.judgement('i-1').verdicts[0]).toMatchObject({
      why: 'the instance was stopped at 2026-09-01T09:00:00Z, and no start or new issuance was seen before the call',
      events: ['StopInstances 09:00 i-1'],
      rule: 'dead-or-stopped',
    });
  });

  it('is over with a start or a new issuance, not with an old one or a later one', () => {
    const after = (more: (trail: Trail) => Trail) => more(stopped('10:00')).decisions('i-1').at(-1);
    expect(after((trail) => trail.changed('StartInstances', '09:30', { instanceId: 'i-1' }))).toBe(
      '10:00 locked trusted',
    );
    expect(after((trail) => trail.changed('StartInstances', '10:00:01', { instanceId: 'i-1' }))).toBe(
      '10:00 dead-or-stopped suspicious',
    );
    expect(after((trail) => trail.issued('i-1', '09:30'))).toBe('10:00 locked trusted');
    expect(after((trail) => trail.issued('i-1', '10:00'))).toBe('10:00 locked trusted');
    expect(after((trail) => trail.issued('i-1', '10:00:01'))).toBe('10:00 dead-or-stopped suspicious');
    expect(after((trail) => trail.issued('i-1', '09:00'))).toBe('10:00 dead-or-stopped suspicious');
  });

  it('counts from the last stop before the call', () => {
    const trail = stopped('10:00')
      .changed('StartInstances', '09:20', { instanceId: 'i-1' })
      .changed('StopInstances', '09:50', { instanceId: 'i-1' })
      .changed('StopInstances', '11:00', { instanceId: 'i-1', id: 'later' });
    expect(trail.decisions('i-1').at(-1)).toBe('10:00 locked trusted');
  });

  it('trusts what AWS does for a dead instance', () => {
    const trail = launched()
      .changed('TerminateInstances', '09:00', { instanceId: 'i-1' })
      .calls('i-1', 'by ec2.amazonaws.com', '12:00');
    expect(trail.found()).toEqual([]);
  });
});

describe('endpoints', () => {
  const at = (owner: string, place: string, more: Partial<Settings> = {}) =>
    new Trail(more).calls('i-1', 'vpce-1/10.0.0.5', '08:00').calls('i-1', `vpce-2@${owner}/${place}`, '09:00');

  it('takes one slot for a private address through every endpoint of ours', () => {
    const trail = new Trail()
      .calls('i-1', `vpce-1@${ACCOUNT}/10.0.0.5`, '08:00')
      .calls('i-1', `vpce-2@${ACCOUNT}/10.0.0.5`, '09:00');
    expect(trail.decisions('i-1')).toEqual(['08:00 first-use trusted', '09:00 locked trusted']);
    expect(trail.judgement('i-1').lock).toHaveLength(1);
  });

  it('takes endpoint and address for the slot where the owner is unknown', () => {
    const trail = new Trail().calls('i-1', 'vpce-1/10.0.0.5', '08:00').calls('i-1', 'vpce-2/10.0.0.5', '09:00');
    expect(trail.decisions('i-1')).toEqual(['08:00 first-use trusted', '09:00 unexplained suspicious']);
    expect(trail.found()).toEqual(['HIGH ForeignEndpoint i-1 10.0.0.5']);
  });

  it('places an endpoint by the record that made it', () => {
    const made = (account: string) =>
      new Trail({ organizationAccounts: [ACCOUNT] })
        .changed('CreateVpcEndpoint', '06:00', { account, vpcId: 'vpc-1', endpointIds: ['vpce-2'] })
        .calls('i-1', 'vpce-2/10.0.0.5', '09:00')
        .decisions('i-1');
    expect(made(ACCOUNT)).toEqual(['09:00 first-use trusted']);
    expect(made(OTHER_ACCOUNT)).toEqual(['09:00 endpoint suspicious']);
  });

  it('finds a foreign endpoint at first sight, whatever the address', () => {
    const settings = { organizationAccounts: [ACCOUNT, THIRD_ACCOUNT] };
    expect(at(OTHER_ACCOUNT, '10.0.0.5', settings).found()).toEqual(['HIGH ForeignEndpoint i-1 10.0.0.5']);
    expect(at(THIRD_ACCOUNT, '10.0.0.5', settings).decisions('i-1').at(-1)).toBe('09:00 unexplained suspicious');
    expect(at(ACCOUNT, '10.0.0.5', settings).decisions('i-1').at(-1)).toBe('09:00 unexplained suspicious');
    const first = new Trail(settings).calls('i-1', `vpce-2@${OTHER_ACCOUNT}/10.0.0.5`, '09:00');
    expect(first.found()).toEqual(['HIGH ForeignEndpoint i-1 10.0.0.5']);
  });

  describe('without a list of accounts', () => {
    it('suspects an endpoint of an unseen owner that came after the first', () => {
      const own = launched().calls('i-1', 'vpce-1/10.0.0.5', '08:00');
      own.calls('i-1', `vpce-2@${OTHER_ACCOUNT}/10.0.0.5`, '09:00');
      expect(own.found()).toEqual(['HIGH ForeignEndpoint i-1 10.0.0.5']);
    });

    it('does not where it is the first, or the same one, or of the same owner', () => {
      const first = launched().calls('i-1', `vpce-2@${OTHER_ACCOUNT}/10.0.0.5`, ['08:00', '09:00']);
      expect(first.found()).toEqual([]);
      const sameOwner = launched()
        .calls('i-1', `vpce-1@${OTHER_ACCOUNT}/10.0.0.5`, '08:00')
        .calls('i-1', `vpce-2@${OTHER_ACCOUNT}/10.0.0.5`, '09:00');
      expect(sameOwner.found()).toEqual([]);
    });

    it('does not where the owner’s records are read too', () => {
      const trail = launched()
        .calls('i-1', 'vpce-1/10.0.0.5', '08:00')
        .calls('i-1', `vpce-2@${OTHER_ACCOUNT}/10.0.0.5`, '09:00');
      trail.facts.sawAccount(OTHER_ACCOUNT);
      expect(trail.found()).toEqual([]);
    });

    it('does not where three others of the account use endpoints of that owner', () => {
      const used = (others: number, account = ACCOUNT) => {
        const trail = launched().calls('i-1', 'vpce-1/10.0.0.5', '08:00');
        trail.calls('i-1', `vpce-2@${OTHER_ACCOUNT}/10.0.0.5`, '09:00');
        for (let index = 0; index < others; index += 1)
          trail.calls(`i-n${index}`, `vpce-3@${OTHER_ACCOUNT}/10.0.1.${index}`, '07:00', { account });
        return trail.decisions('i-1').at(-1);
      };
      expect(used(2)).toBe('09:00 endpoint suspicious');
      expect(used(3)).toBe('09:00 own-address trusted');
      expect(used(3, THIRD_ACCOUNT)).toBe('09:00 endpoint suspicious');
    });

    it('does not before the first endpoint was used', () => {
      const trail = launched()
        .calls('i-1', `vpce-2@${OTHER_ACCOUNT}/10.0.0.5`, '07:00', { shown: 'shape', legacy: true, accessKeyId: null })
        .issued('i-1', '06:30')
        .calls('i-1', 'vpce-1/10.0.0.5', '08:00');
      expect(trail.decisions('i-1')[0]).toBe('07:00 own-address trusted');
    });
  });
});

describe('declared networks', () => {
  const declared = (network: object, place = OUTSIDE, role = 'orders-api') =>
    new Trail({ trustedNetworks: [{ cidr: '192.0.2.64/29', ...network }] })
      .calls('i-1', place, '09:00', { role })
      .decisions('i-1')[0];
  const YES = '09:00 declared trusted';
  const NO = '09:00 unexplained suspicious';

  it('hold for every account and role, or for those they name', () => {
    expect(declared({})).toBe(YES);
    expect(declared({ accounts: [], roles: [] })).toBe(YES);
    expect(declared({ accounts: [OTHER_ACCOUNT, ACCOUNT] })).toBe(YES);
    expect(declared({ accounts: [OTHER_ACCOUNT] })).toBe(NO);
    expect(declared({ roles: ['billing', 'orders-api'] })).toBe(YES);
    expect(declared({ roles: ['billing'] })).toBe(NO);
    expect(declared({}, '192.0.2.80')).toBe(NO);
  });

  it('name a role by its ARN too, with or without a path, in its own account', () => {
    expect(declared({ roles: [`arn:aws:iam::${ACCOUNT}:role/orders-api`] })).toBe(YES);
    expect(declared({ roles: [`arn:aws:iam::${ACCOUNT}:role/team/orders-api`] })).toBe(YES);
    expect(declared({ roles: [`arn:aws:iam::${ACCOUNT}:role/team-orders-api`] })).toBe(NO);
    expect(declared({ roles: [`arn:aws:iam::${OTHER_ACCOUNT}:role/orders-api`] })).toBe(NO);
  });

  it('hold private addresses and endpoints too, and no services', () => {
    const trail = (place: string) =>
      new Trail({ trustedNetworks: [{ cidr: '10.0.0.0/8' }] }).calls('i-1', place, '09:00').decisions('i-1')[0];
    expect(trail('10.1.2.3')).toBe(YES);
    expect(trail('vpce-1/10.1.2.3')).toBe(YES);
    expect(trail('s3.amazonaws.com')).toBe('09:00 service-caller suspicious');
  });
});

describe('locks and first uses', () => {
  it('keep one first use a path', () => {
    const trail = new Trail()
      .calls('i-1', HOME, '08:00')
      .calls('i-1', '2001:db8:e1::5', '08:10')
      .calls('i-1', 'vpce-1/10.0.0.5', '08:20')
      .calls('i-1', SECOND, '09:00')
      .calls('i-1', '2001:db8:e1::6', '09:10')
      .calls('i-1', 'vpce-1/10.0.0.6', '09:20')
      .calls('i-1', HOME, '10:00');
    expect(trail.decisions('i-1')).toEqual([
      '08:00 first-use trusted',
      '08:10 first-use trusted',
      '08:20 first-use trusted',
      '09:00 unexplained suspicious',
      '09:10 unexplained suspicious',
      '09:20 unexplained suspicious',
      '10:00 locked trusted',
    ]);
    expect(
      trail
        .judgement('i-1')
        .decisions.map(({ why }) => why)
        .filter((why) => why.startsWith('first use')),
    ).toEqual([
      `first use on the public IPv4 path: ${HOME} is an EC2 address of eu-west-1`,
      'first use on the public IPv6 path: 2001:db8:e1::5 is an EC2 address of eu-west-1',
      'first use on the endpoint path: nothing rules out 10.0.0.5',
    ]);
  });

  it('accept an unverified first use without ranges', () => {
    const trail = new Trail().withoutRanges().calls('i-1', OUTSIDE, '08:00').calls('i-1', SECOND, '09:00');
    expect(trail.judgement('i-1').lock[0]).toMatchObject({
      because: 'first-use-unverified',
      why: 'first use on the public IPv4 path: without ip-ranges.json the owner of the address is unknown',
    });
    expect(trail.found()).toEqual([`HIGH UnknownOwner i-1 ${SECOND}`]);
  });

  it('do not let the infrastructure role or a proof by session name anchor', () => {
    const infrastructure = new Trail()
      .calls('i-1', SECOND, '08:00', { role: 'aws:ec2-infrastructure' })
      .calls('i-1', HOME, '09:00');
    expect(infrastructure.decisions('i-1')).toEqual(['08:00 unexplained suspicious', '09:00 first-use trusted']);
    const byName = new Trail()
      .issued('i-1', '07:00')
      .calls('i-1', SECOND, '08:00', { shown: 'shape', legacy: true, accessKeyId: null })
      .calls('i-1', HOME, '09:00');
    expect(byName.decisions('i-1')).toEqual(['08:00 unexplained suspicious', '09:00 first-use trusted']);
  });

  it('do not let a console anchor', () => {
    const trail = new Trail().calls('i-1', SECOND, '08:00', { did: Did.console }).calls('i-1', HOME, '09:00');
    expect(trail.decisions('i-1')).toEqual(['08:00 not-its-own-request suspicious', '09:00 first-use trusted']);
  });

  it('are not lost by a release long before the first use', () => {
    const trail = new Trail()
      .changed('AllocateAddress', '06:00', { publicIps: [HOME], allocationIds: ['eipalloc-1'] })
      .changed('ReleaseAddress', '06:30', { allocationIds: ['eipalloc-1'] })
      .calls('i-1', HOME, ['08:00', '09:00', '10:00']);
    expect(trail.decisions('i-1')).toEqual(['08:00 first-use trusted', '09:00 locked trusted', '10:00 locked trusted']);
  });

  it('are lost by a release after it, from the next hour on', () => {
    const trail = new Trail()
      .changed('AllocateAddress', '06:00', { publicIps: [HOME], allocationIds: ['eipalloc-1'] })
      .changed('ReleaseAddress', '09:30', { allocationIds: ['eipalloc-1'] })
      .calls('i-1', HOME, ['08:00', '09:45', '10:00']);
    expect(trail.decisions('i-1')).toEqual([
      '08:00 first-use trusted',
      '09:45 locked trusted',
      '10:00 unexplained suspicious',
    ]);
    expect(trail.judgement('i-1').lock[0]?.until).toBe(Date.parse('2026-09-01T09:30:00Z'));
  });

  it('are shared with an instance that forwards', () => {
    const moved = (check: boolean | null) =>
      new Trail()
        .calls('i-1', HOME, ['08:00', '10:00'])
        .changed('AssociateAddress', '09:00', { instanceId: 'i-2', publicIps: [HOME] })
        .changed('ModifyInstanceAttribute', '07:00', { instanceId: 'i-2', sourceDestCheck: check })
        .decisions('i-1')
        .at(-1);
    expect(moved(null)).toBe('10:00 unexplained suspicious');
    expect(moved(false)).toBe('10:00 locked trusted');
  });
});

describe('doors', () => {
  const started = (time = '09:00') =>
    new Trail().calls('i-1', HOME, '08:00').changed('StartInstances', time, { instanceId: 'i-1' });

  it('admit one plausible origin, and it stays', () => {
    const trail = started().calls('i-1', SECOND, ['10:00', '11:00']).calls('i-1', '198.51.100.91', '12:00');
    expect(trail.decisions('i-1').slice(1)).toEqual([
      '10:00 first-use trusted',
      '11:00 locked trusted',
      '12:00 unexplained suspicious',
    ]);
    expect(trail.judgement('i-1').lock.map(({ because }) => because)).toEqual(['first-use', 'door']);
  });

  it('admit nothing implausible, of another path, or without proof', () => {
    expect(started().calls('i-1', OUTSIDE, '10:00').decisions('i-1').at(-1)).toBe('10:00 unexplained suspicious');
    const other = started().calls('i-1', '2001:db8:e1::5', '08:30').calls('i-1', '2001:db8:e1::6', '10:00');
    expect(other.decisions('i-1').at(-1)).toBe('10:00 unexplained suspicious');
    const unproven = started()
      .issued('i-1', '07:00')
      .calls('i-1', SECOND, '10:00', { shown: 'shape', legacy: true, accessKeyId: null });
    expect(unproven.decisions('i-1').at(-1)).toBe('10:00 unexplained suspicious');
  });

  it('open a minute before the change and close after a day, or after the hours set', () => {
    const changed = (settings = {}) =>
      new Trail(settings)
        .calls('i-1', HOME, '08:00')
        .changed('AssociateAddress', '09:00', { instanceId: 'i-1', allocationIds: ['eipalloc-9'] });
    const step = (time: string, trail = changed()) =>
      trail.calls('i-1', SECOND, time).decisions('i-1').at(-1)?.slice(6);
    expect(step('08:58:59')).toBe('unexplained suspicious');
    expect(step('08:59')).toBe('first-use trusted');
    expect(step('1d 09:00')).toBe('first-use trusted');
    expect(step('1d 09:00:01')).toBe('unexplained suspicious');
    expect(step('11:00:01', changed({ doorHours: 2 }))).toBe('unexplained suspicious');
  });

  it('of a start stay open until they are used', () => {
    const step = (time: string) => started().calls('i-1', SECOND, time).decisions('i-1').at(-1)?.slice(6);
    expect(step('08:58:59')).toBe('unexplained suspicious');
    expect(step('9d 09:00')).toBe('first-use trusted');
  });

  it('of a start or a lost address close when the old address is seen again, and not before', () => {
    expect(started('08:00').calls('i-1', SECOND, '10:00').decisions('i-1').at(-1)).toBe('10:00 first-use trusted');
    const again = started().calls('i-1', HOME, '09:30').calls('i-1', SECOND, '10:00');
    expect(again.decisions('i-1').at(-1)).toBe('10:00 unexplained suspicious');
    const lost = new Trail()
      .changed('AllocateAddress', '06:00', { publicIps: [HOME], allocationIds: ['eipalloc-1'] })
      .changed('AssociateAddress', '06:30', {
        instanceId: 'i-1',
        allocationIds: ['eipalloc-1'],
        associationIds: ['eipassoc-1'],
      })
      .calls('i-1', HOME, '08:00')
      .changed('DisassociateAddress', '09:00', { associationIds: ['eipassoc-1'] });
    expect(lost.calls('i-1', SECOND, '10:00').decisions('i-1').at(-1)).toBe('10:00 first-use trusted');
    expect(lost.calls('i-1', HOME, '09:30').decisions('i-1').at(-1)).toBe('10:00 unexplained suspicious');
  });

  it('of a start stay open while another path is seen', () => {
    const trail = started().calls('i-1', 'vpce-1/10.0.0.5', '09:30').calls('i-1', SECOND, '10:00');
    expect(trail.decisions('i-1').at(-1)).toBe('10:00 first-use trusted');
  });

  it('of an unknown Elastic IP address stay open when the old address is seen', () => {
    const trail = new Trail()
      .calls('i-1', HOME, ['08:00', '09:30'])
      .changed('AssociateAddress', '09:00', { instanceId: 'i-1', allocationIds: ['eipalloc-unseen'] })
      .calls('i-1', SECOND, '10:00');
    expect(trail.decisions('i-1').at(-1)).toBe('10:00 first-use trusted');
  });

  it('of an unknown interface admit any path, though the launch told all interfaces', () => {
    const attached = (place: string) =>
      launched()
        .calls('i-1', 'vpce-1/10.0.0.5', '07:00')
        .calls('i-1', HOME, '07:10')
        .changed('AttachNetworkInterface', '09:00', { instanceId: 'i-1', interfaces: [eni('eni-9')] })
        .calls('i-1', place, '10:00')
        .decisions('i-1')
        .at(-1);
    expect(attached('vpce-1/10.0.0.77')).toBe('10:00 first-use trusted');
    expect(attached(SECOND)).toBe('10:00 first-use trusted');
    expect(attached('2001:db8:e1::9')).toBe('10:00 first-use trusted');
  });

  it('of which several are open are used one by one', () => {
    const trail = started()
      .changed('AssociateAddress', '09:10', { instanceId: 'i-1', allocationIds: ['eipalloc-unseen'] })
      .calls('i-1', SECOND, '10:00')
      .calls('i-1', '198.51.100.91', '11:00')
      .calls('i-1', '198.51.100.92', '12:00');
    expect(trail.decisions('i-1').slice(1)).toEqual([
      '10:00 first-use trusted',
      '11:00 first-use trusted',
      '12:00 unexplained suspicious',
    ]);
  });

  it('admit no address that the workload just gave back', () => {
    const trail = new Trail()
      .changed('AllocateAddress', '06:00', { publicIps: [SECOND], allocationIds: ['eipalloc-1'] })
      .changed('AssociateAddress', '06:30', {
        instanceId: 'i-1',
        allocationIds: ['eipalloc-1'],
        associationIds: ['eipassoc-1'],
      })
      .calls('i-1', SECOND, '07:00')
      .changed('DisassociateAddress', '08:00', { associationIds: ['eipassoc-1'] })
      .changed('ReleaseAddress', '08:10', { allocationIds: ['eipalloc-1'] })
      .calls('i-1', SECOND, '10:00');
    expect(trail.decisions('i-1')).toEqual(['07:00 own-address trusted', '10:00 unexplained suspicious']);
  });

  it('admit an address that somebody gave back long before', () => {
    const trail = new Trail()
      .changed('AllocateAddress', '05:00', { publicIps: [SECOND], allocationIds: ['eipalloc-1'] })
      .changed('ReleaseAddress', '05:30', { allocationIds: ['eipalloc-1'] })
      .calls('i-1', HOME, '08:00')
      .changed('StartInstances', '09:00', { instanceId: 'i-1' })
      .calls('i-1', SECOND, '10:00');
    expect(trail.decisions('i-1').at(-1)).toBe('10:00 first-use trusted');
  });
});

describe('shared egress', () => {
  const nat = { natGatewayId: 'nat-1', vpcId: 'vpc-1', publicIps: [SECOND] };

  it('is the NAT gateway of the workload’s VPC, while it has the address', () => {
    const behind = (time: string, vpcId = 'vpc-1') =>
      launched()
        .calls('i-1', HOME, '06:30')
        .changed('CreateNatGateway', '08:00', { ...nat, vpcId })
        .changed('DeleteNatGateway', '12:00', { natGatewayId: 'nat-1' })
        .calls('i-1', SECOND, time)
        .decisions('i-1')
        .at(-1)
        ?.slice(6);
    expect(behind('07:58')).toBe('unexplained suspicious');
    expect(behind('07:59')).toBe('shared-egress trusted');
    expect(behind('12:30')).toBe('shared-egress trusted');
    expect(behind('13:00')).toBe('unexplained suspicious');
    expect(behind('09:00', 'vpc-2')).toBe('unexplained suspicious');
  });

  it('is a NAT gateway of the account and Region where the VPC is unknown', () => {
    const behind = (over: object, region: string | null = 'eu-west-1') =>
      new Trail()
        .calls('i-1', HOME, '07:00', { region })
        .changed('CreateNatGateway', '08:00', { ...nat, ...over })
        .calls('i-1', SECOND, '09:00', { region })
        .decisions('i-1')
        .at(-1)
        ?.slice(6);
    expect(behind({})).toBe('shared-egress trusted');
    expect(behind({ region: 'us-east-1' })).toBe('unexplained suspicious');
    expect(behind({ region: 'us-east-1' }, null)).toBe('shared-egress trusted');
    expect(behind({ account: OTHER_ACCOUNT })).toBe('unexplained suspicious');
  });

  it('tells the gateway', () => {
    const trail = launched()
      .calls('i-1', HOME, '06:30')
      .changed('CreateNatGateway', '08:00', nat)
      .calls('i-1', SECOND, '09:00');
    expect(trail.judgement('i-1').decisions.at(-1)).toMatchObject({
      outcome: 'trusted',
      because: 'shared-egress',
      why: `${SECOND} is an address of NAT gateway nat-1 of its VPC vpc-1`,
      events: ['CreateNatGateway 08:00 '],
      until: null,
    });
  });

  describe('by count', () => {
    const crowd = (
      others: number,
      over: { hours?: string[]; account?: string; region?: string | null } = {},
      settings = {},
    ) => {
      const { hours = ['07:00', '08:00'], account = ACCOUNT, region = 'eu-west-1' } = over;
      const trail = new Trail(settings).calls('i-1', HOME, ['07:00', '08:00']);
      for (let index = 0; index < others; index += 1) trail.calls(`i-n${index}`, SECOND, hours, { account, region });
      return trail.calls('i-1', SECOND, '09:00');
    };
    const last = (trail: Trail) => trail.decisions('i-1').at(-1)?.slice(6);
    const YES = 'shared-egress trusted';
    const NO = 'unexplained suspicious';

    it('takes three others of the account and Region, each seen in two hours', () => {
      expect(last(crowd(3))).toBe(YES);
      expect(last(crowd(2))).toBe(NO);
      expect(last(crowd(3, { hours: ['07:00', '07:30'] }))).toBe(NO);
      expect(last(crowd(3, { account: OTHER_ACCOUNT }))).toBe(NO);
      expect(last(crowd(3, { region: 'us-east-1' }))).toBe(NO);
      expect(last(crowd(3, { region: null }))).toBe(YES);
      expect(last(crowd(4, {}, { sharedEgress: { minimumWorkloads: 5, share: 0 } }))).toBe(NO);
      expect(last(crowd(5, {}, { sharedEgress: { minimumWorkloads: 5, share: 0 } }))).toBe(YES);
    });

    it('takes a tenth of the account and Region where that is more', () => {
      const big = (others: number, elsewhere: number) => {
        const trail = crowd(others);
        for (let index = 0; index < elsewhere; index += 1)
          trail.calls(`i-e${index}`, `198.51.100.${20 + index}`, '07:00');
        return last(trail);
      };
      expect(big(3, 26)).toBe(YES);
      expect(big(3, 27)).toBe(NO);
    });

    it('never counts the workload itself', () => {
      const trail = new Trail();
      for (const id of ['i-1', 'i-2', 'i-3']) trail.calls(id, SECOND, ['07:00', '08:00']);
      const [step] = trail.calls('i-1', HOME, '09:00').judgement('i-1').decisions.slice(-1);
      expect(step?.ruledOut.at(-1)?.because).toContain('0 other workloads');
      const home = new Trail().calls('i-1', HOME, ['07:00', '08:00']).calls('i-1', SECOND, '09:00');
      for (const id of ['i-2', 'i-3']) home.calls(id, SECOND, ['07:00', '08:00']);
      expect(home.judgement('i-1').decisions.at(-1)?.ruledOut.at(-1)?.because).toContain('2 other workloads');
    });

    it('never takes an address that sits on one instance, unless that forwards', () => {
      const on = (trail: Trail) =>
        trail.changed('AssociateAddress', '06:00', { instanceId: 'i-n0', publicIps: [SECOND] });
      expect(last(on(crowd(5)))).toBe(NO);
      const forwarding = on(crowd(5)).changed('ModifyInstanceAttribute', '06:00', {
        instanceId: 'i-n0',
        sourceDestCheck: false,
      });
      expect(last(forwarding)).toBe(YES);
    });

    it('is for public addresses only', () => {
      const trail = new Trail().calls('i-1', 'vpce-1/10.0.0.5', ['07:00', '08:00']);
      for (const id of ['i-2', 'i-3', 'i-4']) trail.calls(id, 'vpce-1/10.0.0.9', ['07:00', '08:00']);
      trail.calls('i-1', 'vpce-1/10.0.0.9', '09:00');
      expect(
        trail
          .judgement('i-1')
          .decisions.at(-1)
          ?.ruledOut.map(({ explanation }) => explanation),
      ).not.toContain('shared-egress');
    });
  });

  describe('of an egress account', () => {
    const behind = (others: number, settings: Partial<Settings> = {}, time = '10:00') => {
      const trail = new Trail({ organizationAccounts: [ACCOUNT, OTHER_ACCOUNT], ...settings })
        .changed('CreateNatGateway', '06:00', { ...nat, account: OTHER_ACCOUNT, publicIps: [SECOND] })
        .changed('CreateNatGateway', '06:00', {
          ...nat,
          id: 'second',
          account: OTHER_ACCOUNT,
          natGatewayId: 'nat-2',
          publicIps: ['198.51.100.91'],
        })
        .changed('DeleteNatGateway', '11:00', { account: OTHER_ACCOUNT, natGatewayId: 'nat-2' })
        .calls('i-1', HOME, '07:00');
      for (let index = 0; index < others; index += 1) trail.calls(`i-n${index}`, SECOND, '07:00');
      return trail.calls('i-1', '198.51.100.91', time);
    };

    it('is any of its NAT addresses once three workloads of the account leave by it', () => {
      expect(behind(3).decisions('i-1').at(-1)).toBe('10:00 shared-egress trusted');
      expect(behind(2).decisions('i-1').at(-1)).toBe('10:00 unexplained suspicious');
      expect(behind(3).judgement('i-1').decisions.at(-1)?.why).toBe(
        `nat-2 is a NAT gateway of account ${OTHER_ACCOUNT}, which 3 other workloads of the account use for egress`,
      );
    });

    it('is none of a foreign account, nor of one that is only unknown', () => {
      expect(
        behind(3, { organizationAccounts: [ACCOUNT] })
          .decisions('i-1')
          .at(-1),
      ).toBe('10:00 unexplained suspicious');
      expect(behind(3, { organizationAccounts: [] }).decisions('i-1').at(-1)).toBe('10:00 unexplained suspicious');
    });

    it('is over with the gateway, without grace', () => {
      expect(behind(3, {}, '10:59').decisions('i-1').at(-1)).toBe('10:59 shared-egress trusted');
      expect(behind(3, {}, '11:00').decisions('i-1').at(-1)).toBe('11:00 unexplained suspicious');
    });

    it('is another zone of the gateways that the workload itself leaves by', () => {
      const trail = behind(2).calls('i-1', SECOND, '06:30');
      expect(trail.judgement('i-1').anchors.get('public-ipv4')?.origin.ip).toBe(SECOND);
      expect(trail.decisions('i-1').at(-1)).toBe('10:00 shared-egress trusted');
      expect(trail.judgement('i-1').decisions.at(-1)?.why).toBe(
        `nat-2 is in vpc-1, whose NAT gateway at ${SECOND} the workload first called through`,
      );
    });
  });
});

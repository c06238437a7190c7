import type { Settings } from '../../../../lambda/detection/model/settings';
import { listed } from '../../../../lambda/detection/judge/ownership';
import { ACCOUNT, eni, OTHER_ACCOUNT, THIRD_ACCOUNT, Trail } from '../trail';

const HOME = '198.51.100.10';
const THERE = '198.51.100.90';
const LISTED: Partial<Settings> = { organizationAccounts: [ACCOUNT, OTHER_ACCOUNT] };

function used(place = THERE, settings: Partial<Settings> = {}): Trail {
  return new Trail(settings).calls('i-1', HOME, '08:00').calls('i-1', place, '10:00');
}

/** `HIGH InsideAWS aws - eu-west-1: why` of the verdict on the last origin. */
function owner(trail: Trail): string {
  const verdict = trail.judgement('i-1').verdicts.at(-1);
  if (!verdict) return '-';
  const { severity, type } = verdict;
  const { ownership, account, region, why } = verdict.owner;
  return `${severity} ${type} ${ownership} ${account ?? '-'} ${region ?? '-'}: ${why}`;
}

describe('a public address', () => {
  it('is outside AWS where no range has it', () => {
    expect(owner(used('192.0.2.66'))).toBe(
      'HIGH OutsideAWS outside-aws - -: 192.0.2.66 is in no AWS range (ip-ranges.json of 2026-08-01-00-00-00)',
    );
  });

  it('is AWS’s where nobody is known there', () => {
    expect(owner(used())).toBe(
      `HIGH InsideAWS aws - eu-west-1: ${THERE} is an AWS address in eu-west-1 (EC2) of no account known here`,
    );
    expect(owner(used('198.51.100.200'))).toContain('is an AWS address in us-east-1 (EC2)');
  });

  it('is nobody’s to tell without ranges', () => {
    const trail = used().withoutRanges();
    expect(owner(trail)).toBe(`HIGH UnknownOwner unknown - -: the owner of ${THERE} is unknown without ip-ranges.json`);
  });

  describe('in the book', () => {
    const on = (account: string, settings: Partial<Settings> = {}, place = THERE) =>
      used(place, settings).changed('AssociateAddress', '06:00', {
        account,
        instanceId: 'i-9',
        publicIps: [place],
        region: 'us-east-1',
      });

    it('is that of the account whose instance has it', () => {
      expect(owner(on(ACCOUNT))).toBe(
        `MEDIUM SameAccount same-account ${ACCOUNT} us-east-1: ${THERE} was on i-9 of account ${ACCOUNT}`,
      );
      expect(on(ACCOUNT).judgement('i-1').verdicts[0]?.owner.why).toContain('i-9');
    });

    it('is of the organisation, foreign, or unknown', () => {
      expect(owner(on(OTHER_ACCOUNT, LISTED))).toContain(
        `MEDIUM AffiliatedAccount organization-account ${OTHER_ACCOUNT}`,
      );
      expect(owner(on(THIRD_ACCOUNT, LISTED))).toContain(`HIGH InsideAWS foreign-account ${THIRD_ACCOUNT}`);
      expect(owner(on(OTHER_ACCOUNT))).toContain(`HIGH UnknownOwner unknown ${OTHER_ACCOUNT}`);
    });

    it('is an account’s even outside AWS’s ranges', () => {
      const brought = used('192.0.2.66').changed('AdvertiseByoipCidr', '06:00', { cidrs: ['192.0.2.64/29'] });
      expect(owner(brought)).toBe(
        `MEDIUM SameAccount same-account ${ACCOUNT} -: 192.0.2.66 was an address of account ${ACCOUNT}`,
      );
      const known = used().changed('AdvertiseByoipCidr', '06:00', {
        account: OTHER_ACCOUNT,
        cidrs: ['198.51.100.88/29'],
      });
      expect(owner(known)).toContain(
        `HIGH UnknownOwner unknown ${OTHER_ACCOUNT} eu-west-1: ${THERE} was an address of`,
      );
    });

    it('names the NAT gateway that has it, but no workload', () => {
      const nat = used().changed('CreateNatGateway', '06:00', {
        account: OTHER_ACCOUNT,
        natGatewayId: 'nat-9',
        publicIps: [THERE],
      });
      expect(owner(nat)).toContain(`${THERE} was on nat-9 of account ${OTHER_ACCOUNT}`);
      expect(nat.judgement('i-1').verdicts[0]?.owner.why).not.toContain('i-');
    });
  });

  describe('where other workloads are at home', () => {
    const home = (account: string, ...ids: string[]) => {
      const trail = used(THERE, LISTED);
      for (const id of ids) trail.calls(id, THERE, '07:00', { account });
      return trail;
    };

    it('is theirs', () => {
      expect(owner(home(ACCOUNT, 'i-2'))).toBe(
        `MEDIUM SameAccount same-account ${ACCOUNT} eu-west-1: ${THERE} is where i-2 of account ${ACCOUNT} calls from`,
      );
      expect(owner(home(OTHER_ACCOUNT, 'i-3', 'i-2'))).toBe(
        `MEDIUM AffiliatedAccount organization-account ${OTHER_ACCOUNT} eu-west-1: ${THERE} is where i-2, i-3 of account ${OTHER_ACCOUNT} call from`,
      );
    });

    it('is the workload’s own account’s first, then that of the smallest', () => {
      const both = home(ACCOUNT, 'i-2').calls('i-3', THERE, '06:00', { account: OTHER_ACCOUNT });
      expect(owner(both)).toContain(`is where i-2 of account ${ACCOUNT} calls from`);
      const others = home(THIRD_ACCOUNT, 'i-2').calls('i-3', THERE, '09:00', { account: OTHER_ACCOUNT });
      expect(owner(others)).toContain(`is where i-3 of account ${OTHER_ACCOUNT} calls from`);
      expect(others.judgement('i-1').verdicts[0]?.owner.why).toContain('i-3');
    });

    it('is the workload’s own account’s before that of a smaller one', () => {
      const trail = new Trail(LISTED)
        .calls('i-1', HOME, '08:00', { account: OTHER_ACCOUNT })
        .calls('i-1', THERE, '10:00', { account: OTHER_ACCOUNT })
        .calls('i-2', THERE, '07:00')
        .calls('i-3', THERE, '07:00', { account: OTHER_ACCOUNT });
      expect(owner(trail)).toContain(`SameAccount same-account ${OTHER_ACCOUNT}`);
    });

    it('is not the workload’s own where it moved itself', () => {
      const trail = new Trail()
        .calls('i-1', HOME, ['08:00', '12:00'])
        .changed('AllocateAddress', '06:00', { publicIps: [HOME], allocationIds: ['eipalloc-1'] })
        .changed('ReleaseAddress', '10:00', { allocationIds: ['eipalloc-1'] });
      expect(owner(trail)).toContain('HIGH InsideAWS aws - eu-west-1');
    });

    it('is not theirs outside AWS', () => {
      const declared = { trustedNetworks: [{ cidr: '192.0.2.66/32', accounts: [OTHER_ACCOUNT] }] };
      const trail = used('192.0.2.66', declared).calls('i-2', '192.0.2.66', '07:00', { account: OTHER_ACCOUNT });
      expect(owner(trail)).toContain('HIGH OutsideAWS outside-aws');
    });
  });
});

describe('a private address', () => {
  it('without an endpoint is nobody’s, and weighs less while nothing contradicts it', () => {
    const why = '10.0.0.9 is a private address, and no VPC endpoint is named';
    expect(owner(used('10.0.0.9'))).toBe(`HIGH ImplausibleOrigin none - -: ${why}`);
    expect(owner(new Trail().calls('i-1', '10.0.0.9', '08:00'))).toBe(`MEDIUM ImplausibleOrigin none - -: ${why}`);
  });
});

describe('a service', () => {
  it('is AWS’s', () => {
    expect(owner(used('s3.amazonaws.com'))).toBe(
      'LOW UnattributedService none - -: s3.amazonaws.com is a service of AWS',
    );
  });
});

describe('an endpoint', () => {
  const launch = { instanceId: 'i-1', interfaces: [eni('eni-1', { privateIps: ['10.0.0.5'] })] };
  const through = (place: string, settings: Partial<Settings> = {}) =>
    new Trail(settings)
      .changed('RunInstances', '06:00', launch)
      .calls('i-1', 'vpce-1/10.0.0.5', '08:00')
      .calls('i-1', place, '10:00');

  it('is nobody’s where no record names an owner', () => {
    expect(owner(through('vpce-9/10.0.0.9'))).toBe(
      'HIGH ForeignEndpoint unknown - -: no record shows the owner of the VPC endpoint vpce-9/10.0.0.9',
    );
  });

  it('is the workload’s own account’s where it is in the lock', () => {
    expect(owner(through('vpce-1/10.0.0.9'))).toBe(
      `MEDIUM SameAccount same-account ${ACCOUNT} -: the VPC endpoint vpce-1 belongs to account ${ACCOUNT}`,
    );
  });

  it('is so beside every other lock', () => {
    const trail = through('vpce-1/10.0.0.9').calls('i-1', HOME, '08:30').calls('i-1', '2001:db8:e1::5', '08:30');
    expect(owner(trail)).toContain(`MEDIUM SameAccount same-account ${ACCOUNT}`);
  });

  it('is the account’s that the record names, or the one that made it', () => {
    expect(owner(through(`vpce-9@${OTHER_ACCOUNT}/10.0.0.9`, LISTED))).toBe(
      `MEDIUM AffiliatedAccount organization-account ${OTHER_ACCOUNT} -: the VPC endpoint vpce-9 belongs to account ${OTHER_ACCOUNT}`,
    );
    expect(owner(through(`vpce-9@${THIRD_ACCOUNT}/10.0.0.9`, LISTED))).toContain(
      `HIGH ForeignEndpoint foreign-account ${THIRD_ACCOUNT} -: the VPC endpoint vpce-9 belongs to account ${THIRD_ACCOUNT}`,
    );
    const made = through('vpce-9/10.0.0.9', LISTED).changed('CreateVpcEndpoint', '06:00', {
      account: OTHER_ACCOUNT,
      vpcId: 'vpc-9',
      endpointIds: ['vpce-9'],
    });
    expect(owner(made)).toContain(
      `MEDIUM AffiliatedAccount organization-account ${OTHER_ACCOUNT} eu-west-1: the VPC endpoint vpce-9`,
    );
  });

  it('of an account that is only unknown is foreign enough', () => {
    const trail = new Trail()
      .calls('i-1', `vpce-1@${OTHER_ACCOUNT}/10.0.0.5`, '08:00')
      .calls('i-1', `vpce-1@${OTHER_ACCOUNT}/10.0.0.9`, '10:00');
    expect(owner(trail)).toContain(`HIGH ForeignEndpoint unknown ${OTHER_ACCOUNT}`);
  });

  it('tells whose the private address is: by the VPC, or by who calls from there', () => {
    const neighbour = through('vpce-1/10.0.0.9').changed('RunInstances', '06:00', {
      instanceId: 'i-2',
      interfaces: [eni('eni-2', { privateIps: ['10.0.0.9'] })],
    });
    expect(owner(neighbour)).toContain(`belongs to account ${ACCOUNT}, and 10.0.0.9 is i-2`);
    expect(neighbour.judgement('i-1').verdicts[0]?.owner.why).toContain('i-2');
    const caller = through('vpce-1/10.0.0.9').calls('i-3', 'vpce-1/10.0.0.9', '07:00');
    expect(owner(caller)).toContain('and 10.0.0.9 is i-3');
    const both = neighbour
      .calls('i-2', 'vpce-1/10.0.0.9', '07:00')
      .calls('i-3', 'vpce-1/10.0.0.9', '07:00', { account: OTHER_ACCOUNT });
    expect(both.judgement('i-1').verdicts[0]?.owner.why).toContain('i-2, i-3');
  });

  it('asks the VPC of the endpoint where the workload’s is unknown', () => {
    const trail = new Trail()
      .calls('i-1', 'vpce-1/10.0.0.5', '08:00')
      .calls('i-1', 'vpce-1/10.0.0.9', '10:00')
      .changed('CreateVpcEndpoint', '05:00', { vpcId: 'vpc-1', endpointIds: ['vpce-1'] })
      .changed('RunInstances', '06:00', {
        instanceId: 'i-2',
        interfaces: [eni('eni-2', { privateIps: ['10.0.0.9'] })],
      });
    expect(owner(trail)).toContain('and 10.0.0.9 is i-2');
    const ended = trail.changed('TerminateInstances', '08:00', { instanceId: 'i-2' });
    expect(owner(ended)).not.toContain('i-2');
  });
});

describe('a list of workloads', () => {
  it('names three, in order, and counts the rest', () => {
    expect(listed(['c', 'a', 'b'])).toBe('a, b, c');
    expect(listed(['d', 'c', 'a', 'b'])).toBe('a, b, c and 1 more');
    expect(listed(['b', 'a', 'c', 'd'], 9)).toBe('a, b, c and 6 more');
  });
});

describe('the owners of endpoints', () => {
  const owners = (trail: Trail) => Object.fromEntries(trail.judgement('i-1').endpoints);

  it('are known of all that were seen, trusted or not, by the records of calls and of endpoints', () => {
    const trail = new Trail({ organizationAccounts: [ACCOUNT, OTHER_ACCOUNT] })
      .calls('i-1', '198.51.100.10', '06:00')
      .calls('i-1', `vpce-1@${ACCOUNT}/10.0.0.5`, '07:00')
      .calls('i-1', `vpce-2@${OTHER_ACCOUNT}/10.0.0.5`, '08:00')
      .calls('i-1', `vpce-3@${THIRD_ACCOUNT}/198.51.100.10`, '09:00')
      .calls('i-1', 'vpce-4/10.0.0.5', '10:00')
      .calls('i-1', 'vpce-5/10.0.0.5', '11:00')
      .changed('CreateVpcEndpoint', '05:00', { account: OTHER_ACCOUNT, vpcId: 'vpc-9', endpointIds: ['vpce-5'] });
    expect(owners(trail)).toEqual({
      'vpce-1': { account: ACCOUNT, standing: 'own' },
      'vpce-2': { account: OTHER_ACCOUNT, standing: 'ours' },
      'vpce-3': { account: THIRD_ACCOUNT, standing: 'foreign' },
      'vpce-4': { account: null, standing: 'unknown' },
      'vpce-5': { account: OTHER_ACCOUNT, standing: 'ours' },
    });
  });

  it('are known once one record names them', () => {
    const trail = new Trail()
      .calls('i-1', 'vpce-1/10.0.0.5', '07:00')
      .calls('i-1', `vpce-1@${ACCOUNT}/10.0.0.5`, '08:00')
      .calls('i-1', 'vpce-1/10.0.0.5', '09:00');
    expect(owners(trail)).toEqual({ 'vpce-1': { account: ACCOUNT, standing: 'own' } });
    expect(owners(new Trail().calls('i-1', `vpce-9@${OTHER_ACCOUNT}/10.0.0.5`, '08:00'))).toEqual({
      'vpce-9': { account: OTHER_ACCOUNT, standing: 'unknown' },
    });
  });
});

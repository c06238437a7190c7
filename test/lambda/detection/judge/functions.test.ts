import { functionEntity, type Workload } from '../../../../lambda/detection/model/workload';
import type { Settings } from '../../../../lambda/detection/model/settings';
import { ACCOUNT, issuance, OTHER_ACCOUNT, REGION, Trail, type Who } from '../trail';

const HERE = '198.51.100.10';
const NEXT = '198.51.100.11';
const ABROAD = '198.51.100.200';
const S3 = '203.0.113.130';
const OUTSIDE = '192.0.2.66';
const FUNCTION: Workload = { partition: 'aws', account: ACCOUNT, kind: 'lambda-function', id: 'orders' };

/** The story of one function. */
class Calls extends Trail {
  at(place: string, times: string | readonly string[], who: Who = {}): this {
    return this.calls('orders', place, times, { workload: FUNCTION, ...who });
  }

  configured(time: string, vpcId: string | null, region = REGION): this {
    return this.changed('UpdateFunctionConfiguration20150331v2', time, {
      instanceId: functionEntity('orders'),
      vpcId,
      region,
    });
  }

  gateway(id: string, address: string, time = '05:00', vpcId = 'vpc-1'): this {
    return this.changed('CreateNatGateway', time, { natGatewayId: id, publicIps: [address], vpcId });
  }

  /** `trusted service: why`, or what it was ruled out by. */
  last(): string {
    const decision = this.judgement('orders').decisions.at(-1);
    if (!decision) throw new Error('no decision');
    const { outcome, why } = decision;
    if (outcome === 'trusted') return `trusted ${decision.because}: ${why}`;
    const ruledOut = decision.ruledOut.find(({ explanation }) => explanation === 'aws-address');
    return `${outcome}: ${ruledOut?.because ?? why}`;
  }
}

const calls = (settings: Partial<Settings> = {}): Calls => new Calls(settings);

describe('a function calls', () => {
  const own = (ip: string, region: string): string =>
    `trusted service: ${ip} is an AWS address of ${region}, and a Lambda function has no address of its own`;
  const issued = (region: string, key = 'ASIA-orders') =>
    issuance('orders', '07:00', { workload: FUNCTION, region, accessKeyId: key, id: key });
  const unknown: Who = { region: null };

  it.each<[string, Calls, string]>([
    ['from any AWS address of its Region', calls().at(HERE, '08:00').at(NEXT, '09:00'), own(NEXT, REGION)],
    ['from an address of another service of AWS', calls().at(S3, '08:00'), own(S3, REGION)],
    [
      'not from one of another Region',
      calls().at(ABROAD, '08:00'),
      `suspicious: ${ABROAD} is in us-east-1, the Lambda function in eu-west-1`,
    ],
    [
      'not from outside AWS',
      calls().at(OUTSIDE, '08:00'),
      `suspicious: ${OUTSIDE} is in no AWS range, and a Lambda function calls from AWS addresses`,
    ],
    [
      'from anywhere, unverified, without ranges',
      calls().withoutRanges().at(OUTSIDE, '08:00'),
      'trusted first-use-unverified: without ip-ranges.json the owner of the address is unknown',
    ],
    [
      'not from a private address',
      calls().at('10.0.0.5', '08:00'),
      'suspicious: 10.0.0.5 is a private address without a VPC endpoint',
    ],
    [
      'through an endpoint of unknown owner',
      calls().at('vpce-1/10.0.0.5', '08:00'),
      'trusted service: a Lambda function in a VPC calls through VPC endpoints, and vpce-1 is one of unknown ownership',
    ],
    [
      'through an endpoint of its account',
      calls().at(`vpce-1@${ACCOUNT}/10.0.0.5`, '08:00'),
      'trusted service: a Lambda function in a VPC calls through VPC endpoints, and vpce-1 is one of the organisation',
    ],
    ['in the Region of its key', calls().at(ABROAD, '08:00', unknown), own(ABROAD, 'us-east-1')],
  ])('%s', (_, story, expected) => {
    expect(story.last()).toBe(expected);
  });

  it('in the Region that its key was issued for, where the call shows none', () => {
    const story = calls().at(ABROAD, '08:00', unknown);
    story.facts.add(issued(REGION));
    expect(story.last()).toBe(`suspicious: ${ABROAD} is in us-east-1, the Lambda function in eu-west-1`);
    story.facts.add(issued('us-east-1', 'ASIA-other'));
    expect(story.last()).toContain('the Lambda function in eu-west-1');
    const other = calls().at(ABROAD, '08:00', { ...unknown, accessKeyId: 'ASIA-unseen' });
    for (const fact of [issued('us-west-2'), issued(REGION, 'ASIA-2'), issued(REGION, 'ASIA-3')]) other.facts.add(fact);
    expect(other.last()).toBe(`suspicious: ${ABROAD} is in us-east-1, the Lambda function in eu-west-1 and us-west-2`);
    const keyless = calls().at(ABROAD, '08:00', { ...unknown, accessKeyId: null });
    keyless.facts.add(issued('us-east-1'));
    expect(keyless.last()).toBe(own(ABROAD, 'us-east-1'));
  });

  it('anywhere, where its key was issued for the edge', () => {
    const story = calls().at(ABROAD, '08:00');
    story.facts.add(issued('GLOBAL'));
    expect(story.last()).toBe(own(ABROAD, 'us-east-1'));
  });
});

describe('a function in a VPC calls', () => {
  const left = (ip: string): string =>
    `suspicious: ${ip} is an AWS address, but the function is in vpc-1 and leaves through nat-1`;
  const inVpc = (): Calls => calls().configured('06:00', 'vpc-1');
  const behindNat = (): Calls => inVpc().gateway('nat-1', HERE).at(HERE, '08:00');

  it.each<[string, Calls, string]>([
    ['through the NAT gateway of its VPC', behindNat(), 'trusted service'],
    ['not from elsewhere then', behindNat().at(NEXT, '09:00'), left(NEXT)],
    [
      'from elsewhere for a quarter of an hour after it was put there',
      calls().configured('08:50', 'vpc-1').gateway('nat-1', HERE).at(HERE, '08:00').at(NEXT, '09:04:59'),
      'trusted service',
    ],
    [
      'and no longer',
      calls().configured('08:50', 'vpc-1').gateway('nat-1', HERE).at(HERE, '08:00').at(NEXT, '09:05'),
      left(NEXT),
    ],
    [
      'from elsewhere while it was never seen at the gateway',
      inVpc().gateway('nat-1', HERE).at(NEXT, '09:00'),
      'trusted service',
    ],
    [
      'from elsewhere once the gateway is gone',
      behindNat().changed('DeleteNatGateway', '08:30', { natGatewayId: 'nat-1' }).at(NEXT, '09:00'),
      'trusted service',
    ],
    [
      'from elsewhere where another gateway’s addresses are unknown',
      behindNat().changed('CreateNatGateway', '07:00', { natGatewayId: 'nat-2', vpcId: 'vpc-1' }).at(NEXT, '09:00'),
      'trusted service',
    ],
    ['from elsewhere once it left the VPC', behindNat().configured('08:30', null).at(NEXT, '09:00'), 'trusted service'],
    [
      'from elsewhere where its namesake in another Region is in a VPC',
      calls().configured('06:00', 'vpc-1', 'us-east-1').gateway('nat-1', HERE).at(HERE, '08:00').at(NEXT, '09:00'),
      'trusted service',
    ],
    [
      'from elsewhere where the gateway is another VPC’s',
      inVpc().gateway('nat-1', HERE, '05:00', 'vpc-2').at(HERE, '08:00').at(NEXT, '09:00'),
      'trusted service',
    ],
    ['from an address that is no instance’s', behindNat().at(S3, '09:00'), 'trusted service'],
  ])('%s', (_, story, expected) => {
    expect(story.last().slice(0, expected.length)).toBe(expected);
  });

  it('since the first configuration that put it there', () => {
    const story = behindNat().configured('08:58', 'vpc-1').at(NEXT, '09:00');
    expect(story.last()).toBe(left(NEXT));
    const back = behindNat().configured('08:30', null).configured('08:58', 'vpc-1').at(NEXT, '09:00');
    expect(back.last()).toMatch(/^trusted service/);
  });

  it('from new addresses until it was seen in four hours', () => {
    const hours = (count: number): string[] =>
      Array.from({ length: count }, (_, hour) => `${String(8 + hour).padStart(2, '0')}:00`);
    const reason = `suspicious: ${NEXT} is an AWS address, but the function is in vpc-1 since 2026-09-01T06:00:00Z and called from other addresses in 4 hours before`;
    expect(inVpc().at(HERE, hours(3)).at(NEXT, '11:30').last()).toMatch(/^trusted service/);
    expect(inVpc().at(HERE, hours(4)).at(NEXT, '11:30').last()).toBe(reason);
    expect(inVpc().at(HERE, hours(4)).at(NEXT, ['08:30', '11:30']).last()).toMatch(/^trusted service/);
    expect(inVpc().at(HERE, ['08:00', '08:20', '08:40', '08:50']).at(NEXT, '11:30').last()).toMatch(/^trusted service/);
    expect(
      calls().configured('06:00', 'vpc-1').at(HERE, ['02:00', '03:00', '04:00', '05:00']).at(NEXT, '11:30').last(),
    ).toMatch(/^trusted service/);
    expect(inVpc().at('vpce-1/10.0.0.5', hours(4)).at(NEXT, '12:30').last()).toMatch(/^trusted service/);
  });

  it('from elsewhere with less certainty, and by what the owner of the address is', () => {
    expect(behindNat().at(NEXT, '09:00').found()).toEqual([`MEDIUM InsideAWS orders ${NEXT}`]);
    const foreign = behindNat().changed('AssociateAddress', '06:00', {
      account: OTHER_ACCOUNT,
      instanceId: 'i-9',
      publicIps: [NEXT],
    });
    expect(foreign.at(NEXT, '09:00').found()).toEqual([`HIGH UnknownOwner orders ${NEXT}`]);
  });
});

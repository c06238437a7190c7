import type { Workload } from '../../../../lambda/detection/model/workload';
import { ACCOUNT, eni, OTHER_ACCOUNT, Trail } from '../trail';

const HOME = '198.51.100.10';
const NEXT = '198.51.100.11';
const ELASTIC = '198.51.100.12';

/** `11:00 trusted first-use: why` of the last call. */
function last(trail: Trail, id = 'i-1'): string {
  const decision = trail.judgement(id).decisions.at(-1);
  if (!decision) throw new Error('no decision');
  const { outcome, rule, why, sighting } = decision;
  return `${new Date(sighting.event.time).toISOString().slice(11, 16)} ${outcome} ${rule}: ${why}`;
}

describe('a path that is first used late', () => {
  const ENDPOINT = 'vpce-9/10.0.0.5';
  const neighbours = (...ids: readonly string[]): Trail => {
    const trail = new Trail().calls('i-1', HOME, ['08:00', '09:00']);
    for (const id of ids) trail.calls(id, HOME, '08:00');
    return trail;
  };
  const reason = (path: string, place = HOME, count = 2): string =>
    `it used ${path} for the first time hours after its first call, and none of the ${count} other workloads at ${place} does`;
  const two = (): Trail => neighbours('i-2', 'i-3');
  const behindEndpoint = (): Trail =>
    new Trail()
      .calls('i-1', ENDPOINT, ['08:00', '09:00'])
      .calls('i-2', ENDPOINT, '08:00')
      .calls('i-3', 'vpce-9/10.0.0.6', '08:00');

  it.each<[string, Trail, string]>([
    ['an endpoint, which no neighbour uses', two().calls('i-1', ENDPOINT, '11:00'), reason('VPC endpoints')],
    ['IPv6, which no neighbour uses', two().calls('i-1', '2001:db8:e1::5', '11:00'), reason('IPv6')],
    [
      'the Internet, which no neighbour at its endpoint uses',
      behindEndpoint().calls('i-1', NEXT, '11:00'),
      reason('the Internet', 'vpce-9'),
    ],
    [
      'an endpoint, which none of three neighbours uses',
      neighbours('i-2', 'i-3', 'i-4').calls('i-1', ENDPOINT, '11:00'),
      reason('VPC endpoints', HOME, 3),
    ],
  ])('is suspicious: %s', (_, trail, why) => {
    expect(last(trail)).toBe(`11:00 suspicious first-use: ${why}`);
    expect(trail.judgement('i-1').verdicts.map(({ severity }) => severity)).toEqual(['LOW']);
  });

  it.each<[string, Trail]>([
    ['within two hours', two().calls('i-1', ENDPOINT, '09:59')],
    ['with one neighbour only', neighbours('i-2').calls('i-1', ENDPOINT, '11:00')],
    ['that a neighbour uses, later', two().calls('i-1', ENDPOINT, '11:00').calls('i-2', 'vpce-9/10.0.0.6', '12:00')],
    [
      'through an endpoint of its account',
      two()
        .changed('CreateVpcEndpoint', '07:00', { endpointIds: ['vpce-9'], vpcId: 'vpc-1' })
        .calls('i-1', ENDPOINT, '11:00'),
    ],
    [
      'after a start',
      two()
        .changed('StopInstances', '09:30', { instanceId: 'i-1' })
        .changed('StartInstances', '10:00', { instanceId: 'i-1' })
        .calls('i-1', ENDPOINT, '11:00'),
    ],
    [
      'after it was seen in one hour only',
      new Trail()
        .calls('i-1', HOME, ['08:00', '08:30'])
        .calls('i-2', HOME, '08:00')
        .calls('i-3', HOME, '08:00')
        .calls('i-1', ENDPOINT, '11:00'),
    ],
    [
      'by the declared network',
      new Trail({ trustedNetworks: [{ cidr: '10.0.0.0/24' }] })
        .calls('i-1', HOME, ['08:00', '09:00'])
        .calls('i-2', HOME, '08:00')
        .calls('i-3', HOME, '08:00')
        .calls('i-1', ENDPOINT, '11:00'),
    ],
  ])('is trusted %s', (_, trail) => {
    expect(last(trail)).toMatch(/^\d\d:\d\d trusted /);
  });

  it('is trusted with neighbours that are another account’s', () => {
    const trail = new Trail().calls('i-1', HOME, ['08:00', '09:00']);
    for (const id of ['i-2', 'i-3']) trail.calls(id, HOME, '08:00', { account: OTHER_ACCOUNT });
    expect(last(trail.calls('i-1', ENDPOINT, '11:00'))).toMatch(/^11:00 trusted/);
  });
});

describe('an automatic address that the instance left', () => {
  const launched = (): Trail =>
    new Trail().changed('RunInstances', '06:00', {
      instanceId: 'i-1',
      interfaces: [eni('eni-1', { privateIps: ['10.0.0.5'] })],
    });
  const restarted = (): Trail =>
    launched()
      .calls('i-1', HOME, '08:00')
      .changed('StopInstances', '09:00', { instanceId: 'i-1' })
      .changed('StartInstances', '09:10', { instanceId: 'i-1' });
  const associated = (): Trail =>
    launched()
      .calls('i-1', HOME, '08:00')
      .changed('AssociateAddress', '09:10', { instanceId: 'i-1', publicIps: [ELASTIC] });
  const RELEASED =
    'the automatic address was released before StartInstances at 2026-09-01T09:10:00Z, and the instance has had another since';
  const REPLACED = `AssociateAddress at 2026-09-01T09:10:00Z gave it ${ELASTIC} in place of the automatic address`;

  it.each<[string, Trail, string]>([
    ['by a restart', restarted().calls('i-1', NEXT, '09:20').calls('i-1', HOME, '10:00'), RELEASED],
    ['for an Elastic IP address', associated().calls('i-1', ELASTIC, '09:20').calls('i-1', HOME, '10:00'), REPLACED],
  ])('is no longer its own: %s', (_, trail, why) => {
    const decision = trail.judgement('i-1').decisions.at(-1);
    expect(decision?.outcome).toBe('suspicious');
    expect(decision?.ruledOut.map(({ because }) => because)).toContain(why);
  });

  it.each<[string, Trail]>([
    ['until it was seen at the next', restarted().calls('i-1', HOME, '10:00')],
    ['until it was seen at the Elastic IP address', associated().calls('i-1', HOME, '10:00')],
    ['for five minutes', associated().calls('i-1', ELASTIC, '09:11').calls('i-1', HOME, '09:15')],
    [
      'where others of the account call from there',
      restarted().calls('i-9', HOME, '08:30').calls('i-1', NEXT, '09:20').calls('i-1', HOME, '10:00'),
    ],
    [
      'where an Elastic IP address came to a second private address',
      associated()
        .changed('AssignPrivateIpAddresses', '09:00', {
          instanceId: 'i-1',
          interfaces: [eni('eni-1', { privateIps: ['10.0.0.6'] })],
        })
        .calls('i-1', ELASTIC, '09:20')
        .calls('i-1', HOME, '10:00'),
    ],
  ])('is its own %s', (_, trail) => {
    expect(last(trail)).toMatch(/^\d\d:\d\d trusted /);
  });
});

describe('a role that is first used beside the role of the agent', () => {
  const task: Workload = { partition: 'aws', account: ACCOUNT, kind: 'ecs-task', id: 't-1' };
  const roles = (first: string, second: string): Trail =>
    new Trail()
      .calls('t-1', first, '08:00', { workload: task, role: 'execution' })
      .calls('t-1', second, '08:01', { workload: task, role: 'task' });

  it.each<[string, Trail, string]>([
    ['at its host’s address', roles(HOME, NEXT).calls('i-1', HOME, '07:00'), 'trusted'],
    [
      'at an address that the book gives an instance',
      roles(HOME, NEXT).changed('AssociateAddress', '07:00', { instanceId: 'i-9', publicIps: [NEXT] }),
      'trusted',
    ],
    ['where no instance is at either', roles(HOME, NEXT), 'suspicious'],
    [
      'where an instance of another account is',
      roles(HOME, NEXT).calls('i-1', HOME, '07:00', { account: OTHER_ACCOUNT }),
      'suspicious',
    ],
    [
      'where the book gives it to a NAT gateway of another VPC',
      roles(HOME, NEXT).changed('CreateNatGateway', '07:00', {
        natGatewayId: 'nat-1',
        publicIps: [NEXT],
        vpcId: 'vpc-9',
        account: OTHER_ACCOUNT,
      }),
      'suspicious',
    ],
    [
      'twice',
      roles(HOME, NEXT).calls('i-1', HOME, '07:00').calls('t-1', ELASTIC, '08:02', { workload: task, role: 'task' }),
      'suspicious',
    ],
    [
      'by the same role',
      new Trail()
        .calls('i-1', HOME, '07:00')
        .calls('t-1', HOME, '08:00', { workload: task })
        .calls('t-1', NEXT, '08:01', { workload: task }),
      'suspicious',
    ],
  ])('%s', (_, trail, outcome) => {
    expect(last(trail, 't-1')).toContain(` ${outcome} `);
  });
});

import type { Settings } from '../../../../lambda/detection/model/settings';
import { couldMove } from '../../../../lambda/detection/judge/moved-egress';
import { peersOf } from '../../../../lambda/detection/judge/peers';
import { judgingBasisOf } from '../../../../lambda/detection/detect';
import { eni, OTHER_ACCOUNT, Trail } from '../trail';

const OLD = '198.51.100.10';
const NEW = '198.51.100.11';
const THIRD = '198.51.100.12';

/** What was decided of the last call from elsewhere than the old address. */
function elsewhere(trail: Trail): string | undefined {
  return trail.judgement('i-1').decisions.findLast(({ sighting }) => sighting.origin.ip !== OLD)?.outcome;
}

describe('a change of routes', () => {
  const LAUNCH = {
    instanceId: 'i-1',
    subnetId: 'subnet-1',
    vpcId: 'vpc-1',
    interfaces: [eni('eni-1', { privateIps: ['10.0.0.5'], subnetId: 'subnet-1' })],
  };
  const before = (settings: Partial<Settings> = {}): Trail =>
    new Trail(settings)
      .changed('RunInstances', '06:00', LAUNCH)
      .changed('CreateNatGateway', '05:00', { natGatewayId: 'nat-1', vpcId: 'vpc-1' })
      .changed('CreateNatGateway', '05:01', { natGatewayId: 'nat-2', vpcId: 'vpc-2' })
      .calls('i-1', OLD, ['08:00', '09:00']);
  const replaced = (over: object = {}, settings: Partial<Settings> = {}): Trail =>
    before(settings).changed('ReplaceRoute', '10:00', { natGatewayId: 'nat-1', ...over });

  it.each<[string, Trail, string]>([
    ['moves a workload to the first new address', replaced().calls('i-1', NEW, '10:30'), 'trusted'],
    ['a minute before it is recorded', replaced().calls('i-1', NEW, '09:59:30'), 'trusted'],
    ['not to a second new address', replaced().calls('i-1', NEW, '10:30').calls('i-1', THIRD, '10:40'), 'suspicious'],
    [
      'not to an address that was used before',
      before()
        .calls('i-1', NEW, '09:30')
        .changed('ReplaceRoute', '10:00', { natGatewayId: 'nat-1' })
        .calls('i-1', NEW, '10:30'),
      'suspicious',
    ],
    [
      'while connections to the old address end',
      replaced().calls('i-1', OLD, '10:14').calls('i-1', NEW, '10:30'),
      'trusted',
    ],
    [
      'not where the old address is still used',
      replaced().calls('i-1', OLD, '10:16').calls('i-1', NEW, '10:30'),
      'suspicious',
    ],
    [
      'not where the old address is used later',
      replaced().calls('i-1', OLD, '11:00').calls('i-1', NEW, '10:30'),
      'suspicious',
    ],
    ['within a day', replaced().calls('i-1', NEW, '1d 09:59'), 'trusted'],
    ['not after a day', replaced().calls('i-1', NEW, '1d 10:02'), 'suspicious'],
    ['within the hours set', replaced({}, { doorHours: 2 }).calls('i-1', NEW, '11:59'), 'trusted'],
    ['not after the hours set', replaced({}, { doorHours: 2 }).calls('i-1', NEW, '12:02'), 'suspicious'],
    [
      'in a VPC that the record does not name',
      replaced({ natGatewayId: 'nat-9' }).calls('i-1', NEW, '10:30'),
      'trusted',
    ],
    ['not in another VPC', replaced({ natGatewayId: 'nat-2' }).calls('i-1', NEW, '10:30'), 'suspicious'],
    ['in its subnet', replaced({ subnetId: 'subnet-1' }).calls('i-1', NEW, '10:30'), 'trusted'],
    ['not in another subnet', replaced({ subnetId: 'subnet-2' }).calls('i-1', NEW, '10:30'), 'suspicious'],
    ['not in another Region', replaced({ region: 'us-east-1' }).calls('i-1', NEW, '10:30'), 'suspicious'],
    ['not in another account', replaced({ account: OTHER_ACCOUNT }).calls('i-1', NEW, '10:30'), 'suspicious'],
    [
      'not of a workload with an address of its own',
      replaced()
        .changed('AssociateAddress', '07:00', { instanceId: 'i-1', publicIps: [OLD] })
        .calls('i-1', NEW, '10:30'),
      'suspicious',
    ],
  ])('%s', (_, trail, outcome) => {
    expect(elsewhere(trail)).toBe(outcome);
  });
});

describe('the egress of a workload could move', () => {
  const moved = (): Trail => new Trail().calls('i-1', OLD, ['08:00', '09:00']).calls('i-1', NEW, '10:00');
  const gateway = (over: object = {}): Trail =>
    moved().changed('CreateNatGateway', '05:00', { natGatewayId: 'nat-1', publicIps: [OLD], vpcId: 'vpc-1', ...over });

  it.each<[string, Trail, boolean]>([
    ['from any address', moved(), true],
    ['not from a NAT gateway that stands', gateway(), false],
    [
      'from a NAT gateway that was deleted',
      gateway().changed('DeleteNatGateway', '09:30', { natGatewayId: 'nat-1' }),
      true,
    ],
    [
      'from an address that is an instance’s',
      moved().changed('AssociateAddress', '05:00', { instanceId: 'i-9', publicIps: [OLD] }),
      true,
    ],
    [
      'not after the workload was terminated',
      moved().changed('TerminateInstances', '09:30', { instanceId: 'i-1' }),
      false,
    ],
    ['before the workload was terminated', moved().changed('TerminateInstances', '10:30', { instanceId: 'i-1' }), true],
  ])('%s', (_, trail, expected) => {
    const judgement = trail.judgement('i-1');
    const basis = judgingBasisOf({ facts: trail.facts, settings: trail.allSettings, ipRanges: trail.ranges });
    const [verdict] = judgement.verdicts;
    if (!verdict) throw new Error('no verdict');
    expect(couldMove({ verdict, judgement }, peersOf(basis.workloads, basis))).toBe(expected);
  });
});

describe('an Elastic IP address that only an association names', () => {
  const received = (settings: Partial<Settings> = {}): Trail =>
    new Trail(settings)
      .calls('i-1', OLD, ['08:00', '09:00'])
      .changed('AssociateAddress', '10:00', { instanceId: 'i-2', associationIds: ['eipassoc-1'] });

  it.each<[string, Trail, string]>([
    [
      'is the first that the other instance shows then, and leaves the first a door',
      received().calls('i-2', OLD, '10:10').calls('i-1', NEW, '10:20'),
      'trusted',
    ],
    [
      'is not one that it shows before',
      received().calls('i-2', OLD, '09:58').calls('i-2', THIRD, '10:10').calls('i-1', NEW, '10:20'),
      'suspicious',
    ],
    [
      'is not one that it shows a day later',
      received().calls('i-2', OLD, '1d 10:10').calls('i-1', NEW, '1d 10:20'),
      'suspicious',
    ],
    [
      'is not the second that it shows',
      received().calls('i-2', THIRD, '10:05').calls('i-2', OLD, '10:10').calls('i-1', NEW, '10:20'),
      'suspicious',
    ],
    [
      'is none where the other is of another account',
      new Trail()
        .calls('i-1', OLD, ['08:00', '09:00'])
        .changed('AssociateAddress', '10:00', {
          account: OTHER_ACCOUNT,
          instanceId: 'i-2',
          associationIds: ['eipassoc-1'],
        })
        .calls('i-2', OLD, '10:10', { account: OTHER_ACCOUNT })
        .calls('i-1', NEW, '10:20'),
      'suspicious',
    ],
    [
      'is none without an association',
      new Trail().calls('i-1', OLD, ['08:00', '09:00']).calls('i-2', OLD, '10:10').calls('i-1', NEW, '10:20'),
      'suspicious',
    ],
  ])('%s', (_, trail, outcome) => {
    expect(elsewhere(trail)).toBe(outcome);
  });
});

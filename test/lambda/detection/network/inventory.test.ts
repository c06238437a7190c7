import { lifeEvents } from '../../../../bin/report/life-events';
import { buildBook } from '../../../../lambda/detection/network/build-book';
import type { Change } from '../../../../lambda/detection/facts/facts';
import type { NetworkBook } from '../../../../lambda/detection/network/network-book';
import type { ChangeAction } from '../../../../lambda/detection/vocabulary';
import {
  inventoryFacts,
  type Inventory,
  type ListedInstance,
  type ListedInterface,
} from '../../../../lambda/detection/network/inventory';
import { ACCOUNT, at, caller, change, eni, REGION, Trail } from '../trail';

const HOME = '198.51.100.10';
const OTHER = '198.51.100.90';

function listed(eniId: string, over: Partial<ListedInterface> = {}): ListedInterface {
  const own = { attachmentId: `attach-${eniId}`, privateIps: ['10.0.0.5'], primaryIp: '10.0.0.5' };
  return { ...eni(eniId, own), primaryIp: '10.0.0.5', attached: at('06:00'), automaticIp: null, ...over };
}

function machine(interfaces: readonly ListedInterface[], over: Partial<ListedInstance> = {}): ListedInstance {
  const plain = { id: 'i-1', vpcId: 'vpc-1', launched: at('06:00'), sourceDestCheck: true, eksNode: false };
  return { ...plain, interfaces, ...over };
}

function inventory(over: Partial<Inventory> = {}, askedAt = '10:00'): Inventory {
  const nothing = { instances: [], addresses: [], natGateways: [], endpoints: [] };
  return {
    partition: 'aws',
    account: ACCOUNT,
    region: REGION,
    askedAt: at(askedAt),
    recordedSince: null,
    ...nothing,
    ...over,
  };
}

function elastic(instanceId: string | null, ip = HOME) {
  return { ip, allocationId: 'eipalloc-1', associationId: instanceId && 'eipassoc-1', instanceId, eniId: null };
}

function told(trail: Trail, ...inventories: Inventory[]): Trail {
  for (const one of inventories) for (const fact of inventoryFacts(one)) trail.facts.add(fact);
  return trail;
}

/** `10.0.0.5 06:00-07:00` for each tenure of an instance. */
function tenures(inventories: readonly Inventory[], changes: readonly Change[] = [], id = 'i-1'): string[] {
  const facts = [...changes, ...inventories.flatMap(inventoryFacts)];
  const clock = (time: number) => new Date(time).toISOString().slice(11, 16);
  const backwards = buildBook([...facts].reverse()).instance(ACCOUNT, id);
  const life = buildBook(facts).instance(ACCOUNT, id);
  expect(backwards).toEqual(life);
  return (life?.tenures ?? []).map(
    ({ address, since, until }) => `${address} ${clock(since)}-${until === null ? '' : clock(until)}`,
  );
}

function addressesOf(book: NetworkBook, id: string): string[] {
  return [...new Set(book.instance(ACCOUNT, id)?.tenures.map(({ address }) => address))];
}

const SECOND = listed('eni-1', { privateIps: ['10.0.0.5', '10.0.0.6'], ipv6: ['2001:db8::5'] });

describe('what an instance has', () => {
  it('holds since the attachment for the first address, since it was asked for the others', () => {
    expect(tenures([inventory({ instances: [machine([SECOND])] })])).toEqual([
      '10.0.0.5 06:00-',
      '10.0.0.6 10:00-',
      '2001:db8::5 10:00-',
    ]);
  });

  it('holds since it was asked where EC2 gives no time', () => {
    const bare = machine([listed('eni-1', { attached: null, automaticIp: HOME })], { launched: null });
    expect(tenures([inventory({ instances: [bare] })])).toEqual(['10.0.0.5 10:00-', `${HOME} 10:00-`]);
  });

  it('ends where a later list lacks it', () => {
    const before = inventory({ instances: [machine([SECOND])] });
    const after = inventory({ instances: [machine([listed('eni-1')])] }, '12:00');
    expect(tenures([before, after])).toEqual(['10.0.0.5 06:00-', '10.0.0.6 10:00-12:00', '2001:db8::5 10:00-12:00']);
    const moved = inventory(
      { instances: [machine([listed('eni-2', { privateIps: ['10.0.0.9'], primaryIp: '10.0.0.9' })])] },
      '12:00',
    );
    expect(tenures([before, moved])[0]).toBe('10.0.0.5 06:00-12:00');
  });

  it('is the same asked twice', () => {
    const once = inventory({ instances: [machine([SECOND])], addresses: [elastic('i-1')] });
    const twice = { ...once, askedAt: at('11:00') };
    expect(tenures([once, twice])).toEqual(tenures([once]));
    expect(tenures([once, once])).toEqual(tenures([once]));
  });

  it('ends with the instance, and by the records that take it', () => {
    const asked = [inventory({ instances: [machine([SECOND])] })];
    expect(tenures(asked, [change('TerminateInstances', '12:00', { instanceId: 'i-1' })])[0]).toBe(
      '10.0.0.5 06:00-12:00',
    );
    const detached = change('DetachNetworkInterface', '12:00', { attachmentId: 'attach-eni-1' });
    expect(tenures(asked, [detached])[0]).toBe('10.0.0.5 06:00-12:00');
  });

  it('lets the launch tell more of it', () => {
    const launch = change('RunInstances', '06:01', {
      instanceId: 'i-1',
      interfaces: [eni('eni-1', { attachmentId: 'attach-eni-1', privateIps: ['10.0.0.5', '10.0.0.6'] })],
    });
    expect(tenures([inventory({ instances: [machine([SECOND])] })], [launch])).toEqual([
      '10.0.0.5 06:00-',
      '10.0.0.6 06:01-',
      '2001:db8::5 10:00-',
    ]);
  });

  it('opens no door, and closes none of an attachment nobody saw made', () => {
    const seen = change('AttachNetworkInterface', '06:00', { instanceId: 'i-1', interfaces: [eni('eni-1')] });
    const facts = inventoryFacts(inventory({ instances: [machine([SECOND])], addresses: [elastic('i-1')] }));
    expect(buildBook(facts).instance(ACCOUNT, 'i-1')?.doors).toEqual([]);
    expect(buildBook([seen, ...facts]).instance(ACCOUNT, 'i-1')?.doors).toHaveLength(1);
  });
});

describe('a public address AWS chose', () => {
  const asked = [
    inventory({ instances: [machine([listed('eni-1', { automaticIp: HOME })], { launched: at('08:00') })] }),
  ];
  const power = (action: 'StopInstances' | 'StartInstances', time: string) =>
    change(action, time, { instanceId: 'i-1' });

  it('is the instance’s since its last start', () => {
    expect(tenures(asked)[1]).toBe(`${HOME} 08:00-`);
    expect(tenures(asked, [power('StartInstances', '08:00')])[1]).toBe(`${HOME} 08:00-`);
  });

  it('is lost by a stop, a start whose stop nobody saw, and an Elastic IP address in its place', () => {
    expect(tenures(asked, [power('StopInstances', '12:00')])[1]).toBe(`${HOME} 08:00-12:00`);
    expect(tenures(asked, [power('StartInstances', '12:00')])[1]).toBe(`${HOME} 08:00-12:00`);
    const placed = (eniId: string) =>
      change('AssociateAddress', '12:00', { publicIps: [OTHER], instanceId: 'i-1', interfaces: [eni(eniId)] });
    expect(tenures(asked, [placed('eni-1')])[1]).toBe(`${HOME} 08:00-12:00`);
    expect(tenures(asked, [placed('eni-2')])[1]).toBe(`${HOME} 08:00-`);
  });

  it('goes to whoever a later list shows with it', () => {
    const later = inventory(
      {
        instances: [
          machine([listed('eni-2', { primaryIp: '10.0.0.8', automaticIp: HOME })], {
            id: 'i-2',
            launched: at('11:00'),
          }),
        ],
      },
      '12:00',
    );
    expect(tenures([...asked, later])[1]).toBe(`${HOME} 08:00-11:00`);
  });
});

describe('an Elastic IP address', () => {
  it('is the instance’s since it was asked, and no longer where it is listed without', () => {
    expect(tenures([inventory({ addresses: [elastic('i-1')] })])).toEqual([`${HOME} 10:00-`]);
    const free = inventory({ addresses: [elastic(null)] }, '12:00');
    expect(tenures([inventory({ addresses: [elastic('i-1')] }), free])).toEqual([`${HOME} 10:00-12:00`]);
  });

  it('is the account’s where it sits on nothing', () => {
    const book = buildBook(inventoryFacts(inventory({ addresses: [elastic(null)] })));
    expect(book.accountOf(HOME, at('10:00'))).toEqual({ account: ACCOUNT, region: REGION });
    expect(book.accountOf(HOME, at('09:00'))).toBeNull();
  });
});

describe('verdicts', () => {
  const gateway = {
    id: 'nat-1',
    vpcId: 'vpc-1',
    created: at('05:00'),
    addresses: [
      { ip: OTHER, allocationId: 'eipalloc-9', associationId: 'eipassoc-9', isPrimary: true },
      { ip: '198.51.100.91', allocationId: 'eipalloc-8', associationId: null, isPrimary: false },
    ],
  };

  it('name the inventory as the reason', () => {
    const asked = inventory({ instances: [machine([listed('eni-1', { automaticIp: HOME })])] });
    const { decisions, lock } = told(new Trail().calls('i-1', HOME, '11:00'), asked).judgement('i-1');
    expect(decisions.at(-1)).toMatchObject({ rule: 'own-address', because: 'inventory' });
    expect(lock[0]).toMatchObject({ because: 'inventory' });
  });

  it('find the attacker who called first', () => {
    const trail = () => new Trail().calls('i-1', OTHER, '10:30').calls('i-1', HOME, ['11:00', '12:00']);
    expect(trail().found()).toEqual([`HIGH InsideAWS i-1 ${HOME}`]);
    const asked = inventory({ instances: [machine([listed('eni-1', { automaticIp: HOME })])] });
    expect(told(trail(), asked).found()).toEqual([`HIGH InsideAWS i-1 ${OTHER}`]);
  });

  it('trust nothing seen before it was so', () => {
    const trail = () => new Trail().calls('i-1', HOME, ['07:00', '08:00']).calls('i-1', OTHER, '09:00');
    const late = inventory({ addresses: [{ ...elastic('i-1', OTHER) }] });
    expect(told(trail(), late).found()).toEqual([`HIGH InsideAWS i-1 ${OTHER}`]);
    expect(told(trail(), inventory({ addresses: [elastic('i-1', OTHER)] }, '08:30')).found()).toEqual([]);
  });

  it('take a NAT gateway’s address for the workload’s egress, its later ones only since they were seen', () => {
    const trail = () => new Trail().calls('i-1', HOME, ['07:00', '08:00']).calls('i-1', OTHER, '09:00');
    const asked = inventory({ instances: [machine([listed('eni-1')])], natGateways: [gateway] });
    expect(trail().found()).toEqual([`HIGH InsideAWS i-1 ${OTHER}`]);
    expect(told(trail(), asked).found()).toEqual([]);
    const elsewhere = inventory({
      instances: [machine([listed('eni-1')], { vpcId: 'vpc-2' })],
      natGateways: [gateway],
    });
    expect(told(trail(), elsewhere).found()).toEqual([`MEDIUM SameAccount i-1 ${OTHER}`]);
    const later = new Trail().calls('i-1', HOME, '07:00').calls('i-1', '198.51.100.91', '09:00');
    expect(told(later, asked).found()).toEqual(['HIGH InsideAWS i-1 198.51.100.91']);
  });

  it('leave a NAT gateway its address beside the list of Elastic IP addresses', () => {
    const address = {
      ...elastic(null, OTHER),
      allocationId: 'eipalloc-9',
      associationId: 'eipassoc-9',
      eniId: 'eni-nat',
    };
    const asked = inventory({ instances: [machine([listed('eni-1')])], natGateways: [gateway], addresses: [address] });
    const trail = new Trail().calls('i-1', HOME, ['07:00', '08:00']).calls('i-1', OTHER, '11:00');
    expect(told(trail, asked).found()).toEqual([]);
  });

  it('know whose address it is', () => {
    const asked = inventory({ instances: [machine([listed('eni-2', { automaticIp: OTHER })], { id: 'i-2' })] });
    const trail = () => new Trail().calls('i-1', HOME, ['07:00', '08:00']).calls('i-1', OTHER, '11:00');
    expect(told(trail(), asked).found()).toEqual([`MEDIUM SameAccount i-1 ${OTHER}`]);
  });

  it('contradict a private address only from when all interfaces were listed', () => {
    const asked = inventory({ instances: [machine([listed('eni-1')])] });
    const place = 'vpce-1@111122223333/10.0.0.77';
    expect(told(new Trail().calls('i-1', place, '09:00'), asked).found()).toEqual([]);
    expect(told(new Trail().calls('i-1', place, '11:00'), asked).found()).toEqual(['MEDIUM SameAccount i-1 10.0.0.77']);
  });

  it('know the VPC of an endpoint', () => {
    const facts = inventoryFacts(inventory({ endpoints: [{ id: 'vpce-1', vpcId: 'vpc-1', created: at('01:00') }] }));
    expect(buildBook(facts).endpoints.get('vpce-1')).toEqual({ vpcId: 'vpc-1', account: ACCOUNT, region: REGION });
  });
});

describe('what EC2 gives no time for, where records of changes are read', () => {
  const recordedSince = at('03:00');
  const nat = {
    id: 'nat-1',
    vpcId: 'vpc-1',
    created: at('02:00'),
    addresses: [
      { ip: OTHER, allocationId: 'eipalloc-9', associationId: null, isPrimary: true },
      { ip: '198.51.100.91', allocationId: 'eipalloc-8', associationId: 'eipassoc-8', isPrimary: false },
    ],
  };
  const early = listed('eni-1', { attached: at('01:00'), privateIps: ['10.0.0.5', '10.0.0.6'] });
  const asked = inventory({
    recordedSince,
    instances: [machine([early])],
    addresses: [elastic('i-1')],
    natGateways: [nat],
  });

  it('is older than the records that do not name it', () => {
    expect(tenures([asked])).toEqual(['10.0.0.5 01:00-', '10.0.0.6 03:00-', `${HOME} 03:00-`]);
    expect(buildBook(inventoryFacts(asked)).accountOf('198.51.100.91', at('03:00'))).not.toBeNull();
    const recent = { ...asked, instances: [machine([{ ...early, attached: at('05:00') }])] };
    expect(tenures([recent]).slice(1)).toEqual(['10.0.0.5 05:00-', '10.0.0.6 05:00-']);
  });

  it('is as old as the record that made it, whoever did', () => {
    const made = [
      change('AssociateAddress', '07:00', {
        instanceId: 'i-1',
        publicIps: [HOME],
        allocationIds: ['eipalloc-1'],
        associationIds: ['eipassoc-1'],
      }),
      change('AssignPrivateIpAddresses', '08:00', { interfaces: [eni('eni-1', { privateIps: ['10.0.0.6'] })] }),
    ];
    expect(tenures([asked], made)).toEqual(['10.0.0.5 01:00-', `${HOME} 07:00-`, '10.0.0.6 08:00-']);
    expect(addressesOf(buildBook(inventoryFacts(asked), made), 'i-1')).toEqual(['10.0.0.5']);
  });

  it('was there before it was taken and given back', () => {
    const onInterface = { interfaces: [eni('eni-1', { privateIps: ['10.0.0.6'] })] };
    const changes = [
      change('UnassignPrivateIpAddresses', '07:00', onInterface),
      change('AssignPrivateIpAddresses', '08:00', onInterface),
    ];
    expect(tenures([asked], changes)).toContain('10.0.0.6 03:00-07:00');
  });

  it('explains calls made before EC2 was asked', () => {
    const trail = () => new Trail().calls('i-1', OTHER, ['06:00', '08:00']).calls('i-1', HOME, '09:00');
    const addresses = [elastic('i-1')];
    expect(told(trail(), inventory({ addresses })).found()).toEqual([`HIGH InsideAWS i-1 ${HOME}`]);
    expect(told(trail(), inventory({ addresses, recordedSince })).found()).not.toContain(`HIGH InsideAWS i-1 ${HOME}`);
  });
});

describe('an inventory that shows what an attacker made', () => {
  const place = 'vpce-1@111122223333/10.0.0.77';
  /** He has the keys of i-1, and calls from elsewhere. */
  const attacker = caller('i-1', OTHER);
  const made = (action: ChangeAction, time: string) =>
    change(action, time, {
      by: attacker,
      instanceId: 'i-1',
      attachmentId: 'attach-9',
      interfaces: [eni('eni-9', { attachmentId: 'attach-9', privateIps: ['10.0.0.77'] })],
    });
  const asked = inventory({
    instances: [
      machine([
        listed('eni-1'),
        listed('eni-9', {
          attachmentId: 'attach-9',
          privateIps: ['10.0.0.77'],
          primaryIp: '10.0.0.77',
          attached: at('09:00'),
        }),
      ]),
    ],
  });
  const story = (...changes: Change[]) => {
    const trail = told(new Trail().calls('i-1', HOME, ['06:30', '07:30']).calls('i-1', OTHER, '08:30'), asked);
    for (const one of changes) trail.facts.add(one);
    return trail.calls('i-1', place, '11:00');
  };

  it('gives nothing that the attacker attached, and everything that was attached by others', () => {
    const attached = made('AttachNetworkInterface', '09:00');
    expect(story(attached).found()).toContain('MEDIUM SameAccount i-1 10.0.0.77');
    expect(story({ ...attached, by: null }).found()).toEqual([`HIGH InsideAWS i-1 ${OTHER}`]);
  });

  it('names no owner of an address that is on an instance the attacker launched', () => {
    const launch = (by: Change['by']) => change('RunInstances', '09:00', { by, instanceId: 'i-9' });
    const machines = inventory({
      instances: [machine([listed('eni-8', { automaticIp: HOME })], { id: 'i-9', launched: at('08:59') })],
    });
    expect(buildBook(inventoryFacts(machines), [launch(attacker)]).accountOf(HOME, at('11:00'))).toBeNull();
    expect(buildBook([launch(null), ...inventoryFacts(machines)]).accountOf(HOME, at('11:00'))).not.toBeNull();
  });

  it('gives no address, allocation, NAT gateway or endpoint that the attacker made', () => {
    const byAttacker = (action: ChangeAction, over: Partial<Change>) =>
      change(action, '09:00', { by: attacker, ...over });
    const everything = inventory({
      instances: [machine([listed('eni-1', { privateIps: ['10.0.0.5', '10.0.0.6'] })])],
      addresses: [elastic('i-1')],
      natGateways: [
        {
          id: 'nat-1',
          vpcId: 'vpc-1',
          created: at('09:00'),
          addresses: [{ ip: OTHER, allocationId: 'eipalloc-9', associationId: null, isPrimary: true }],
        },
      ],
      endpoints: [{ id: 'vpce-1', vpcId: 'vpc-1', created: at('09:00') }],
    });
    const book = buildBook(inventoryFacts(everything), [
      byAttacker('AssignPrivateIpAddresses', { interfaces: [eni('eni-1', { privateIps: ['10.0.0.6'] })] }),
      byAttacker('AssociateAddress', { allocationIds: ['eipalloc-1'], associationIds: ['eipassoc-1'] }),
      byAttacker('CreateNatGateway', { natGatewayId: 'nat-1', allocationIds: ['eipalloc-9'] }),
      byAttacker('CreateVpcEndpoint', { endpointIds: ['vpce-1'] }),
    ]);
    expect(addressesOf(book, 'i-1')).toEqual(['10.0.0.5']);
    expect([book.byAddress.size, book.endpoints.size]).toEqual([0, 0]);
    const accepted = byAttacker('AcceptAddressTransfer', { publicIps: [HOME], allocationIds: ['eipalloc-1'] });
    expect(buildBook(inventoryFacts(everything), [accepted]).accountOf(HOME, at('11:00'))).toBeNull();
  });

  it('speaks for nobody from his next change on', () => {
    const moved = story(made('DetachNetworkInterface', '10:30'));
    expect(moved.found()).toContain('MEDIUM SameAccount i-1 10.0.0.77');
    const elsewhere = { ...made('AttachNetworkInterface', '10:30'), instanceId: 'i-2', id: 'elsewhere' };
    expect(story(elsewhere).found()).toContain('MEDIUM SameAccount i-1 10.0.0.77');
  });

  it('is not doubted for what others change, nor for what records gave', () => {
    const byOthers = { ...made('DetachNetworkInterface', '11:30'), by: null };
    expect(story(byOthers).found()).toEqual([`HIGH InsideAWS i-1 ${OTHER}`]);
    const launch = change('RunInstances', '06:00', {
      instanceId: 'i-1',
      interfaces: [eni('eni-1', { attachmentId: 'attach-eni-1', privateIps: ['10.0.0.5'] })],
    });
    const doubted = made('DetachNetworkInterface', '10:30');
    const life = buildBook([launch, ...inventoryFacts(asked)], [doubted]).instance(ACCOUNT, 'i-1');
    expect(life?.tenures.map(({ address, until }) => [address, until])).toEqual([
      ['10.0.0.5', null],
      ['10.0.0.77', at('10:30')],
    ]);
  });

  it('is doubted alike for Elastic IP addresses, and makes no instance known', () => {
    const moved = change('AssociateAddress', '10:30', {
      by: attacker,
      instanceId: 'i-7',
      allocationIds: ['eipalloc-1'],
    });
    const book = buildBook(inventoryFacts(inventory({ addresses: [elastic('i-1')] })), [moved]);
    expect(book.instance(ACCOUNT, 'i-1')?.tenures[0]?.until).toBe(at('10:30'));
    expect(book.instance(ACCOUNT, 'i-7')).toBeNull();
  });
});

it('is shown as what it is in a workload’s life', () => {
  const asked = inventory({ addresses: [elastic('i-1')] });
  const free = inventory({ addresses: [elastic(null)] }, '12:00');
  const judgement = told(new Trail().calls('i-1', HOME, '11:00'), asked, free).judgement('i-1');
  expect(lifeEvents(judgement).map(({ text, record }) => [text, record])).toEqual([
    [`the inventory gives it ${HOME}`, null],
    [`lost ${HOME}`, null],
    ['Inventory allows one address that no record names', null],
  ]);
});

it('is told apart by what, and from when', () => {
  const [fact] = inventoryFacts(inventory({ addresses: [elastic('i-1')] }));
  expect(fact).toMatchObject({ action: 'Inventory', id: `${ACCOUNT}/inventory/ip/eipalloc-1/2026-09-01T10:00:00Z` });
});

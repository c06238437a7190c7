import { buildBook } from '../../../../lambda/detection/network/build-book';
import type { Change } from '../../../../lambda/detection/facts/facts';
import type { NetworkBook } from '../../../../lambda/detection/network/network-book';
import { ACCOUNT, at, change, eni, OTHER_ACCOUNT } from '../trail';

const EIP = '198.51.100.20';
const LAUNCH = change('RunInstances', '06:00', {
  instanceId: 'i-1',
  interfaces: [eni('eni-1', { attachmentId: 'attach-1', privateIps: ['10.0.0.5'] })],
});
const NEIGHBOUR = change('RunInstances', '06:00', {
  instanceId: 'i-2',
  interfaces: [eni('eni-2', { attachmentId: 'attach-2', privateIps: ['10.0.0.6'] })],
});
const ALLOCATED = change('AllocateAddress', '06:30', { allocationIds: ['eipalloc-1'], publicIps: [EIP] });

/** Whoever holds an address strictly, as `id` or nobody as `-`. */
function holder(book: NetworkBook, address: string, time: string): string {
  return book.holderOf(address, at(time))?.holder.id ?? '-';
}

/** `10.0.0.5 06:00-07:00` for each tenure of an instance. */
function tenures(changes: readonly Change[], id = 'i-1', account = ACCOUNT): string[] {
  const life = buildBook(changes).instance(account, id);
  return (life?.tenures ?? []).map(
    ({ address, since, until }) => `${address} ${clock(since)}-${until === null ? '' : clock(until)}`,
  );
}

function doors(changes: readonly Change[], id = 'i-1'): string[] {
  const life = buildBook(changes).instance(ACCOUNT, id);
  return (life?.doors ?? []).map(({ cause, admits, time }) => `${clock(time)} ${cause} ${admits}`);
}

function clock(time: number): string {
  return new Date(time).toISOString().slice(11, 16);
}

function associated(time: string, over: Partial<Change> = {}): Change {
  return change('AssociateAddress', time, {
    allocationIds: ['eipalloc-1'],
    associationIds: ['eipassoc-1'],
    instanceId: 'i-1',
    ...over,
  });
}

describe('an instance', () => {
  it('has the Region and VPC of its first change', () => {
    const life = buildBook([
      LAUNCH,
      change('StopInstances', '07:00', { instanceId: 'i-1', region: 'us-east-1' }),
    ]).instance(ACCOUNT, 'i-1');
    expect(life).toMatchObject({ region: 'eu-west-1', vpcId: 'vpc-1', launched: at('06:00'), interfacesKnown: true });
  });

  it('takes the VPC of the launch before that of its interfaces', () => {
    const life = buildBook([{ ...LAUNCH, vpcId: 'vpc-9' }]).instance(ACCOUNT, 'i-1');
    expect(life?.vpcId).toBe('vpc-9');
  });

  it('is nobody in another account', () => {
    const book = buildBook([LAUNCH]);
    expect(book.instance(OTHER_ACCOUNT, 'i-1')).toBeNull();
    expect(book.instance(ACCOUNT, 'i-2')).toBeNull();
  });

  it('is none for changes of things that nothing ties to one', () => {
    const loose = [
      change('CreateNetworkInterface', '06:00', { interfaces: [eni('eni-9')] }),
      associated('07:00', { instanceId: null, interfaces: [eni('eni-9')] }),
      change('DisassociateAddress', '08:00', { associationIds: ['eipassoc-1'] }),
      change('ModifyNetworkInterfaceAttribute', '08:00', { interfaces: [eni('eni-9')], sourceDestCheck: false }),
      change('ModifyInstanceAttribute', '08:00', { sourceDestCheck: false }),
    ];
    expect(buildBook(loose).instances.size).toBe(0);
  });

  it('has not all its interfaces known where the launch lists none', () => {
    const life = buildBook([{ ...LAUNCH, interfaces: [] }]).instance(ACCOUNT, 'i-1');
    expect(life).toMatchObject({ interfacesKnown: false, unknownInterfaceSince: null, tenures: [] });
  });

  it('keeps the time of its first launch and first termination', () => {
    const end = change('TerminateInstances', '09:00', { instanceId: 'i-1' });
    const life = buildBook([
      LAUNCH,
      { ...LAUNCH, id: 'again', time: at('08:00') },
      end,
      { ...end, id: 'again too', eventId: 'second', time: at('09:30') },
    ]).instance(ACCOUNT, 'i-1');
    expect(life).toMatchObject({ launched: at('06:00'), terminated: { time: at('09:00'), eventId: end.eventId } });
  });

  it('is an EKS node once one change tags it', () => {
    const tagged = change('CreateTags', '07:00', { instanceId: 'i-1', eksNode: true });
    const stopped = change('StopInstances', '08:00', { instanceId: 'i-1' });
    expect(buildBook([LAUNCH]).instance(ACCOUNT, 'i-1')?.eksNode).toBe(false);
    expect(buildBook([LAUNCH, tagged, stopped]).instance(ACCOUNT, 'i-1')?.eksNode).toBe(true);
  });

  it('starts and stops in the order of time, and a start opens a door', () => {
    const changes = [
      change('StartInstances', '08:00', { instanceId: 'i-1' }),
      change('StopInstances', '07:00', { instanceId: 'i-1' }),
    ];
    const life = buildBook(changes).instance(ACCOUNT, 'i-1');
    expect(life?.power).toEqual([
      { time: at('07:00'), on: false, eventId: changes[1]?.eventId },
      { time: at('08:00'), on: true, eventId: changes[0]?.eventId },
    ]);
    expect(life?.doors).toEqual([
      { cause: 'start', admits: 'public', time: at('08:00'), eventId: changes[0]?.eventId, action: 'StartInstances' },
    ]);
  });

  it('loses every address with its termination, and no door opens', () => {
    const end = change('TerminateInstances', '09:00', { instanceId: 'i-1' });
    const changes = [LAUNCH, ALLOCATED, associated('07:00'), end];
    expect(tenures(changes)).toEqual(['10.0.0.5 06:00-09:00', `${EIP} 07:00-09:00`]);
    expect(doors(changes)).toEqual([]);
    expect(buildBook(changes).instance(ACCOUNT, 'i-1')?.tenures[0]?.untilEvent).toBe(end.eventId);
  });

  it('leaves an interface behind at its termination that another instance can take', () => {
    const end = change('TerminateInstances', '09:00', { instanceId: 'i-1' });
    const taken = change('AttachNetworkInterface', '10:00', { instanceId: 'i-2', interfaces: [eni('eni-1')] });
    expect(tenures([LAUNCH, NEIGHBOUR, end, taken], 'i-2')).toEqual(['10.0.0.6 06:00-', '10.0.0.5 10:00-']);
    expect(tenures([LAUNCH, NEIGHBOUR, end, taken])).toEqual(['10.0.0.5 06:00-09:00']);
  });

  it('gets nothing more once it is terminated', () => {
    const end = change('TerminateInstances', '09:00', { instanceId: 'i-1' });
    const late = change('AssignPrivateIpAddresses', '10:00', {
      interfaces: [eni('eni-1', { privateIps: ['10.0.0.7'] })],
    });
    expect(tenures([LAUNCH, end, late])).toEqual(['10.0.0.5 06:00-09:00']);
  });

  it('is not made by changes that name none', () => {
    const nameless = [
      change('StartInstances', '07:00'),
      change('TerminateInstances', '07:00'),
      change('RunInstances', '07:00', { interfaces: [eni('eni-1')] }),
      change('AttachNetworkInterface', '07:00', { interfaces: [eni('eni-1')] }),
    ];
    expect(buildBook(nameless).instances.size).toBe(0);
  });
});

describe('forwarding for others', () => {
  const off = change('ModifyInstanceAttribute', '07:00', { instanceId: 'i-1', sourceDestCheck: false });
  const on = change('ModifyInstanceAttribute', '09:00', { instanceId: 'i-1', sourceDestCheck: true });

  it('begins when the source/destination check goes off, a minute of grace before, and ends when it is on again', () => {
    const book = buildBook([LAUNCH, off, on]);
    expect(book.forwards(ACCOUNT, 'i-1', at('06:58:59'))).toBe(false);
    expect(book.forwards(ACCOUNT, 'i-1', at('06:59'))).toBe(true);
    expect(book.forwards(ACCOUNT, 'i-1', at('08:58'))).toBe(true);
    expect(book.forwards(ACCOUNT, 'i-1', at('09:00'))).toBe(false);
    expect(book.forwards(ACCOUNT, 'i-2', at('08:00'))).toBe(false);
  });

  it('is told by an interface of the instance too', () => {
    const byInterface = change('ModifyNetworkInterfaceAttribute', '07:00', {
      interfaces: [eni('eni-1')],
      sourceDestCheck: false,
    });
    expect(buildBook([LAUNCH, byInterface]).forwards(ACCOUNT, 'i-1', at('08:00'))).toBe(true);
    expect(
      buildBook([LAUNCH, { ...byInterface, interfaces: [eni('eni-9')] }]).forwards(ACCOUNT, 'i-1', at('08:00')),
    ).toBe(false);
  });

  it('is not told by a change that says nothing of the check', () => {
    const silent = change('ModifyInstanceAttribute', '07:00', { instanceId: 'i-1' });
    expect(buildBook([LAUNCH, silent]).instance(ACCOUNT, 'i-1')?.forwarding).toEqual([]);
  });
});

describe('a network interface', () => {
  const created = change('CreateNetworkInterface', '06:00', {
    interfaces: [eni('eni-9', { privateIps: ['10.0.0.9'], ipv6: ['2001:db8:e1::9'], prefixes: ['10.0.9.0/28'] })],
  });
  const attached = change('AttachNetworkInterface', '07:00', {
    instanceId: 'i-1',
    attachmentId: 'attach-9',
    interfaces: [eni('eni-9')],
  });

  it('gives all it has to the instance it is attached to', () => {
    expect(tenures([created, attached])).toEqual(['10.0.0.9 07:00-', '2001:db8:e1::9 07:00-', '10.0.9.0/28 07:00-']);
    expect(doors([created, attached])).toEqual([]);
  });

  it('takes it back when it is detached, by its attachment', () => {
    const detached = change('DetachNetworkInterface', '08:00', { attachmentId: 'attach-9' });
    expect(tenures([created, attached, detached])).toEqual([
      '10.0.0.9 07:00-08:00',
      '2001:db8:e1::9 07:00-08:00',
      '10.0.9.0/28 07:00-08:00',
    ]);
  });

  it('takes it back when it is deleted, by its id', () => {
    const deleted = change('DeleteNetworkInterface', '08:00', { interfaces: [eni('eni-9')] });
    expect(tenures([created, attached, deleted])[0]).toBe('10.0.0.9 07:00-08:00');
  });

  it('stays where another attachment is ended', () => {
    const other = change('DetachNetworkInterface', '08:00', { attachmentId: 'attach-1' });
    expect(tenures([LAUNCH, created, attached, other])).toEqual([
      '10.0.0.5 06:00-08:00',
      '10.0.0.9 07:00-',
      '2001:db8:e1::9 07:00-',
      '10.0.9.0/28 07:00-',
    ]);
    expect(tenures([created, attached, { ...other, attachmentId: 'attach-unknown' }])[0]).toBe('10.0.0.9 07:00-');
  });

  it('that moves within one second is with its new instance, in whatever order the records are', () => {
    const detached = change('DetachNetworkInterface', '08:00', { id: 'z', attachmentId: 'attach-9' });
    const moved = change('AttachNetworkInterface', '08:00', {
      id: 'a',
      instanceId: 'i-2',
      attachmentId: 'attach-10',
      interfaces: [eni('eni-9')],
    });
    for (const pair of [
      [detached, moved],
      [
        { ...moved, id: 'z' },
        { ...detached, id: 'a' },
      ],
    ]) {
      expect(tenures([created, attached, ...pair])[0]).toBe('10.0.0.9 07:00-08:00');
      expect(tenures([created, attached, ...pair], 'i-2')[0]).toBe('10.0.0.9 08:00-');
    }
  });

  it('that is attached elsewhere has left its instance, seen or not', () => {
    const moved = change('AttachNetworkInterface', '08:00', { instanceId: 'i-2', interfaces: [eni('eni-9')] });
    expect(tenures([created, attached, moved]).map((line) => line.slice(-12))).toEqual(
      Array.from({ length: 3 }, () => ' 07:00-08:00'),
    );
    expect(tenures([created, attached, moved], 'i-2')[0]).toBe('10.0.0.9 08:00-');
  });

  it('that is attached twice to one instance was there all the time', () => {
    expect(tenures([created, attached, { ...attached, id: 'again', time: at('08:00') }])[0]).toBe('10.0.0.9 07:00-');
  });

  it('of a launch is no unknown one when it comes back', () => {
    const gone = change('DetachNetworkInterface', '08:00', { attachmentId: 'attach-1' });
    const back = change('AttachNetworkInterface', '09:00', { instanceId: 'i-1', interfaces: [eni('eni-1')] });
    expect(doors([LAUNCH, gone, back])).toEqual([]);
  });

  it('is detached by its own id where the attachment was never named', () => {
    const gone = change('DetachNetworkInterface', '08:00', { attachmentId: 'attach-9', interfaces: [eni('eni-9')] });
    expect(tenures([created, { ...attached, attachmentId: null }, gone])[0]).toBe('10.0.0.9 07:00-08:00');
  });

  it('covers every address of a prefix, and no other', () => {
    const book = buildBook([created, attached]);
    expect(book.ownAddress(ACCOUNT, 'i-1', '10.0.9.15', at('08:00'))?.address).toBe('10.0.9.0/28');
    expect(book.ownAddress(ACCOUNT, 'i-1', '10.0.9.16', at('08:00'))).toBeNull();
  });

  it('that was never seen created opens a door for any path, and leaves its instance with unknown interfaces', () => {
    const changes = [LAUNCH, attached];
    expect(doors(changes)).toEqual(['07:00 unknown-interface any']);
    expect(buildBook(changes).instance(ACCOUNT, 'i-1')?.unknownInterfaceSince).toBe(at('07:00'));
  });

  it('that was seen created opens none', () => {
    expect(buildBook([LAUNCH, created, attached]).instance(ACCOUNT, 'i-1')?.unknownInterfaceSince).toBeNull();
  });

  it('keeps the first time that an unknown one came', () => {
    const second = change('AttachNetworkInterface', '09:00', { instanceId: 'i-1', interfaces: [eni('eni-10')] });
    expect(buildBook([LAUNCH, attached, second]).instance(ACCOUNT, 'i-1')?.unknownInterfaceSince).toBe(at('07:00'));
  });

  it('brings the Elastic IP address on it along', () => {
    const onInterface = associated('06:45', { instanceId: null, interfaces: [eni('eni-9')] });
    const changes = [ALLOCATED, created, onInterface, attached];
    expect(tenures(changes)).toContain(`${EIP} 07:00-`);
    const detached = change('DetachNetworkInterface', '08:00', { attachmentId: 'attach-9' });
    expect(tenures([...changes, detached])).toContain(`${EIP} 07:00-08:00`);
    expect(doors([...changes, detached])).toEqual(['08:00 eip-lost public']);
  });

  it('with an Elastic IP address that no record names opens a door for it', () => {
    const onInterface = associated('06:45', { instanceId: null, interfaces: [eni('eni-9')] });
    expect(doors([created, onInterface, attached])).toEqual(['07:00 unknown-eip public']);
  });

  it('gives what is assigned to it, and takes what is unassigned', () => {
    const given = eni('eni-1', { privateIps: ['10.0.0.7'], ipv6: ['2001:db8:e1::7'], prefixes: ['10.0.7.0/28'] });
    const changes = [
      LAUNCH,
      change('AssignPrivateIpAddresses', '07:00', { interfaces: [{ ...given, ipv6: [] }] }),
      change('AssignIpv6Addresses', '07:30', { interfaces: [{ ...given, privateIps: [], prefixes: [] }] }),
    ];
    expect(tenures(changes)).toEqual([
      '10.0.0.5 06:00-',
      '10.0.0.7 07:00-',
      '10.0.7.0/28 07:00-',
      '2001:db8:e1::7 07:30-',
    ]);
    const taken = [
      change('UnassignPrivateIpAddresses', '08:00', { interfaces: [{ ...given, ipv6: [] }] }),
      change('UnassignIpv6Addresses', '08:30', { interfaces: [{ ...given, privateIps: [], prefixes: [] }] }),
    ];
    expect(tenures([...changes, ...taken])).toEqual([
      '10.0.0.5 06:00-',
      '10.0.0.7 07:00-08:00',
      '10.0.7.0/28 07:00-08:00',
      '2001:db8:e1::7 07:30-08:30',
    ]);
    expect(doors([...changes, ...taken])).toEqual([]);
  });

  it('keeps what is assigned while it is attached to nothing', () => {
    const given = change('AssignPrivateIpAddresses', '06:30', {
      interfaces: [eni('eni-9', { privateIps: ['10.0.0.7'] })],
    });
    expect(tenures([created, given, attached])).toContain('10.0.0.7 07:00-');
    const taken = change('UnassignPrivateIpAddresses', '06:40', {
      interfaces: [eni('eni-9', { privateIps: ['10.0.0.7'] })],
    });
    expect(tenures([created, given, taken, attached])).not.toContain('10.0.0.7 07:00-');
  });

  it('is not made by what is taken from it', () => {
    const taken = change('UnassignPrivateIpAddresses', '06:00', {
      interfaces: [eni('eni-9', { privateIps: ['10.0.0.7'] })],
    });
    expect(tenures([taken, attached])).toEqual([]);
    expect(doors([taken, attached])).toEqual(['07:00 unknown-interface any']);
  });
});

describe('a private address in a VPC', () => {
  const moved = change('AssignPrivateIpAddresses', '08:00', {
    interfaces: [eni('eni-2', { privateIps: ['10.0.0.5'] })],
  });

  it('is taken from one instance when it is assigned to another', () => {
    expect(tenures([LAUNCH, NEIGHBOUR, moved])).toEqual(['10.0.0.5 06:00-08:00']);
    expect(tenures([LAUNCH, NEIGHBOUR, moved], 'i-2')).toEqual(['10.0.0.6 06:00-', '10.0.0.5 08:00-']);
  });

  it('is another one in another VPC', () => {
    const elsewhere = { ...NEIGHBOUR, interfaces: [eni('eni-2', { vpcId: 'vpc-2' })] };
    const far = { ...moved, interfaces: [eni('eni-2', { vpcId: 'vpc-2', privateIps: ['10.0.0.5'] })] };
    expect(tenures([LAUNCH, elsewhere, far])).toEqual(['10.0.0.5 06:00-']);
  });

  it('is found by VPC and address', () => {
    const book = buildBook([LAUNCH, NEIGHBOUR]);
    expect(book.privateByVpc.get('vpc-1 10.0.0.5')?.map(({ holder: { id } }) => id)).toEqual(['i-1']);
    expect(book.byAddress.has('10.0.0.5')).toBe(false);
    expect(book.privateByVpc.has('vpc-2 10.0.0.5')).toBe(false);
  });

  it('is not indexed where the VPC is unknown', () => {
    const nowhere = { ...LAUNCH, interfaces: [eni('eni-1', { vpcId: null, privateIps: ['10.0.0.5'] })] };
    expect(buildBook([nowhere]).privateByVpc.size).toBe(0);
    expect(tenures([nowhere])).toEqual(['10.0.0.5 06:00-']);
  });
});

describe('an Elastic IP address', () => {
  it('is its account’s from its allocation to its release', () => {
    const released = change('ReleaseAddress', '09:30', { allocationIds: ['eipalloc-1'] });
    const book = buildBook([ALLOCATED, released]);
    expect(book.accountOf(EIP, at('06:28:59'))).toBeNull();
    expect(book.accountOf(EIP, at('06:29'))).toEqual({ account: ACCOUNT, region: 'eu-west-1' });
    expect(book.accountOf(EIP, at('09:59'))).toEqual({ account: ACCOUNT, region: 'eu-west-1' });
    expect(book.accountOf(EIP, at('10:00'))).toBeNull();
    expect(holder(book, EIP, '07:00')).toBe('-');
    expect(book.byAddress.get(EIP)?.[0]?.holder).toEqual({ kind: 'allocation', id: 'eipalloc-1' });
  });

  it('without an allocation id is known by itself', () => {
    const book = buildBook([change('AllocateAddress', '06:30', { publicIps: [EIP] })]);
    expect(book.byAddress.get(EIP)?.[0]?.holder).toEqual({ kind: 'allocation', id: EIP });
  });

  it('is the instance’s from association to disassociation', () => {
    const changes = [LAUNCH, ALLOCATED, associated('07:00')];
    const lost = change('DisassociateAddress', '08:00', { associationIds: ['eipassoc-1'] });
    expect(tenures(changes)).toContain(`${EIP} 07:00-`);
    expect(tenures([...changes, lost])).toContain(`${EIP} 07:00-08:00`);
    expect(doors([...changes, lost])).toEqual(['08:00 eip-lost public']);
    const book = buildBook([...changes, lost]);
    expect(holder(book, EIP, '07:59')).toBe('i-1');
    expect(holder(book, EIP, '08:00')).toBe('-');
  });

  it('is known by the record that names it and its allocation, even a later one', () => {
    const told = change('ReleaseAddress', '20:00', { allocationIds: ['eipalloc-1'], publicIps: [EIP] });
    expect(tenures([LAUNCH, associated('07:00'), told])).toEqual(['10.0.0.5 06:00-', `${EIP} 07:00-20:00`]);
  });

  it('keeps the address that the first record gave its allocation', () => {
    const odd = change('ReleaseAddress', '20:00', { allocationIds: ['eipalloc-1'], publicIps: ['198.51.100.21'] });
    expect(tenures([LAUNCH, ALLOCATED, associated('07:00'), odd])).toContain(`${EIP} 07:00-`);
  });

  it('is not guessed where a record names several', () => {
    const two = change('CreateNatGateway', '06:30', { allocationIds: ['eipalloc-1', 'eipalloc-2'], publicIps: [EIP] });
    const both = change('CreateNatGateway', '06:30', {
      allocationIds: ['eipalloc-1'],
      publicIps: [EIP, '198.51.100.21'],
    });
    for (const vague of [two, both])
      expect(doors([LAUNCH, vague, associated('07:00')])).toEqual(['07:00 unknown-eip public']);
  });

  it('of unknown address opens a door, and its loss another', () => {
    const lost = change('DisassociateAddress', '08:00', { associationIds: ['eipassoc-1'] });
    expect(doors([LAUNCH, associated('07:00')])).toEqual(['07:00 unknown-eip public']);
    expect(doors([LAUNCH, associated('07:00'), lost])).toEqual(['07:00 unknown-eip public', '08:00 eip-lost public']);
  });

  it('goes to the instance that has the interface', () => {
    const onInterface = associated('07:00', { instanceId: null, interfaces: [eni('eni-1')] });
    expect(tenures([LAUNCH, ALLOCATED, onInterface])).toContain(`${EIP} 07:00-`);
    expect(doors([LAUNCH, onInterface])).toEqual(['07:00 unknown-eip public']);
  });

  it('that is associated elsewhere silently leaves the first instance, and opens a door there', () => {
    const again = associated('08:00', { associationIds: ['eipassoc-2'], instanceId: 'i-2' });
    const changes = [LAUNCH, NEIGHBOUR, ALLOCATED, associated('07:00'), again];
    expect(tenures(changes)).toContain(`${EIP} 07:00-08:00`);
    expect(tenures(changes, 'i-2')).toContain(`${EIP} 08:00-`);
    expect(doors(changes)).toEqual(['08:00 eip-lost public']);
    expect(doors(changes, 'i-2')).toEqual([]);
  });

  it('that is associated once more with the same instance stays there', () => {
    const again = associated('08:00', { associationIds: ['eipassoc-2'] });
    const changes = [LAUNCH, ALLOCATED, associated('07:00'), again];
    expect(tenures(changes)).toEqual(['10.0.0.5 06:00-', `${EIP} 07:00-`]);
    expect(doors(changes)).toEqual([]);
  });

  it('moved within one second is with the new instance, in whatever order the records are', () => {
    const lost = change('DisassociateAddress', '08:00', { id: 'a', associationIds: ['eipassoc-1'] });
    const again = associated('08:00', { id: 'z', associationIds: ['eipassoc-2'], instanceId: 'i-2' });
    for (const pair of [
      [lost, again],
      [
        { ...again, id: 'a' },
        { ...lost, id: 'z' },
      ],
    ]) {
      const changes = [LAUNCH, NEIGHBOUR, ALLOCATED, associated('07:00'), ...pair];
      expect(tenures(changes)).toContain(`${EIP} 07:00-08:00`);
      expect(tenures(changes, 'i-2')).toContain(`${EIP} 08:00-`);
      expect(doors(changes)).toEqual(['08:00 eip-lost public']);
    }
  });

  it('stays where a new association on the instance followed in the same second', () => {
    const onInterface = associated('07:00', { instanceId: null, interfaces: [eni('eni-1')] });
    const again = associated('08:00', { associationIds: ['eipassoc-2'] });
    const lost = change('DisassociateAddress', '08:00', { associationIds: ['eipassoc-1'] });
    expect(tenures([LAUNCH, ALLOCATED, onInterface, again, lost])).toContain(`${EIP} 07:00-`);
  });

  it('is taken from nobody else where the record of the old association names it too', () => {
    const again = associated('08:00', { associationIds: ['eipassoc-2'], instanceId: 'i-2' });
    const lost = change('DisassociateAddress', '08:00', { associationIds: ['eipassoc-1'], publicIps: [EIP] });
    expect(tenures([LAUNCH, NEIGHBOUR, ALLOCATED, associated('07:00'), again, lost], 'i-2')).toContain(`${EIP} 08:00-`);
  });

  it('that no record names begins nothing', () => {
    const nameless = change('AllocateAddress', '06:00', { allocationIds: ['eipalloc-9'] });
    expect(buildBook([nameless, { ...nameless, action: 'ReleaseAddress', id: 'x' }]).byAddress.size).toBe(0);
  });

  it('follows its interface: the association ends where the interface is then', () => {
    const spare = change('CreateNetworkInterface', '06:00', { interfaces: [eni('eni-9')] });
    const attached = change('AttachNetworkInterface', '07:30', { instanceId: 'i-2', interfaces: [eni('eni-9')] });
    const onInterface = associated('07:00', { instanceId: null, interfaces: [eni('eni-9')] });
    const lost = change('DisassociateAddress', '08:00', { associationIds: ['eipassoc-1'] });
    const changes = [NEIGHBOUR, ALLOCATED, spare, onInterface, attached];
    expect(tenures([...changes, lost], 'i-2')).toContain(`${EIP} 07:30-08:00`);
    expect(doors([...changes, lost], 'i-2')).toEqual(['08:00 eip-lost public']);
  });

  it('disassociated by an id nobody saw made is taken from whoever has the address', () => {
    const lost = change('DisassociateAddress', '08:00', { associationIds: ['eipassoc-unseen'], publicIps: [EIP] });
    const changes = [LAUNCH, ALLOCATED, associated('07:00'), lost];
    expect(tenures(changes)).toContain(`${EIP} 07:00-08:00`);
    expect(buildBook(changes).accountOf(EIP, at('12:00'))?.account).toBe(ACCOUNT);
  });

  it('does not come back with its interface once it is disassociated', () => {
    const lost = change('DisassociateAddress', '08:00', { publicIps: [EIP] });
    const onInterface = associated('07:00', { instanceId: null, interfaces: [eni('eni-1')] });
    const detached = change('DetachNetworkInterface', '08:30', { attachmentId: 'attach-1' });
    const back = change('AttachNetworkInterface', '09:00', { instanceId: 'i-1', interfaces: [eni('eni-1')] });
    expect(tenures([LAUNCH, ALLOCATED, onInterface, lost, detached, back])).toEqual([
      '10.0.0.5 06:00-08:30',
      `${EIP} 07:00-08:00`,
      '10.0.0.5 09:00-',
    ]);
  });

  it('ends with its release, on the instance too', () => {
    const released = change('ReleaseAddress', '09:00', { publicIps: [EIP] });
    const changes = [LAUNCH, ALLOCATED, associated('07:00'), released];
    expect(tenures(changes)).toContain(`${EIP} 07:00-09:00`);
    expect(buildBook(changes).accountOf(EIP, at('10:00'))).toBeNull();
  });

  it('belongs to nobody known while it is on offer, and then to the account that accepts it', () => {
    const offered = change('EnableAddressTransfer', '08:00', {
      allocationIds: ['eipalloc-1'],
      transferTo: OTHER_ACCOUNT,
    });
    const accepted = change('AcceptAddressTransfer', '10:00', { account: OTHER_ACCOUNT, publicIps: [EIP] });
    expect(buildBook([ALLOCATED, offered]).accountOf(EIP, at('07:30'))?.account).toBe(ACCOUNT);
    expect(buildBook([ALLOCATED, offered]).accountOf(EIP, at('12:00'))).toBeNull();
    const book = buildBook([ALLOCATED, offered, accepted]);
    expect(book.accountOf(EIP, at('09:00'))).toBeNull();
    expect(book.accountOf(EIP, at('12:00'))?.account).toBe(OTHER_ACCOUNT);
  });
});

describe('a NAT gateway', () => {
  const created = change('CreateNatGateway', '07:00', {
    natGatewayId: 'nat-1',
    vpcId: 'vpc-1',
    allocationIds: ['eipalloc-1'],
    associationIds: ['eipassoc-n1'],
  });
  const more = change('AssociateNatGatewayAddress', '08:00', {
    natGatewayId: 'nat-1',
    publicIps: ['198.51.100.21'],
    associationIds: ['eipassoc-n2'],
  });

  it('has the address of its allocation, in its VPC', () => {
    const book = buildBook([ALLOCATED, created]);
    expect(book.byAddress.get(EIP)?.at(-1)).toMatchObject({
      address: EIP,
      range: null,
      holder: { kind: 'nat-gateway', id: 'nat-1' },
      account: ACCOUNT,
      region: 'eu-west-1',
      vpcId: 'vpc-1',
      since: at('07:00'),
      sinceEvent: created.eventId,
      sinceAction: 'CreateNatGateway',
      until: null,
      untilEvent: null,
    });
    expect(holder(book, EIP, '07:30')).toBe('nat-1');
  });

  it('has every address that is associated with it, in the same VPC', () => {
    const book = buildBook([ALLOCATED, created, more]);
    expect(book.byAddress.get('198.51.100.21')?.[0]).toMatchObject({ vpcId: 'vpc-1', holder: { id: 'nat-1' } });
  });

  it('loses one address by its association, and only that one', () => {
    const less = change('DisassociateNatGatewayAddress', '09:00', {
      natGatewayId: 'nat-1',
      associationIds: ['eipassoc-n2'],
    });
    const book = buildBook([ALLOCATED, created, more, less]);
    expect(holder(book, '198.51.100.21', '09:30')).toBe('-');
    expect(holder(book, EIP, '09:30')).toBe('nat-1');
  });

  it('loses an address that the record names itself', () => {
    const less = change('DisassociateNatGatewayAddress', '09:00', { publicIps: ['198.51.100.21'] });
    expect(holder(buildBook([ALLOCATED, created, more, less]), '198.51.100.21', '09:30')).toBe('-');
  });

  it('does not lose what went to another gateway in the same second', () => {
    const less = change('DisassociateNatGatewayAddress', '09:00', {
      natGatewayId: 'nat-1',
      associationIds: ['eipassoc-n2'],
    });
    const moved = { ...more, id: 'moved', time: at('09:00'), natGatewayId: 'nat-2', associationIds: ['eipassoc-n3'] };
    expect(holder(buildBook([ALLOCATED, created, more, less, moved]), '198.51.100.21', '09:30')).toBe('nat-2');
  });

  it('has nothing after its deletion', () => {
    const deleted = change('DeleteNatGateway', '10:00', { natGatewayId: 'nat-1' });
    const book = buildBook([ALLOCATED, created, more, deleted]);
    expect([holder(book, EIP, '10:30'), holder(book, '198.51.100.21', '10:30')]).toEqual(['-', '-']);
    expect(book.accountOf(EIP, at('12:00'))?.account).toBe(ACCOUNT);
    const other = buildBook([ALLOCATED, created, { ...deleted, natGatewayId: 'nat-2' }]);
    expect(holder(other, EIP, '10:30')).toBe('nat-1');
  });

  it('without an id has no address', () => {
    expect(buildBook([ALLOCATED, { ...created, natGatewayId: null }]).byAddress.get(EIP)).toHaveLength(1);
  });

  it('keeps no association where addresses and associations cannot be told apart', () => {
    const vague = { ...more, associationIds: ['eipassoc-n2', 'eipassoc-n3'] };
    const less = change('DisassociateNatGatewayAddress', '09:00', { associationIds: ['eipassoc-n2'] });
    expect(holder(buildBook([ALLOCATED, created, vague, less]), '198.51.100.21', '09:30')).toBe('nat-1');
  });

  it('loses an address once', () => {
    const less = change('DisassociateNatGatewayAddress', '09:00', {
      natGatewayId: 'nat-1',
      publicIps: ['198.51.100.21'],
    });
    const deleted = change('DeleteNatGateway', '10:00', { natGatewayId: 'nat-1' });
    const [tenure] = buildBook([ALLOCATED, created, more, less, deleted]).byAddress.get('198.51.100.21') ?? [];
    expect([tenure?.until, tenure?.untilEvent]).toEqual([at('09:00'), less.eventId]);
  });

  it('takes no instance along', () => {
    const less = change('DisassociateNatGatewayAddress', '09:00', { publicIps: [EIP] });
    expect(tenures([LAUNCH, ALLOCATED, associated('07:00'), less])).toContain(`${EIP} 07:00-`);
  });

  it('loses an address that is associated with an instance', () => {
    const book = buildBook([LAUNCH, ALLOCATED, created, associated('09:00')]);
    expect(holder(book, EIP, '09:30')).toBe('i-1');
    expect(book.byAddress.get(EIP)?.map(({ until }) => until)).toEqual([null, at('09:00'), null]);
  });

  it('keeps its addresses where an unknown association is ended', () => {
    const lost = change('DisassociateAddress', '09:00', { associationIds: ['eipassoc-unseen'], publicIps: [EIP] });
    expect(holder(buildBook([ALLOCATED, created, lost]), EIP, '09:30')).toBe('nat-1');
  });
});

describe('records of one second', () => {
  it('make what they use first, and end what they end last', () => {
    const same = [
      change('TerminateInstances', '06:00', { id: 'a', instanceId: 'i-1' }),
      change('AssociateAddress', '06:00', { id: 'b', instanceId: 'i-1', allocationIds: ['eipalloc-1'] }),
      { ...ALLOCATED, id: 'c', time: at('06:00') },
      { ...LAUNCH, id: 'd' },
    ];
    expect(tenures(same)).toEqual(['10.0.0.5 06:00-06:00', `${EIP} 06:00-06:00`]);
    expect(tenures([...same].reverse())).toEqual(tenures(same));
  });

  it('that give and take one thing end without it', () => {
    const given = associated('07:00', { id: 'z' });
    const lost = change('DisassociateAddress', '07:00', { id: 'a', associationIds: ['eipassoc-1'] });
    expect(tenures([LAUNCH, ALLOCATED, given, lost])).toContain(`${EIP} 07:00-07:00`);
  });

  it('are in the order of their ids where nothing else tells', () => {
    const first = associated('07:00', { id: 'a', instanceId: 'i-1', associationIds: ['eipassoc-1'] });
    const second = associated('07:00', { id: 'b', instanceId: 'i-2', associationIds: ['eipassoc-2'] });
    for (const changes of [
      [first, second],
      [second, first],
    ])
      expect(holder(buildBook([LAUNCH, NEIGHBOUR, ALLOCATED, ...changes]), EIP, '08:00')).toBe('i-2');
  });

  it.each([
    ['AllocateAddress', 'AssociateAddress'],
    ['CreateNetworkInterface', 'AttachNetworkInterface'],
    ['RunInstances', 'StopInstances'],
    ['AcceptAddressTransfer', 'AssociateAddress'],
    ['AssociateAddress', 'DisassociateAddress'],
    ['AttachNetworkInterface', 'DeleteNetworkInterface'],
    ['AttachNetworkInterface', 'DetachNetworkInterface'],
    ['AssignPrivateIpAddresses', 'UnassignPrivateIpAddresses'],
    ['StartInstances', 'TerminateInstances'],
    ['AssociateAddress', 'ReleaseAddress'],
  ] as const)('%s comes before %s', (earlier, later) => {
    const given = {
      instanceId: 'i-7',
      interfaces: [eni('eni-7', { privateIps: ['10.0.0.77'] })],
      publicIps: [EIP],
      associationIds: ['eipassoc-7'],
    };
    const one = change(earlier, '07:00', { ...given, id: 'z' });
    const other = change(later, '07:00', { ...given, id: 'a' });
    const ordered = change(later, '07:00', { ...given, id: 'zz' });
    expect(dump(buildBook([one, other]))).toEqual(dump(buildBook([one, ordered])));
  });
});

describe('endpoints and brought ranges', () => {
  it('places an endpoint in its VPC and account', () => {
    const made = change('CreateVpcEndpoint', '07:00', { vpcId: 'vpc-1', endpointIds: ['vpce-1'] });
    expect(buildBook([made]).endpoints.get('vpce-1')).toEqual({
      vpcId: 'vpc-1',
      account: ACCOUNT,
      region: 'eu-west-1',
    });
    expect(buildBook([{ ...made, vpcId: null }]).endpoints.size).toBe(0);
  });

  it('makes an advertised range the account’s, and not one that EC2 is only asked to provision', () => {
    const named = { account: OTHER_ACCOUNT, cidrs: ['192.0.2.0/26', '0.0.0.0/0'] };
    const book = buildBook([change('AdvertiseByoipCidr', '07:00', named)]);
    expect(buildBook([change('ProvisionByoipCidr', '07:00', named)]).byoip).toEqual([]);
    expect(book.accountOf('192.0.2.5', at('05:00'))).toEqual({ account: OTHER_ACCOUNT, region: '' });
    expect(book.accountOf('192.0.2.65', at('05:00'))).toBeNull();
  });

  it('believes an allocation before a range', () => {
    const range = change('AdvertiseByoipCidr', '05:00', { account: OTHER_ACCOUNT, cidrs: ['198.51.100.0/24'] });
    expect(buildBook([range, ALLOCATED]).accountOf(EIP, at('07:00'))?.account).toBe(ACCOUNT);
  });
});

describe('any order', () => {
  it('of the same changes builds the same book', () => {
    const changes = [
      LAUNCH,
      NEIGHBOUR,
      ALLOCATED,
      associated('07:00'),
      associated('08:00', { id: 'x', associationIds: ['eipassoc-2'], instanceId: 'i-2' }),
      change('DetachNetworkInterface', '09:00', { attachmentId: 'attach-2' }),
      change('ReleaseAddress', '10:00', { publicIps: [EIP] }),
    ];
    const whole = dump(buildBook(changes));
    for (let shift = 1; shift < changes.length; shift += 1)
      expect(dump(buildBook([...changes.slice(shift), ...changes.slice(0, shift)].reverse()))).toEqual(whole);
  });
});

function dump({ instances, byAddress, privateByVpc }: NetworkBook): string {
  return JSON.stringify([instances, byAddress, privateByVpc].map(inOrder));
}

function inOrder(map: ReadonlyMap<string, unknown>): readonly (readonly [string, unknown])[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}

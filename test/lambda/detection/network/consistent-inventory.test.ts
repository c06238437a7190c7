import { INVENTORY, type Change } from '../../../../lambda/detection/facts/facts';
import { consistentInventory } from '../../../../lambda/detection/network/consistent-inventory';
import type { ChangeAction } from '../../../../lambda/detection/vocabulary';
import { change, eni } from '../trail';

/** An inventory that lists a resource since 10:00. */
function listed(over: Partial<Change>): Change {
  return { ...change('RunInstances', '10:00', over), action: INVENTORY };
}

/** What is left of an inventory beside a record. */
function left(inventory: Change, record: Change, isRejected = false): Change | undefined {
  const changes = isRejected ? [inventory] : [record, inventory];
  return [...consistentInventory(changes, new Set(isRejected ? [record] : []))].find(
    ({ action }) => action === INVENTORY,
  );
}

describe('a resource that an inventory lists', () => {
  it.each<[string, ChangeAction, Partial<Change>]>([
    ['an allocation', 'AllocateAddress', { allocationIds: ['eipalloc-1'] }],
    ['an address', 'AllocateAddress', { publicIps: ['198.51.100.10'] }],
    ['a transferred address', 'AcceptAddressTransfer', { allocationIds: ['eipalloc-1'] }],
    ['an association', 'AssociateAddress', { associationIds: ['eipassoc-1'] }],
    ['an address of a NAT gateway', 'CreateNatGateway', { natGatewayId: 'nat-1', allocationIds: ['eipalloc-1'] }],
    [
      'a further address of one',
      'AssociateNatGatewayAddress',
      { natGatewayId: 'nat-1', associationIds: ['eipassoc-1'] },
    ],
    ['an endpoint', 'CreateVpcEndpoint', { endpointIds: ['vpce-1'] }],
    [
      'an attachment',
      'AttachNetworkInterface',
      { attachmentId: 'attach-1', interfaces: [eni('eni-1', { attachmentId: 'attach-1' })] },
    ],
  ])('%s is not older than the record that made it, and stays rejected with it', (_, action, over) => {
    const inventory = listed(over);
    expect(left(inventory, change(action, '11:00', over))).toBeUndefined();
    expect(left(inventory, change(action, '10:00', over))).toEqual(inventory);
    expect(left(inventory, change(action, '09:00', over))).toEqual(inventory);
    expect(left(inventory, change(action, '09:00', over), true)).toBeUndefined();
    expect(left(inventory, change('DescribeAddresses' as ChangeAction, '11:00', over))).toEqual(inventory);
  });

  it('an attachment that only the request names is one', () => {
    const inventory = listed({ interfaces: [eni('eni-1', { attachmentId: 'attach-1' })] });
    expect(left(inventory, change('AttachNetworkInterface', '11:00', { attachmentId: 'attach-1' }))).toBeUndefined();
    const others = listed({ interfaces: [eni('eni-1', { attachmentId: 'attach-1' }), eni('eni-2')] });
    const record = change('AttachNetworkInterface', '11:00', { attachmentId: 'attach-1' });
    expect(left(others, record)?.interfaces.map(({ eniId }) => eniId)).toEqual(['eni-2']);
    const whole = { ...inventory, sourceDestCheck: true };
    expect(left(whole, record)?.interfaces).toEqual([]);
  });

  it('another gateway’s address is another', () => {
    const inventory = listed({ natGatewayId: 'nat-1', allocationIds: ['eipalloc-1'] });
    const other = change('CreateNatGateway', '11:00', { natGatewayId: 'nat-2', allocationIds: ['eipalloc-1'] });
    expect(left(inventory, other)).toEqual(inventory);
  });

  const ADDRESSES = {
    privateIps: ['10.0.0.5', '10.0.0.6'],
    ipv6: ['2001:db8::5', '2001:db8::6'],
    prefixes: ['10.0.1.0/28', '10.0.2.0/28'],
  };
  const SECOND = { privateIps: ['10.0.0.6'], ipv6: ['2001:db8::6'], prefixes: ['10.0.2.0/28'] };
  const FIRST = { privateIps: ['10.0.0.5'], ipv6: ['2001:db8::5'], prefixes: ['10.0.1.0/28'] };
  it.each<[string, ChangeAction, string, object]>([
    ['without those assigned later', 'AssignPrivateIpAddresses', '11:00', FIRST],
    ['without IPv6 addresses assigned later', 'AssignIpv6Addresses', '11:00', FIRST],
    ['with those assigned before', 'AssignPrivateIpAddresses', '09:00', ADDRESSES],
    ['with those unassigned later', 'UnassignPrivateIpAddresses', '11:00', ADDRESSES],
    ['with those unassigned before', 'UnassignIpv6Addresses', '09:00', ADDRESSES],
  ])('an interface keeps its addresses %s', (_, action, time, kept) => {
    const inventory = listed({ interfaces: [eni('eni-1', ADDRESSES)] });
    expect(left(inventory, change(action, time, { interfaces: [eni('eni-1', SECOND)] }))?.interfaces).toEqual([
      eni('eni-1', kept),
    ]);
    expect(left(inventory, change(action, time, { interfaces: [eni('eni-2', SECOND)] }))?.interfaces).toEqual([
      eni('eni-1', ADDRESSES),
    ]);
  });

  it('an instance is none where its launch was rejected, and is where it was not', () => {
    const inventory = listed({ instanceId: 'i-1', publicIps: ['198.51.100.10'] });
    const launch = change('RunInstances', '09:00', { instanceId: 'i-1' });
    expect(left(inventory, launch, true)).toBeUndefined();
    expect(left(inventory, { ...launch, time: inventory.time + 1 })).toEqual(inventory);
    expect(left(inventory, change('RunInstances', '09:00', { instanceId: 'i-2' }), true)).toEqual(inventory);
  });

  it('what was rejected once and made anew is listed again', () => {
    const over = { associationIds: ['eipassoc-1'] };
    const changes = [listed(over), change('AssociateAddress', '09:30', over)];
    const rejected = new Set([change('AssociateAddress', '09:00', over)]);
    expect(consistentInventory(changes, rejected)).toEqual(changes);
  });

  it('records alone are left as they are', () => {
    const changes = [change('RunInstances', '09:00', { instanceId: 'i-1' })];
    expect(consistentInventory(changes, new Set())).toBe(changes);
  });
});

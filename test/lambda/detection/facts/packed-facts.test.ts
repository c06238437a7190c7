import fc from 'fast-check';
import { PACKED } from '../../../../lambda/detection/facts/fact-formats';
import { RowReader, RowWriter } from '../../../../lambda/detection/facts/fact-row';
import { FactSet } from '../../../../lambda/detection/facts/fact-set';
import { INVENTORY, type Change, type Issuance } from '../../../../lambda/detection/facts/facts';
import { InternedFacts } from '../../../../lambda/detection/facts/interned-facts';
import { JoinedFacts, PackedFacts, SomeFacts } from '../../../../lambda/detection/facts/packed-facts';
import { TextIndex } from '../../../../lambda/detection/facts/text-index';
import { caller, change, from, issuance } from '../trail';

const UUID = '0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9';

/** Facts of a set have their members in one order, which decides between two of one id. */
const interned = new InternedFacts();

const ISSUANCES: readonly Issuance[] = [
  issuance('i-1', '09:00', { id: `111122223333/${UUID}/aws/111122223333/ec2-instance/i-1`, eventId: UUID }),
  issuance('i-2', '09:01', { accessKeyId: null, expires: null, region: null, attributes: { cluster: 'ü', x: '1' } }),
  issuance('i-3', '09:02', { asked: { source: from('198.51.100.10'), what: '["eu-west-1","sts"]' }, attributes: {} }),
  issuance('i-1', '09:03', { id: 'short', eventId: '' }),
].map((one) => interned.issuance(one));

const CHANGES: readonly Change[] = [
  change('RunInstances', '09:00', {
    id: `111122223333/${UUID}/i-1`,
    eventId: UUID.toUpperCase(),
    instanceId: 'i-1',
    interfaces: [
      {
        eniId: 'eni-1',
        attachmentId: null,
        vpcId: 'vpc-1',
        subnetId: null,
        privateIps: ['10.0.0.1', '10.0.0.2'],
        ipv6: ['2001:db8::1'],
        prefixes: [],
      },
    ],
    by: caller('i-2', '198.51.100.10'),
    eksNode: true,
  }),
  change('AllocateAddress', '09:01', { publicIps: ['198.51.100.11'], allocationIds: ['eipalloc-1'], by: null }),
  change('EnableAddressTransfer', '09:02', { transferTo: '444455556666', cidrs: ['198.51.100.0/24'] }),
  change('AttachNetworkInterface', '09:03', { sourceDestCheck: false, instanceId: null, action: INVENTORY }),
  change('CreateVpcEndpoint', '09:04', { endpointIds: ['vpce-1', 'vpce-2'], sourceDestCheck: true, region: '' }),
].map((one) => interned.change(one));

function packed<T extends { readonly id: string }>(facts: readonly T[], all: PackedFacts<T>): PackedFacts<T> {
  for (const fact of facts) all.set(fact);
  return all;
}

describe('packed facts', () => {
  it.each([0, 1, 2, 100])('are those that were added, in their order, with %d objects', (most) => {
    const issuances = packed(ISSUANCES, new PackedFacts(PACKED.issuances, most));
    const changes = packed(CHANGES, new PackedFacts(PACKED.changes, most));
    expect([...issuances]).toEqual(ISSUANCES);
    expect([...changes.values()]).toEqual(CHANGES);
    expect([...issuances, ...changes].map((fact) => JSON.stringify(fact))).toEqual(
      [...ISSUANCES, ...CHANGES].map((fact) => JSON.stringify(fact)),
    );
    for (const fact of CHANGES) expect(changes.get(fact.id)).toEqual(fact);
    expect([changes.get('none'), changes.length, changes.at(1), changes.at(9)]).toEqual([
      undefined,
      CHANGES.length,
      CHANGES[1],
      undefined,
    ]);
  });

  it.each([0, 1, 100])('have one fact of an id, in the place of the first, with %d objects', (most) => {
    const changes = packed(CHANGES, new PackedFacts(PACKED.changes, most));
    const replaced = CHANGES.map((one) => ({ ...one, instanceId: `i-${'0'.repeat(40)}` }));
    for (const one of replaced) changes.set(one);
    expect([...changes]).toEqual(replaced);
  });

  it('may be larger than the parts that they are kept in', () => {
    const publicIps = Array.from({ length: 60_000 }, (_, index) => `198.51.${index >> 8}.${index & 255}`);
    const facts = [0, 1, 2].map((index) => change('RunInstances', '09:00', { id: `${index}`, publicIps }));
    expect([...packed(facts, new PackedFacts(PACKED.changes, 0))]).toEqual(facts);
  });

  it('can be joined, and chosen from', () => {
    const joined = new JoinedFacts(CHANGES.slice(0, 2), CHANGES.slice(2));
    expect([joined.length, ...joined]).toEqual([CHANGES.length, ...CHANGES]);
    const some = new SomeFacts(joined, [4, 1]);
    expect([some.length, ...some, some.at(2)]).toEqual([2, CHANGES[4], CHANGES[1], undefined]);
  });
});

describe('a set of more facts than are objects', () => {
  const many = Array.from({ length: 10_500 }, (_, index) =>
    change('StopInstances', '09:00', { id: `${index}`, instanceId: `i-${index}` }),
  );
  const amended = [3, 10_400].map((index) => change('StopInstances', '08:00', { id: `${index}`, instanceId: 'i-0' }));
  const expected = many.map((one, index) => amended.find(({ id }) => id === `${index}`) ?? one);

  it.each([
    ['before', [...amended, ...many]],
    ['after', [...many, ...amended, ...many]],
  ])('keeps the earlier of one id that came %s the others', (_when, facts) => {
    const set = new FactSet(PACKED);
    for (const fact of facts) set.add(fact);
    expect([...set.changes].sort((a, b) => Number(a.id) - Number(b.id))).toEqual(expected);
    const merged = new FactSet(PACKED);
    merged.merge(set);
    merged.merge(set);
    expect([...merged.changes]).toEqual([...set.changes]);
  });
});

describe('a row', () => {
  it('has any texts and numbers that were written', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.uuid(),
      fc.tuple(fc.string(), fc.uuid(), fc.string()).map((parts) => parts.join('')),
      fc.constantFrom('', '-', '\ud800', `${UUID}-`, UUID.slice(1), UUID.replace('a', 'g')),
    );
    fc.assert(
      fc.property(fc.array(fc.option(text)), fc.array(fc.nat({ max: 0xffffffff })), (texts, counts) => {
        const writer = new RowWriter();
        for (const one of texts) writer.text(one);
        for (const count of counts) {
          writer.count(count);
          writer.number(count / 3);
        }
        const reader = new RowReader(writer.take().slice(), 0);
        expect(texts.map(() => reader.text())).toEqual(texts);
        expect(counts.map(() => [reader.count(), reader.number()])).toEqual(counts.map((one) => [one, one / 3]));
      }),
    );
  });
});

describe('an index of texts', () => {
  it('finds the latest number of each text, and none for others', () => {
    const texts = Array.from({ length: 1_000 }, (_, index) => `text ${index % 500}`);
    const index = new TextIndex((number) => texts[number]);
    for (const [number, text] of texts.entries()) index.set(text, number);
    expect(texts.map((text) => index.get(text))).toEqual(texts.map((_, number) => 500 + (number % 500)));
    expect(index.get('text 500')).toBeUndefined();
  });
});

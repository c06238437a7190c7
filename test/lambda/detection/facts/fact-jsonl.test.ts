import { addLine, FACTS_FORMAT, linesOf, rowIn } from '../../../../lambda/detection/facts/fact-jsonl';
import { FactSet } from '../../../../lambda/detection/facts/fact-set';
import { canonical } from '../../../properties/canonical';
import { caller, change, eni, foreignKey, issuance, sighting } from '../trail';

const HOME = '198.51.100.10';

/** Facts in which every field has a value. */
function filled(): FactSet {
  const facts = new FactSet();
  facts.sawAccount('111122223333');
  const by = caller('i-1', 'vpce-1@444455556666/10.0.0.5', { delivery: '2.0', legacy: true });
  facts.add(
    issuance('i-1', '08:00', {
      asked: { source: by.source, what: '["sts"]' },
      region: 'eu-west-1',
      attributes: { cluster: 'c' },
    }),
  );
  facts.add(foreignKey('ASIA9', 'arn:aws:sts::111122223333:assumed-role/admin/alice', by));
  facts.add({ fact: 'grant', id: 'g', eventId: 'g', time: 1, to: 'key/AKIA1', by });
  facts.add(
    change('AssociateAddress', '09:00', {
      by,
      instanceId: 'i-1',
      interfaces: [
        eni('eni-1', { attachmentId: 'a', privateIps: ['10.0.0.5'], ipv6: ['::1'], prefixes: ['10.0.1.0/28'] }),
      ],
      allocationIds: ['eipalloc-1'],
      associationIds: ['eipassoc-1'],
      attachmentId: 'eni-attach-1',
      publicIps: [HOME],
      natGatewayId: 'nat-1',
      endpointIds: ['vpce-1'],
      vpcId: 'vpc-1',
      subnetId: 'subnet-1',
      transferTo: '444455556666',
      sourceDestCheck: false,
      eksNode: true,
      cidrs: ['203.0.113.0/24'],
    }),
  );
  for (const [minute, place] of [HOME, HOME, 'by s3.amazonaws.com'].entries())
    facts.add(sighting(caller('i-1', place), `10:0${minute}`));
  for (let call = 10; call < 40; call += 1)
    facts.add(sighting(caller('i-2', HOME, { workload: null, shown: 'none' }), `11:${call}`));
  return facts;
}

/** Fields in one order. */
function valuesIn(lines: Iterable<string>): string[] {
  return [...lines].map((line) => canonical(JSON.parse(line)));
}

function readAll(lines: Iterable<string>): FactSet {
  const facts = new FactSet();
  for (const line of lines) addLine(facts, line);
  return facts;
}

describe('facts as lines', () => {
  it('are read as they were written, in any order and more than once', () => {
    const lines = [...linesOf(filled())];
    expect(lines[0]).toBe(`{"format":"${FACTS_FORMAT}"}`);
    expect(valuesIn(linesOf(readAll(lines)))).toEqual(valuesIn(lines));
    const shuffled = [...lines.toReversed(), ...lines];
    expect(valuesIn(linesOf(readAll(shuffled))).sort()).toEqual(valuesIn(lines).sort());
  });

  it('remember how many calls there were beyond those kept', () => {
    const [sample] = [
      ...(readAll(linesOf(filled())).sessions.get(caller('i-2', HOME).sessionArn)?.calls.values() ?? []),
    ];
    expect(sample).toMatchObject({ limit: 25, more: true, lastTime: Date.parse('2026-09-01T11:39:00Z') });
  });

  it('are given back where a line is one fact', () => {
    const facts = filled();
    const given = [...linesOf(facts)].map((line) => addLine(new FactSet(), line)?.fact ?? null);
    expect(given.filter((fact) => fact !== null).sort()).toEqual(['change', 'foreign-key', 'grant', 'issuance']);
  });

  it('have the rows of sightings among them', () => {
    const lines = [...linesOf(filled())].filter((line) => line.startsWith('{"caller"'));
    expect(lines).toHaveLength(3);
    const { caller: by, seen } = rowIn(lines[0] ?? '');
    expect(by).toEqual(caller('i-1', HOME));
    expect(seen).toMatchObject([
      {
        hour: Date.parse('2026-09-01T10:00:00Z') / 3_600_000,
        did: 1,
        event: { time: Date.parse('2026-09-01T10:00:00Z') },
      },
    ]);
    expect(() => rowIn('{"account":"111122223333"}')).toThrow();
  });

  it.each([
    '{}',
    '{"format":"credlock.facts/0"}',
    '{"fact":"sighting"}',
    '{"account":1}',
    '{"fact":"issuance","id":"1"}',
    'null',
  ])('refuse %s', (line) => {
    expect(() => addLine(new FactSet(), line)).toThrow('✖ Invalid input');
  });
});

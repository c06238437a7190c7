import type { ForeignKey, Issuance } from '../../../../lambda/detection/facts/facts';
import { Prover, type Proof } from '../../../../lambda/detection/facts/attribution';
import { kindsNamed } from '../../../../lambda/detection/kinds/all-kinds';
import { caller, foreignKey, instance, issuance, OTHER_ACCOUNT, sessionArn, type Who } from '../trail';

const HOME = '198.51.100.10';
const NAMED: Who = { shown: 'shape' };

function prover(issuances: readonly Issuance[], foreign: readonly ForeignKey[] = [], kinds = ['ec2-instance']): Prover {
  return new Prover(issuances, new Map(foreign.map((key) => [key.accessKeyId, key])), kindsNamed(kinds));
}

/** `i-1 by scope, issued …`: the workload, the proof, the issuance. */
function shown(proof: Proof | null): string {
  if (!proof) return '-';
  return `${proof.workload.id} by ${proof.by}${proof.issuance ? `, ${proof.issuance.eventId}` : ''}`;
}

function proven(who: Who, issuances: readonly Issuance[] = [], foreign: readonly ForeignKey[] = []): string {
  return shown(prover(issuances, foreign).prove(caller('i-1', HOME, who)));
}

describe('a call is proven', () => {
  it('by its scope or its delivery, whatever was issued', () => {
    expect(proven({ shown: 'scope' })).toBe('i-1 by scope');
    expect(proven({ shown: 'delivery' })).toBe('i-1 by delivery');
  });

  it('and tells the issuance of its key where it was seen', () => {
    expect(proven({ shown: 'scope' }, [issuance('i-1', '09:00')])).toBe('i-1 by scope, issued i-1 09:00');
    expect(proven({ shown: 'scope', accessKeyId: 'ASIA-other' }, [issuance('i-1', '09:00')])).toBe('i-1 by scope');
    expect(proven({ shown: 'scope', accessKeyId: null }, [issuance('i-1', '09:00')])).toBe('i-1 by scope');
  });

  it('by a key that was issued to a workload, to that workload', () => {
    expect(proven(NAMED, [issuance('i-1', '09:00')])).toBe('i-1 by issued-key, issued i-1 09:00');
    const stolen = caller('i-1', HOME, { ...NAMED, accessKeyId: 'ASIA-i-2' });
    expect(shown(prover([issuance('i-2', '09:00')]).prove(stolen))).toBe('i-2 by issued-key, issued i-2 09:00');
    expect(proven({ shown: 'none', workload: null }, [issuance('i-1', '09:00')])).toBe(
      'i-1 by issued-key, issued i-1 09:00',
    );
  });

  it('not by the shape of its name', () => {
    expect(proven(NAMED)).toBe('-');
    expect(proven({ ...NAMED, accessKeyId: null })).toBe('-');
    expect(proven({ shown: 'none', workload: null })).toBe('-');
  });

  it('not by a scope without a workload, nor by that of a kind that is not looked for', () => {
    expect(proven({ shown: 'scope', workload: null })).toBe('-');
    expect(proven({ shown: 'scope', workload: { ...instance('i-1'), kind: 'ecs-task' } })).toBe('-');
    const task = issuance('i-1', '09:00', { workload: { ...instance('i-1'), kind: 'ecs-task' } });
    expect(proven(NAMED, [task])).toBe('-');
    expect(proven({ ...NAMED, accessKeyId: null, legacy: true }, [task])).toBe('-');
  });

  it('by the session in records too old to tell more, where the key tells nothing', () => {
    const old: Who = { ...NAMED, legacy: true };
    expect(proven({ ...old, accessKeyId: null }, [issuance('i-1', '09:00')])).toBe('i-1 by session');
    expect(proven({ ...old, accessKeyId: 'ASIA-unseen' }, [issuance('i-1', '09:00')])).toBe('i-1 by session');
    expect(proven({ ...old, role: 'billing', accessKeyId: null }, [issuance('i-1', '09:00')])).toBe('-');
  });

  it('not by the session in newer records', () => {
    expect(proven({ ...NAMED, accessKeyId: null }, [issuance('i-1', '09:00')])).toBe('-');
  });

  it('not by an issuance without a key for a key that is unseen', () => {
    expect(proven(NAMED, [issuance('i-1', '09:00', { accessKeyId: null })])).toBe('-');
    expect(proven({ ...NAMED, accessKeyId: null }, [issuance('i-1', '09:00', { accessKeyId: null })])).toBe('-');
  });
});

describe('a call is disproved', () => {
  const person = foreignKey('ASIA-i-1', sessionArn('i-1'), null);

  it('by a key that was issued to somebody else, whatever its session', () => {
    expect(proven({ ...NAMED, legacy: true }, [issuance('i-1', '08:00', { accessKeyId: 'ASIA0' })], [person])).toBe(
      '-',
    );
    expect(prover([], [person]).isDisproved(caller('i-1', HOME))).toBe(true);
  });

  it('not without a key, nor by another key', () => {
    expect(prover([], [person]).isDisproved(caller('i-1', HOME, { accessKeyId: null }))).toBe(false);
    expect(prover([], [person]).isDisproved(caller('i-1', HOME, { accessKeyId: 'ASIA2' }))).toBe(false);
  });

  it('not where AWS itself says that it comes from the workload', () => {
    expect(proven({ shown: 'scope' }, [], [person])).toBe('i-1 by scope');
  });
});

describe('a console session', () => {
  const own = issuance('i-1', '09:00');
  const opened = caller('i-1', HOME, { ...NAMED, accessKeyId: 'ASIA-console' });

  it('is proven by its session, though its key was issued to nobody', () => {
    expect(shown(prover([own]).prove(opened, true))).toBe('i-1 by session');
    expect(shown(prover([own]).prove(opened, false))).toBe('-');
  });

  it('is not where others use the session too', () => {
    const other = foreignKey('ASIA9', sessionArn('i-1'), null);
    expect(shown(prover([own], [other]).prove(opened, true))).toBe('-');
    const unrelated = foreignKey('ASIA9', sessionArn('i-2'), null);
    expect(shown(prover([own], [unrelated]).prove(opened, true))).toBe('i-1 by session');
  });
});

describe('a session that a workload’s session requested is chained to it', () => {
  const link = (key: string, by: string | null): ForeignKey =>
    foreignKey(
      key,
      sessionArn(key, 'admin'),
      by === null ? null : caller(by, HOME, { accessKeyId: by, workload: null, shown: 'none' }),
    );

  it.each<[string, string | null, readonly ForeignKey[], string]>([
    ['directly', 'ASIA-a', [link('ASIA-a', 'ASIA-i-1')], 'i-1 by chained'],
    ['through others', 'ASIA-b', [link('ASIA-b', 'ASIA-a'), link('ASIA-a', 'ASIA-i-1')], 'i-1 by chained'],
    ['not by what others requested', 'ASIA-c', [link('ASIA-a', 'ASIA-i-1')], '-'],
    ['not where no requester is named', 'ASIA-a', [link('ASIA-a', null)], '-'],
    ['not where sessions requested each other', 'ASIA-a', [link('ASIA-a', 'ASIA-b'), link('ASIA-b', 'ASIA-a')], '-'],
    ['not without a key', null, [link('ASIA-a', 'ASIA-i-1')], '-'],
  ])('%s', (_, accessKeyId, foreign, expected) => {
    const by = caller('x', HOME, { accessKeyId, workload: null, shown: 'none' });
    expect(shown(prover([issuance('i-1', '09:00')], foreign).proveChained(by))).toBe(expected);
  });
});

describe('kinds that are proven by their session', () => {
  it('are so in any record', () => {
    const [kind] = kindsNamed(['ec2-instance']);
    if (!kind) throw new Error('there are instances');
    const always = new Prover([issuance('i-1', '09:00')], new Map(), [{ ...kind, provenBySessionArn: 'always' }]);
    const never = new Prover([issuance('i-1', '09:00')], new Map(), [{ ...kind, provenBySessionArn: 'never' }]);
    const by = caller('i-1', HOME, { ...NAMED, accessKeyId: null });
    expect(shown(always.prove(by))).toBe('i-1 by session');
    expect(shown(never.prove({ ...by, legacy: true }))).toBe('-');
  });
});

describe('a key that several records issue', () => {
  const first = issuance('i-1', '09:00', { accessKeyId: 'ASIA1' });
  const rivals: readonly (readonly [string, Issuance, string])[] = [
    ['the earlier', issuance('i-2', '08:00', { accessKeyId: 'ASIA1' }), 'i-2'],
    [
      'the earlier, though it has fewer digits',
      { ...issuance('i-2', '09:00', { accessKeyId: 'ASIA1' }), time: 5 },
      'i-2',
    ],
    ['not the later', issuance('i-0', '10:00', { accessKeyId: 'ASIA1' }), 'i-1'],
    ['at one time the smaller workload', issuance('i-0', '09:00', { accessKeyId: 'ASIA1' }), 'i-0'],
    [
      'at one time the smaller account',
      issuance('i-0', '09:00', { accessKeyId: 'ASIA1', account: OTHER_ACCOUNT }),
      'i-1',
    ],
  ];

  it.each(rivals)('is that of %s, in whatever order they come', (_which, second, expected) => {
    const by = caller('i-9', HOME, { ...NAMED, accessKeyId: 'ASIA1' });
    for (const order of [
      [first, second],
      [second, first],
    ])
      expect(prover(order).prove(by)?.workload.id).toBe(expected);
  });

  it('is told by the smaller record where only the record differs', () => {
    const [a, b] = ['a', 'b'].map((id) => issuance('i-1', '09:00', { id, eventId: id }));
    if (!a || !b) throw new Error('two issuances');
    for (const order of [
      [a, b],
      [b, a],
    ])
      expect(prover(order).prove(caller('i-1', HOME))?.issuance?.id).toBe('a');
  });
});

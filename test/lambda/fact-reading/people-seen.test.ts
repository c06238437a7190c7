import { PeopleSeen } from '../../../lambda/fact-reading/people-seen';

const DAY = 86_400;
const ann = { account: '111122223333', address: '198.51.100.1', who: 'arn:aws:iam::111122223333:user/ann' };
const bob = { ...ann, who: 'arn:aws:iam::111122223333:user/bob' };
const far = { ...ann, address: '198.51.100.2' };

/** Calls as person, seconds and id; returns those passed on, in order of their ids. */
function firstsOf(
  calls: readonly (readonly [typeof ann, number, number])[],
): (readonly [string, string, number, number])[] {
  const firsts: (readonly [string, string, number, number])[] = [];
  const people = new PeopleSeen(({ who, address }, time, words, at) => {
    expect([...words.subarray(at, at + 3)]).toEqual([1, 2, 3]);
    firsts.push([who, address, time, words[at + 3] ?? 0]);
  });
  const numbers = new Map([ann, bob, far].map((person) => [person, people.add(person)]));
  for (const [person, time, id] of calls)
    people.see(numbers.get(person) ?? 0, time, Int32Array.of(time, 1, 2, 3, id), 1);
  people.finish();
  people.finish();
  return firsts.sort(([, , , one], [, , , other]) => one - other);
}

describe('of people, the first call of an account, address and day is passed on', () => {
  const first = ({ who, address }: typeof ann, time: number, id: number): readonly [string, string, number, number] => [
    who,
    address,
    time,
    id,
  ];

  it.each<[string, Parameters<typeof firstsOf>[0], ReturnType<typeof firstsOf>]>([
    ['none', [], []],
    [
      'the earliest, in any order',
      [
        [ann, 50, 1],
        [ann, 20, 2],
        [ann, 30, 3],
      ],
      [first(ann, 20, 2)],
    ],
    [
      'of the earlier of two people at one address',
      [
        [ann, 50, 1],
        [bob, 20, 2],
      ],
      [first(bob, 20, 2)],
    ],
    [
      'of each address',
      [
        [ann, 50, 1],
        [far, 60, 2],
      ],
      [first(ann, 50, 1), first(far, 60, 2)],
    ],
    [
      'of each day',
      [
        [ann, 50, 1],
        [ann, DAY, 2],
        [ann, DAY + 1, 3],
      ],
      [first(ann, 50, 1), first(ann, DAY, 2)],
    ],
    [
      'both of one second, as their ids decide',
      [
        [ann, 50, 1],
        [bob, 50, 2],
      ],
      [first(ann, 50, 1), first(bob, 50, 2)],
    ],
  ])('%s', (_, calls, firsts) => {
    expect(firstsOf(calls)).toEqual(firsts);
  });

  it('a day that is seen again is passed on again, at least with its first call', () => {
    const calls = [
      [ann, 50, 1],
      [ann, DAY, 2],
      [ann, 40, 3],
      [ann, 60, 4],
    ] as const;
    expect(firstsOf(calls)).toEqual([first(ann, 50, 1), first(ann, DAY, 2), first(ann, 40, 3)]);
  });
});

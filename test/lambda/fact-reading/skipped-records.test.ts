import { SkippedRecords } from '../../../lambda/fact-reading/skipped-records';

function read(sessions: readonly string[], file: string): SkippedRecords {
  const skipped = new SkippedRecords();
  for (const session of sessions) {
    const userIdentity = { arn: `arn:aws:sts::111122223333:assumed-role/web/${session}` };
    skipped.note('session-without-address', { userIdentity, sourceIPAddress: `x of ${file}` }, file);
  }
  return skipped;
}

test('the same sessions are named, by the same examples, whichever thread was faster', () => {
  const names = Array.from({ length: 12 }, (_, index) => `i-${10 + index}`);
  const [one, other] = [read(names, 'b.json'), read([...names].reverse(), 'a.json')];
  const [all, again] = [new SkippedRecords(), new SkippedRecords()];
  for (const each of [one, other]) all.add(structuredClone(each.data()));
  for (const each of [other, one]) again.add(structuredClone(each.data()));

  expect(all.notices()).toEqual(again.notices());
  expect(all.notices()).toHaveLength(11);
  expect(all.notices()[0]).toBe(
    '2 calls of i-10 could not be judged: sourceIPAddress is no single address, for example "x of a.json" in a.json',
  );
});

import { withVerificationNotes } from '../../../lambda/confirming/verification-notes';
import { memoryLockTable } from '../../../lambda/adapters/memory/memory-lock-table';
import { currentAnswer, saveAnswer, takeQuestion, type Outcome } from '../../../lambda/store/answers';
import { INSTANCE, LAPTOP, ofType } from '../adapters/security-hub/asff-samples';

const NOW = Date.parse('2026-09-01T12:00:00Z');
const HOUR = 3_600_000;
const { account } = INSTANCE;
const place = { account, region: 'eu-west-1', ip: LAPTOP.ip ?? '', host: null };
const NO_LIST = { organizationAccounts: [] };
const group = ofType('UndeclaredEgress', { workload: null, workloads: [INSTANCE, { ...INSTANCE, id: 'i-2' }] });

async function answered(outcome: Outcome) {
  const table = memoryLockTable();
  await saveAnswer(table, { ...place, at: NOW, outcome });
  return table;
}

test('a finding, and a group, say why EC2 did not answer, and nothing where it did', async () => {
  const findings = [ofType('OutsideAWS'), group];
  const noted = await withVerificationNotes(findings, await answered('throttled'), NO_LIST);
  const reason = `EC2 of account ${account} in eu-west-1 did not tell who has ${place.ip}: requests were throttled.`;
  expect(noted.map(({ evidence }) => evidence.at(-1))).toEqual([reason, reason]);
  for (const outcome of ['found', 'not-found'] as const)
    expect(await withVerificationNotes(findings, await answered(outcome), NO_LIST)).toEqual(findings);
});

test('findings that EC2 is not asked about say nothing', async () => {
  const findings = [ofType('AfterTermination'), ofType('ManyOrigins', { origin: null })];
  expect(await withVerificationNotes(findings, await answered('denied'), NO_LIST)).toEqual(findings);
});

test('an answer holds for an hour, a refusal for minutes, and a later one replaces it', async () => {
  const table = await answered('found');
  expect(await currentAnswer(table, place, NOW + HOUR - 1)).toMatchObject({ outcome: 'found' });
  expect(await currentAnswer(table, place, NOW + HOUR)).toBeNull();
  expect(await currentAnswer(table, { ...place, host: 'i-1' }, NOW)).toBeNull();
  await saveAnswer(table, { ...place, at: NOW + 1, outcome: 'throttled' });
  expect(await currentAnswer(table, place, NOW + 60_002)).toBeNull();
});

test('an account is asked so often in an hour, and no more', async () => {
  const table = memoryLockTable();
  const ask = (now: number, to = account) => takeQuestion(table, to, { now, most: 2 });
  expect([await ask(NOW), await ask(NOW + 1), await ask(NOW + 2)]).toEqual([true, true, false]);
  expect([await ask(NOW + HOUR), await ask(NOW, '444455556666')]).toEqual([true, true]);
});

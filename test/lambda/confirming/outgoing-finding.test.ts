import { publishWith, type OutgoingFinding } from '../../../lambda/confirming/outgoing-finding';
import { CHAINED, NO_CALL_SEEN } from '../../../lambda/detection/findings/chained-sessions';
import { madeUp } from '../adapters/security-hub/asff-samples';

const ASSUMED = `${CHAINED}arn:aws:sts::111122223333:assumed-role/admin/x was assumed at 2026-09-01T10:00:00Z; ${NO_CALL_SEEN}`;
const DELIVERY = { mode: 'live', reach: 'live', groupId: null, wasUngrouped: false, lastPublished: null } as const;

async function evidenceSent(withoutChainedCalls: boolean): Promise<readonly string[]> {
  const sent: OutgoingFinding[] = [];
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const meter = { count: () => {}, milliseconds: () => {}, flush: () => {} };
  const send = (outgoing: OutgoingFinding): Promise<void> => Promise.resolve(void sent.push(outgoing));
  const publish = publishWith({ send, runbookUrl: 'https://runbook.example', withoutChainedCalls, log, meter });
  await publish(madeUp({ evidence: ['It is elsewhere.', ASSUMED] }), 1, DELIVERY);
  return sent.flatMap(({ finding }) => finding.evidence);
}

test('a finding says that calls of assumed sessions do not arrive where the rules forward none', async () => {
  const [first, assumed] = await evidenceSent(true);
  expect(first).toBe('It is elsewhere.');
  expect(assumed).toContain(
    'was assumed at 2026-09-01T10:00:00Z; its calls do not arrive: the deployed rules forward none',
  );
  expect(assumed).not.toContain(NO_CALL_SEEN);
});

test('and that none was seen where they would arrive', async () => {
  expect(await evidenceSent(false)).toEqual(['It is elsewhere.', ASSUMED]);
});

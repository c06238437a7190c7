import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sessionCall } from '../../lambda/trail-files/trail-fixtures';
import { credlock, IP_RANGES, place, put, removeAll } from '../credlock-command';

afterAll(removeAll);

const { sessionContext: _, ...identity } = sessionCall('1').userIdentity as Record<string, unknown>;

/** A call of an instance, with credentials that AWS delivered to it. */
function call(id: string, more: object = {}): Record<string, unknown> {
  const account = id.startsWith('b') ? '444455556666' : '111122223333';
  const arn = `arn:aws:sts::${account}:assumed-role/web/i-0123456789abcdef${id.slice(1)}`;
  return sessionCall(id, {
    userIdentity: { ...identity, arn, accountId: account, sessionContext: { ec2RoleDelivery: '2.0' } },
    recipientAccountId: account,
    ...more,
  });
}

/** What both commands print over the same files, in a folder without settings. */
async function both(files: Readonly<Record<string, object>>, ...args: readonly string[]) {
  const folder = place('trail');
  mkdirSync(folder, { recursive: true });
  for (const [name, records] of Object.entries(files))
    writeFileSync(join(folder, name), JSON.stringify(Array.isArray(records) ? { Records: records } : records));
  const cwd = place('empty');
  mkdirSync(cwd);
  const [replayed, hunted] = await Promise.all(
    [
      ['replay', folder],
      ['hunt', '--local', folder],
    ].map((command) => credlock([...command, '--ip-ranges', IP_RANGES, ...args], { cwd })),
  );
  return { replayed, hunted };
}

it.each([
  [
    'records in the future, calls from no single address, several accounts, old address ranges',
    {
      'a.json': [call('a1'), call('b2'), call('a3', { eventTime: '2099-01-01T00:00:00Z' })],
      'b.json': [
        call('a4', { sourceIPAddress: '192.0.2.66, 203.0.113.200' }),
        call('a4', { sourceIPAddress: null }),
        call('a5', { sourceIPAddress: undefined }),
      ],
      'c.json': [call('a6', { eventTime: '2026-11-20T10:00:00Z' })],
    },
    [/rejected, since the time/, /2 calls of i-\w+ could not be judged/, /Records of 2 accounts/, /days older than/],
  ],
  [
    'records of which none shows whose credentials were used',
    { 'rows.json': sessionCall('1', { userIdentity: identity }) },
    [/1 record of role sessions cannot be attributed/, /1 input was not read completely/],
  ],
  [
    'records whose addresses were replaced',
    { 'a.json': ['a1', 'a2', 'b3'].map((id) => call(id, { sourceIPAddress: '3.248.10.20' })) },
    [/The records look anonymised: all calls of 3 sessions in 2 accounts/],
  ],
  [
    'records of invented addresses',
    { 'a.json': [call('a1', { sourceIPAddress: '224.0.0.7' })] },
    [/of 1 source addresses 1 are reserved/],
  ],
])('a hunt hints at what replay hints at: %s', async (_name, files, hints) => {
  const { replayed, hunted } = await both(files);
  for (const hint of hints) expect(replayed?.stderr).toMatch(hint);
  expect(hunted).toEqual(replayed);
});

it('a hunt suggests on a terminal what replay suggests', async () => {
  const records = [call('a1'), call('a1', { eventTime: '2026-08-03T15:00:00Z', sourceIPAddress: '3.248.10.20' })];
  const file = put('trail.json', JSON.stringify({ Records: records }));
  const [replayed, hunted] = await Promise.all(
    [
      ['replay', file],
      ['hunt', '--local', file],
    ].map((command) => credlock([...command, '--ip-ranges', IP_RANGES], { terminal: 80 })),
  );
  expect(readFileSync(file, 'utf8')).toContain('a1');
  const suggestion = 'Add --long for the evidence of each, or --format html --out report.html';
  for (const run of [replayed, hunted]) expect(run?.stderr.replaceAll(/\s+/g, ' ')).toContain(suggestion);
});

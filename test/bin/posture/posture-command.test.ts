import { readFileSync } from 'node:fs';
import type { Posture } from '../../../lambda/detection/posture/posture';
import { CONFIG, DAY, linesOf, once, place, put, removeAll, replay } from '../credlock-command';

afterAll(removeAll);

const WHOLE_DAY = [...DAY, '--config', CONFIG, '--posture'];
const asLines = once(() => replay([...WHOLE_DAY, '--format', 'jsonl']));

async function postures(): Promise<Posture[]> {
  const { stdout } = await asLines();
  return linesOf(stdout).map((line) => JSON.parse(line) as Posture);
}

describe('replay --posture', () => {
  test('of the demo: who still needs IMDSv1, and where only the attacker used the twin key', async () => {
    const exposed = (await postures()).filter(({ imdsV1 }) => imdsV1 !== null);
    expect(exposed.map(({ role, instance, standing }) => [role, instance, standing])).toEqual([
      ['storefront', 'i-0847243b3b9d917b6', 'both'],
      ['receipts', 'i-0503ef25295e8af60', 'imdsv1-suspected'],
    ]);
    const [needs, stolen] = exposed;
    expect(needs?.imdsV1).toMatchObject({ hours: 3, lastSeen: '2026-09-14T08:30:00Z' });
    expect(needs?.imdsV1?.userAgents[0]).toMatch(/^aws-cli\/1\.18\.147 Python\/2\.7/);
    expect(stolen?.imdsV1?.origins).toEqual([{ origin: '192.0.2.66', suspected: true }]);
    expect(stolen?.imdsV2?.origins.map(({ suspected }) => suspected)).toEqual([false]);
  });

  test('each line has the documented shape', async () => {
    const all = await postures();
    expect(all.length).toBeGreaterThan(20);
    for (const one of all) {
      expect(one.schema).toBe('credlock.posture/1');
      expect(Object.keys(one)).toEqual([
        'schema',
        'partition',
        'account',
        'role',
        'instance',
        'region',
        'standing',
        'imdsV1',
        'imdsV2', // prettier-ignore
      ]);
    }
  });

  test.concurrent('as a table lists those on IMDSv1 and counts the others; findings are not printed', async () => {
    const { code, stdout } = await replay(WHOLE_DAY);
    expect(code).toBe(0);
    expect(stdout).toContain('IMDSv1: 3 hours, last');
    expect(stdout).toContain('192.0.2.66 (suspicious');
    expect(stdout).toMatch(
      /roles on instances: IMDSv1 and IMDSv2 1, IMDSv1, suspicious use only 1, IMDSv2 only \d+\.\n$/,
    );
    expect(stdout).not.toContain('OutsideAWS');
  });

  test.concurrent('as ASFF is one LOW finding for each account and role', async () => {
    const { stdout } = await replay([...WHOLE_DAY, '--format', 'asff', '--asff-account', '999988887777']);
    const findings = JSON.parse(stdout) as { Id: string; AwsAccountId: string; Severity: { Label: string } }[];
    expect(findings.map(({ Id, AwsAccountId, Severity }) => [Id, AwsAccountId, Severity.Label])).toEqual([
      ['credlock/posture/aws/111122223333/receipts', '999988887777', 'LOW'],
      ['credlock/posture/aws/111122223333/storefront', '999988887777', 'LOW'],
    ]);
  });

  test.concurrent('tells of the time that is asked about', async () => {
    const { stdout } = await replay([
      ...WHOLE_DAY,
      '--since',
      '2026-09-14T09:00:00Z',
      '--until',
      '2026-09-14T13:00:00Z',
    ]);
    expect(stdout).not.toContain('IMDSv1:');
    expect(stdout).toContain('IMDSv2 only');
  });

  test.concurrent('says so where no record tells', async () => {
    const { stdout, code } = await replay([put('none.json', '{"Records":[]}'), '--posture']);
    expect(stdout).toContain('No record shows the version');
    expect(code).toBe(2);
  });

  test.concurrent('is a section of the HTML report, which is refused by itself', async () => {
    const out = place('report.html');
    const { code } = await replay([...DAY, '--config', CONFIG, '--format', 'html', '--out', out]);
    const html = readFileSync(out, 'utf8');
    expect(code).toBe(0);
    expect(html).toContain('<h2 id="metadata-heading">Instance metadata</h2>');
    expect(html).toContain('<th scope="row">storefront</th>');
    expect(html).toContain('192.0.2.66 (suspicious)');
    const refused = await replay([...WHOLE_DAY, '--format', 'html']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('--posture has no html output: use table, jsonl, asff');
  });

  test.concurrent('and --explain exclude each other', async () => {
    const { code, stderr } = await replay([...WHOLE_DAY, '--explain', 'i-0503ef25295e8af60']);
    expect(code).toBe(1);
    expect(stderr).toContain('--posture and --explain cannot be combined');
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Breakage } from '../../../lambda/detection/guardrails/traffic-check';
import { chapter, CONFIG, credlock, IP_RANGES, linesOf, place, put, removeAll } from '../credlock-command';
import { guardrailScenarios } from '../../lambda/detection/guardrails/scenario';

afterAll(removeAll);

const NEED_IMDSV1 = recordsOf('old-backup-script-uses-imdsv1');
const ATTACKER = recordsOf('attacker-with-the-imdsv1-twin-key');
const BEHIND_NAT = recordsOf('agent-leaves-through-the-nat-gateway');

function recordsOf(name: string): string {
  const scenario = guardrailScenarios().find((one) => one.name === name);
  if (!scenario) throw new Error(`there is no scenario ${name}`);
  return JSON.stringify({ Records: scenario.records });
}

function check(args: readonly string[], stdin?: string) {
  return credlock(['guardrails', 'check', ...args, '--ip-ranges', IP_RANGES], stdin === undefined ? {} : { stdin });
}

describe('guardrails check', () => {
  test.concurrent('shows which callers would break, why, how often, and what to do first; exit code 3', async () => {
    const { code, stdout, stderr } = await check([put('trail.json', NEED_IMDSV1), '--only', 'deny-imdsv1-keys']);
    expect(code).toBe(3);
    for (const part of ['deny-imdsv1-keys: would deny calls.', 'backup', '111122223333', 'i-0a1b2c3d4e5f60718'])
      expect(stdout).toContain(part);
    const [head, row] = linesOf(stdout);
    expect(head?.split(/ {2,}/)).toEqual(['GUARDRAIL', 'EFFECT', 'CALLER', 'ACCOUNT', 'CALLS', 'LAST', 'SERVICES']);
    expect(row).toMatch(/^deny-imdsv1-keys +denied +backup +111122223333 +2 +2026-09-01 07:30 +\w+/);
    expect(stdout).toContain('2 calls, last 2026-09-01T07:30:00Z');
    expect(stdout).toContain('ec2RoleDelivery 1.0');
    expect(stderr).toContain('Checked 1 guardrail: callers denied: 1, probably denied: 0, unknown: 0, suspicious: 0.');
  });

  test.concurrent('an attacker’s calls count as stopped, not as broken; exit code 0', async () => {
    const { code, stdout } = await check(['-', '--only', 'deny-imdsv1-keys'], ATTACKER);
    expect(code).toBe(0);
    expect(stdout).toContain('deny-imdsv1-keys: would deny no call. It would have stopped a suspicious caller.');
    expect(stdout).toContain('A finding is about these calls: do');
  });

  test.concurrent('a network that the settings trust makes of a suspect somebody who would break', async () => {
    const config = put('config.json', JSON.stringify({ trustedNetworks: [{ cidr: '192.0.2.0/24' }] }));
    const { code } = await check(['-', '--only', 'deny-imdsv1-keys', '--config', config], ATTACKER);
    expect(code).toBe(3);
  });

  test.concurrent('prints a row a line', async () => {
    const { code, stdout } = await check([
      put('trail.json', BEHIND_NAT),
      '--format',
      'jsonl',
      '--only',
      'own-vpc-only',
    ]);
    expect(code).toBe(3);
    const rows = linesOf(stdout).map((line) => JSON.parse(line) as Breakage);
    expect(rows).toEqual([
      {
        schema: 'credlock.guardrail-check/1',
        guardrail: 'own-vpc-only',
        certainty: 'certain',
        suspected: false,
        account: '111122223333',
        principal: 'orders',
        principalArn: 'arn:aws:iam::111122223333:role/orders',
        workloads: ['i-0a1b2c3d4e5f60718'],
        workloadsLeftOut: 0,
        service: 'ssm.amazonaws.com',
        actions: ['UpdateInstanceInformation'],
        userAgents: ['aws-sdk-go/1.55.5 (go1.23.9; linux; amd64)'],
        count: 2,
        countIsLeast: false,
        firstSeen: '2026-09-01T06:05:00Z',
        lastSeen: '2026-09-01T06:15:00Z',
        why: ['The calls come from 198.51.100.10, through no VPC endpoint.'],
        fix: ['Give the VPC an endpoint for ssm (in the Region that is called), or exempt ssm or the role.'],
      },
    ]);
  });

  test.concurrent('reads what users do, of which detection needs nothing', async () => {
    const scenario = recordsOf('clean-up-job-deletes-what-is-credlocks');
    const byUser = scenario
      .replaceAll('"type":"AssumedRole"', '"type":"IAMUser"')
      .replaceAll(
        'arn:aws:sts::111122223333:assumed-role/clean-up/nightly',
        'arn:aws:iam::111122223333:user/jobs/sweeper',
      )
      .replaceAll('arn:aws:iam::111122223333:role/clean-up', '');
    const { stdout, code } = await check(['-', '--only', 'protect-credlock', '--format', 'jsonl'], byUser);
    expect(linesOf(stdout).map((line) => (JSON.parse(line) as Breakage).principal)).toEqual([
      'user/sweeper',
      'user/sweeper',
    ]);
    expect(code).toBe(3);
  });

  test.concurrent('of the demo, with what its guardrails file exempts', async () => {
    const guardrails = put('guardrails.json', JSON.stringify({ 'deny-imdsv1-keys': { exemptRoles: ['storefront'] } }));
    const demo = [chapter('01'), chapter('02'), chapter('03')];
    const { code, stdout } = await check([...demo, '--config', CONFIG, '--guardrails', guardrails]);
    expect(stdout).toContain('deny-imdsv1-keys: would deny no call. It would have stopped a suspicious caller.');
    expect(stdout).not.toContain('storefront');
    expect(code).toBe(0);
  });

  test.concurrent('what cannot be read is reported; exit code 2 where no caller would break', async () => {
    const broken = put('broken.json.gz', Buffer.from('1f8b0800000000000003', 'hex'));
    const { code, stderr } = await check([put('trail.json', ATTACKER), broken, '--only', 'deny-imdsv1-keys']);
    expect(code).toBe(2);
    expect(stderr).toContain('broken.json.gz: ');
  });

  test.concurrent.each([
    [['--only', 'own-vpc'], 'must be one of protect-credlock, imds-defaults'],
    [['--guardrails', put('faulty.json', '{"own-vpc-only":{"exemptRole":[]},"hopLimit":0}')], 'has no "exemptRole"'],
    [['--guardrails', put('none.json', '{}')], 'enables no guardrail'],
    [['--guardrails', put('text.json', 'no')], 'is not JSON'],
    [['--guardrails', '/nowhere.json'], 'cannot be read'],
  ])('%j is refused with what is allowed; exit code 1', async (args, said) => {
    const { code, stderr, stdout } = await check([put('trail.json', ATTACKER), ...args]);
    expect(code).toBe(1);
    expect(stderr).toContain(said);
    expect(stdout).toBe('');
  });
});

describe('guardrails print', () => {
  test.concurrent('prints every policy with what its statements say', async () => {
    const { code, stdout } = await credlock(['guardrails', 'print']);
    const policies = JSON.parse(stdout) as { name: string; explained: { source: string }[] }[];
    expect(code).toBe(0);
    expect(policies).toHaveLength(8);
    for (const { explained } of policies) expect(explained[0]?.source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\//);
  });

  test.concurrent('writes one file for each, as AWS Organizations takes it', async () => {
    const folder = place('policies');
    const guardrails = put('some.json', JSON.stringify({ 'own-vpc-only': true, 'imds-defaults': true }));
    const { code } = await credlock(['guardrails', 'print', '--out', folder, '--guardrails', guardrails]);
    expect(code).toBe(0);
    expect(readdirSync(folder).sort()).toEqual([
      'credlock-imds-defaults-declared.json',
      'credlock-imds-defaults.json',
      'credlock-own-vpc-only.json',
      'policies.json',
    ]);
    const policy = JSON.parse(readFileSync(join(folder, 'credlock-own-vpc-only.json'), 'utf8')) as object;
    expect(Object.keys(policy)).toEqual(['Version', 'Statement']);
  });

  test.concurrent('says why a folder cannot be written', async () => {
    const file = put('file', '');
    const { code, stderr } = await credlock(['guardrails', 'print', '--out', file]);
    expect(code).toBe(1);
    expect(stderr).toContain(`--out ${file} cannot be written`);
  });
});

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { initialSettings } from '../../../bin/replay/initial-settings';
import { chapter, credlock, DEMO, IP_RANGES, place, put, removeAll } from '../credlock-command';

afterAll(removeAll);

describe('credlock init', () => {
  test('writes settings that replay finds by itself, and replaces none', async () => {
    const file = place('credlock.json');
    const cwd = join(file, '..');
    const args = ['init', chapter('03'), '--ip-ranges', IP_RANGES];
    const { code, stderr } = await credlock(args, { cwd });
    expect(code).toBe(0);
    expect(stderr).toContain('Wrote ./credlock.json');
    expect(readFileSync(file, 'utf8')).toContain('"organizationAccounts": [\n    "111122223333"\n  ]');
    const replayed = await credlock(['replay', chapter('03'), '--ip-ranges', IP_RANGES], { cwd });
    expect(replayed.stderr).toContain('Settings: ./credlock.json\n');
    expect(replayed.code).toBe(0);
    const again = await credlock(args, { cwd });
    expect(again.code).toBe(1);
    expect(again.stderr).toContain('credlock.json exists, and is not replaced');
  });

  test('prints them, and says by its exit code that nothing was read', async () => {
    const { code, stdout } = await credlock(['init', put('x.json', '{"Records":[]}'), '--out', '-']);
    expect(code).toBe(2);
    expect(stdout).toContain('"organizationAccounts": []');
    expect(existsSync(join(DEMO, '..', 'credlock.json'))).toBe(false);
  });

  test('names as candidates what at least two workloads leave by, the most used first', () => {
    const egress = new Map([
      ['203.0.113.10', 2],
      ['203.0.113.11', 6],
      ['203.0.113.12', 1],
    ]);
    const candidates = initialSettings({ records: 9, accounts: [], egress })
      .split('\n')
      .filter((line) => line.includes('cidr'));
    expect(candidates).toEqual([
      '  // {"cidr":"203.0.113.11/32","why":"egress of …"}, an address of 6 workloads',
      '  // {"cidr":"203.0.113.10/32","why":"egress of …"}, an address of 2 workloads',
    ]);
  });
});

describe('credlock completion', () => {
  test('bash completes commands, options and their values, and leaves files to the shell', async () => {
    const { stdout: script } = await credlock(['completion', 'bash']);
    const completed = (...words: string[]): string => {
      const list = words.map((word) => `'${word}'`).join(' ');
      const end = `COMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _credlock; echo "\${COMPREPLY[*]}"`;
      return execFileSync('bash', ['-c', `${script}\n${end}`], { encoding: 'utf8' }).trim();
    };
    expect(completed('credlock', 're')).toBe('replay');
    expect(completed('credlock', 'replay', '--fo')).toBe('--format');
    expect(completed('credlock', 'replay', 'trail', '--format', 'h')).toBe('html');
    expect(completed('credlock', 'guardrails', 'ch')).toBe('check');
    expect(completed('credlock', 'guardrails', 'check', '--gu')).toBe('--guardrails');
    expect(completed('credlock', 'completion', 'f')).toBe('fish');
    expect(completed('credlock', 'replay', '--out', '/')).toBe('');
  });

  test('the other shells know the same commands', async () => {
    const [zsh, fish] = await Promise.all([credlock(['completion', 'zsh']), credlock(['completion', 'fish'])]);
    expect(zsh.stdout).toMatch(/^autoload -U \+X bashcompinit && bashcompinit\n/);
    expect(fish.stdout).toContain("-n '__fish_seen_subcommand_from replay' -l format -x -a 'table jsonl csv");
  });
});

test.each([60, 80, 120])('help fits %i columns', async (columns) => {
  const { stdout } = await credlock(['replay', '--help'], { terminal: columns });
  expect(stdout.split('\n').filter((line) => [...line].length > columns)).toEqual([]);
});

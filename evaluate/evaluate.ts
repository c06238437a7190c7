import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { seededRandom } from '../trail-writer/random';
import { ipRanges } from './address-book';
import { deliver, writeFiles } from './deliver';
import { playAll, settingsOf, type Organization } from './organization';
import { figuresOf, FOUND, isRight, scoreAll, type Found, type SituationScore } from './score';
import { ALL_SITUATIONS } from './situations/all-situations';

const CLI = join('dist', 'bin', 'credlock.js');
const HELP = `Usage: npm run evaluate -- [options]

Plays situations with known answers in one made-up organisation, replays their records and counts right and wrong answers.

  --seed N      accounts, addresses, hours and order of the records (default: 1)
  --only NAME   only situations whose names contain NAME
  --verbose     every situation, not only those with a wrong answer
  --keep PATH   keeps the records, settings and address ranges there, for \`credlock replay … --explain\`
`;

function main(): void {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      only: { type: 'string', default: '' },
      verbose: { type: 'boolean', default: false },
      keep: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return print(HELP);
  const seed = Number(values.seed);
  const situations = ALL_SITUATIONS.filter(({ name }) => name.includes(values.only));
  if (!Number.isInteger(seed) || situations.length === 0) throw new Error(`nothing to evaluate\n\n${HELP}`);
  const folder = values.keep ?? mkdtempSync(join(tmpdir(), 'credlock-evaluate-'));
  const organization = playAll(situations, seed);
  const records = organization.played.flatMap(({ stage }) => stage.records);
  mkdirSync(folder, { recursive: true });
  const files = deliver(records, seededRandom(seed + 1));
  writeFiles(join(folder, 'trail'), files);
  writeFileSync(join(folder, 'ip-ranges.json'), JSON.stringify(ipRanges()));
  print(
    `seed ${seed}: ${situations.length} situations, ${organization.accounts.length} accounts, ${records.length} records in ${files.length} files\n`,
  );
  for (const knowsAccounts of [true, false]) {
    const scores = scoreAll(organization.played, replay(folder, organization, knowsAccounts));
    print(`\n${knowsAccounts ? 'With' : 'Without'} organizationAccounts\n`);
    for (const score of scores) if (values.verbose || !isRight(score) || score.repeats > 0) print(describe(score));
    print(summary(scores));
  }
  if (values.keep === undefined) rmSync(folder, { recursive: true });
}

function replay(folder: string, organization: Organization, knowsAccounts: boolean): Found[] {
  const name = knowsAccounts ? 'with-accounts' : 'without-accounts';
  const [config, out] = [join(folder, `${name}.json`), join(folder, `${name}.jsonl`)];
  writeFileSync(config, JSON.stringify(settingsOf(organization, knowsAccounts), null, 2));
  const inputs = [join(folder, 'trail'), '--config', config, '--ip-ranges', join(folder, 'ip-ranges.json')];
  const { status, stderr } = spawnSync(
    process.execPath,
    [CLI, 'replay', ...inputs, '--format', 'jsonl', '--out', out],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`replay ended with ${status}: ${stderr}`);
  return readFileSync(out, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => FOUND.parse(JSON.parse(line)));
}

function describe(score: SituationScore): string {
  const { situation } = score.played;
  const lines = [`${isRight(score) ? 'right' : 'WRONG'} ${situation.name} (${situation.answer}): ${situation.story}`];
  for (const { theft, right, severityRight } of score.thefts) {
    if (severityRight) continue;
    const got = right.length === 0 ? 'nothing' : right.map(spell).join(', ');
    lines.push(
      `  ${theft.workload}: expected ${theft.severities.join(' or ')} at ${theft.origins.slice(0, 3).join(', ')}, got ${got}`,
    );
  }
  for (const found of score.wrong)
    lines.push(`  false alarm: ${spell(found)} for ${(found.workload ?? found.workloads?.[0])?.id ?? ''}`);
  if (score.repeats > 0) lines.push(`  ${score.repeats} repeats`);
  return `${lines.join('\n')}\n`;
}

function spell({ severity, type, origin, contested }: Found): string {
  const place = origin ? [origin.endpointId, origin.ip ?? origin.service].filter(Boolean).join('/') : 'many origins';
  return `${severity} ${type} at ${place}${contested ? ' (contested)' : ''}`;
}

function summary(scores: readonly SituationScore[]): string {
  const rows = [
    ['all', scores],
    ['benign', scores.filter(({ played }) => played.situation.answer === 'benign')],
    ['to report', scores.filter(({ played }) => played.situation.answer === 'report')],
  ] as const;
  const lines = rows.map(([name, of]) => {
    const { situations, situationsRight, recall, precision, severity, repeats } = figuresOf(of);
    return `${name.padEnd(10)}${`${situationsRight}/${situations}`.padStart(9)}${inColumn(recall)}${inColumn(precision)}${inColumn(severity)}${String(repeats).padStart(9)}`;
  });
  return [`${''.padEnd(10)}    right   recall precision severity  repeats`, ...lines, ''].join('\n');
}

function inColumn(share: number): string {
  return share.toFixed(3).padStart(9);
}

function print(text: string): void {
  process.stdout.write(text);
}

main();

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { detect } from '../lambda/detection/detect';
import { FactSet } from '../lambda/detection/facts/fact-set';
import type { Judgement } from '../lambda/detection/judge/judge';
import type { Finding } from '../lambda/detection/model/finding';
import { parseSettings } from '../lambda/detection/parse-settings';
import { valueOf } from '../lambda/detection/model/result';
import {
  allScenarios,
  detectInAudit,
  factsOf,
  ipRangesOf,
  readSessions,
  tokensIn,
  type NamedScenario,
} from './scenario';

/**
 * All that scenarios are explained with, each text once: the reasons of decisions, of ruled-out explanations and of owners,
 * and the sentences of findings. `WRITE_REASONS=1 npx jest test/reasons.test.ts` writes the file anew; review the difference.
 */
const FILE = join(__dirname, 'reasons.txt');

/** Names, numbers, addresses and times differ from scenario to scenario. */
const VARYING: readonly (readonly [RegExp, string])[] = [
  [/\b(in|on) (container|pod|node) [\w./-]+/g, '$1 $2 NAME'],
  [/ of image [\w./:-]+/g, ' of image IMAGE'],
  [
    /(?<= saw |[ (](?:by|binary|library|from) |^not container-runtime: |\()(?:\/|memfd:)[^\s)]*(?: \(deleted\))?/g,
    'PATH',
  ],
  [/\b\d{4}-\d\d-\d\dT[\d:]+Z/g, 'TIME'],
  [/ip-ranges\.json of [\d-]+/g, 'ip-ranges.json of DATE'],
  [/arn:aws[\w-]*:[^\s,;)]+/g, 'ARN'],
  [/\b[\w.-]+(?:\/[\w.-]+){2,}…?/g, 'ID'],
  [/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, 'RECORD'],
  [/\b(?:i|vpce|vpc|nat|eni|eipalloc|subnet)-[\w-]+/g, 'ID'],
  [/\b[0-9a-f]{32}\b/g, 'ID'],
  [/\bA(?:SIA|KIA)[A-Z0-9]+/g, 'KEY'],
  [/(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?:\/\d+)?/g, 'ADDRESS'],
  [/(?<![\w:])[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){2,7}(?:\/\d+)?/gi, 'ADDRESS'],
  [/\b\d{12}\b/g, 'ACCOUNT'],
  [/\b(?:[a-z]{2}(?:-gov)?|us-iso)-(?:north|south|east|west|central|northeast|southeast)-\d\b/g, 'REGION'],
  [/\brecord \S+?(?=[).,]|$)/g, 'record RECORD'],
  [/\b[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?\b/g, 'SERVICE'],
  [/\brole [\w.:/-]+/g, 'role NAME'],
  [/\b\d+\b/g, 'N'],
];

function normalised(text: string): string {
  return VARYING.reduce((changed, [what, by]) => changed.replace(what, by), text);
}

function reasonsOf(judgement: Judgement): string[] {
  const { decisions, verdicts, lock } = judgement;
  const kind = judgement.history.kind.name;
  return [
    ...decisions.map((one) =>
      [
        `${kind} ${one.sighting.origin.kind} ${one.rule} ${one.outcome}`,
        ...('because' in one ? [one.because] : []),
        ...('events' in one && one.events.length > 0 ? ['with records'] : []),
      ]
        .join(' ')
        .concat(`: ${one.why}`),
    ),
    ...decisions.flatMap((one) => one.ruledOut.map(({ explanation, because }) => `not ${explanation}: ${because}`)),
    ...verdicts.map((one) => `${one.type} ${one.severity} ${one.owner.ownership}: ${one.owner.why}`),
    ...lock.map(({ because, until }) => `lock ${because}${until === null ? '' : ' until'}`),
  ];
}

function sentencesOf({ title, description, evidence, ruledOut, archivedBecause, related }: Finding): string[] {
  return [
    `title: ${title}`,
    ...description.split(/(?<=\.) (?=[A-Z\d])/).map((sentence) => `description: ${sentence}`),
    ...evidence.map((sentence) => `evidence: ${sentence}`),
    ...ruledOut.map(({ explanation, because }) => `not ${explanation}: ${because}`),
    ...(archivedBecause === null ? [] : [`archived: ${archivedBecause}`]),
    ...related.map((one) => `related: ${one.kind}`),
  ];
}

function textsOf(scenario: NamedScenario): string[] {
  const texts: string[] = [];
  const settings = valueOf(parseSettings({ ...scenario.settings, serviceCallerFindings: true }));
  const facts = factsOf(scenario.records);
  readSessions(scenario.audit ?? [], scenario.cluster, facts);
  const tokens = tokensIn(scenario.audit ?? [], scenario.cluster);
  const input = { facts, settings, ipRanges: ipRangesOf(scenario.ipRanges) };
  const { findings, suppressed } = detect({
    ...input,
    onJudgement: (judgement) => {
      tokens.held.note(judgement);
      texts.push(...reasonsOf(judgement));
    },
  });
  const audited = detectInAudit(scenario.audit ?? [], {
    facts: new FactSet(),
    settings,
    ipRanges: ipRangesOf(scenario.ipRanges),
    cluster: scenario.cluster,
  });
  texts.push(...[...findings, ...suppressed].flatMap(sentencesOf));
  // The lines on single requests repeat the description.
  const { findings: ofTokens } = tokens.detect(input);
  const described = [...audited.findings, ...audited.suppressed, ...ofTokens].map((finding) => ({
    ...finding,
    evidence: finding.evidence.filter((line) => !/^\d{4}-/.test(line)),
  }));
  texts.push(...described.flatMap(sentencesOf));
  const named = [...findings, ...audited.findings, ...ofTokens];
  const names = new Set(named.flatMap(({ workload }) => (workload ? [workload.id] : [])));
  // Longest first: one name may be part of another.
  const byLength = [...names].sort((a, b) => b.length - a.length);
  return texts.map((text) => normalised(byLength.reduce((changed, name) => changed.replaceAll(name, 'ID'), text)));
}

test('every text in the file is still given by a scenario', () => {
  const texts = new Set(allScenarios().flatMap(textsOf));
  if (process.env['WRITE_REASONS']) writeFileSync(FILE, `${[...texts].sort().join('\n')}\n`);
  const listed = readFileSync(FILE, 'utf8').split('\n').slice(0, -1);
  expect(listed.filter((text) => !texts.has(text))).toEqual([]);
  expect(listed.length).toBeGreaterThan(400);
});

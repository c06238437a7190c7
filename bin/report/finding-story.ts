import { callGroups } from '../../lambda/detection/findings/taken';
import { takenText } from '../../lambda/detection/findings/taken-text';
import { techniquesOf } from '../../lambda/detection/findings/techniques';
import { workloadCount, type Finding, type RuledOut } from '../../lambda/detection/model/finding';
import { counted, grouped } from '../terminal/numbers';
import { EXPLANATIONS, OWNERS } from '../terminal/labels';
import { block, sentence } from './block';
import { clock, duration } from './clock';
import type { Action, ReportedFinding } from './incidents';
import { placeText } from './place-text';
import { el, type Piece } from './tree';

const FEW_WORKLOADS = 50;
const FEW_VALUES = 12;

export function originBlock({ origin, contested, lock }: Finding): Piece {
  if (!origin) return null;
  const { ownership, account, region } = origin;
  const rest = [region, account === null ? null : `account ${account}`].filter((one) => one !== null);
  return block(
    'Origin',
    el('p', {}, el('code', { class: 'suspect' }, placeText(origin)), ` ${[OWNERS[ownership], ...rest].join(', ')}.`),
    contested
      ? el(
          'p',
          { class: 'contested' },
          `Contested: this origin and ${lock.map((entry) => placeText(entry.origin)).join(', ') || 'another one'} have equal claims. One of them is the workload’s; ask its owner which.`,
        )
      : null,
  );
}

export function activityBlock(finding: ReportedFinding): Piece {
  const { actions, firstSeen, lastSeen, calls, callsAtLeast, sessions, userAgents } = finding;
  const failed = actions.reduce((sum, action) => sum + action.failed, 0);
  const many = `${calls === null ? 'at least ' : ''}${counted(calls ?? callsAtLeast ?? 0, 'call')}`;
  const when =
    firstSeen === lastSeen
      ? `at ${clock(firstSeen)}`
      : `from ${clock(firstSeen)} to ${clock(lastSeen)} (${duration(firstSeen, lastSeen)})`;
  const keys = [...new Set(sessions.flatMap(({ accessKeyIds }) => accessKeyIds))];
  return block(
    'Activity',
    el('p', {}, `${many} ${when}${failed > 0 ? `, ${grouped(failed)} failed` : ''}. Taken: ${takenText([finding])}.`),
    actions.length > 0 ? el('ul', { class: 'deeds' }, servicesOf(actions).map(serviceLine)) : null,
    el(
      'dl',
      { class: 'facts' },
      fact(
        'Role',
        sessions.map(({ role }) => role),
      ),
      fact(
        'Session',
        sessions.map(({ arn }) => arn),
      ),
      fact('Key', keys),
      fact('User agent', userAgents),
      fact(
        'ATT&CK',
        techniquesOf(finding).map(({ id, name }) => `${id} ${name}`),
      ),
      fact('Affected', affectedBy(finding)),
    ),
  );
}

/** Of successful calls. */
function affectedBy({ events }: ReportedFinding): string[] {
  const successful = callGroups(events).filter(({ failed, calls }) => failed < calls);
  return successful.flatMap(({ resource }) => resource ?? []);
}

function servicesOf(actions: readonly Action[]): [service: string, actions: Action[]][] {
  const byService = new Map<string, Action[]>();
  for (const action of actions) byService.set(action.service, [...(byService.get(action.service) ?? []), action]);
  return [...byService];
}

function serviceLine([service, actions]: [string, Action[]]): Piece {
  const pieces = actions.flatMap(({ name, calls, failed, errors }, at) => {
    const times = calls > 1 ? ` ×${grouped(calls)}` : '';
    const refused =
      failed === 0
        ? null
        : el('span', { class: 'refused' }, ` ${errors.join(', ')}${failed < calls ? ` ×${grouped(failed)}` : ''}`);
    return [at > 0 ? ', ' : '', `${name}${times}`, refused];
  });
  return el('li', {}, el('b', {}, service), ' ', pieces);
}

function fact(name: string, values: readonly string[]): Piece {
  const unique = [...new Set(values)];
  if (unique.length === 0) return null;
  const more = unique.length - FEW_VALUES;
  return [
    el('dt', {}, name),
    ...unique.slice(0, FEW_VALUES).map((value) => el('dd', {}, el('code', {}, value))),
    more > 0 ? el('dd', {}, `and ${grouped(more)} more`) : null,
  ];
}

export function derivedBlock({ related, derivedActions }: ReportedFinding): Piece {
  if (related.length === 0) return null;
  return block(
    'Derived sessions',
    el(
      'ul',
      {},
      related.map(({ kind, arn, accessKeyIds }) =>
        el(
          'li',
          {},
          kind === 'console-session' ? 'Console session of ' : 'Assumed ',
          el('code', {}, arn),
          accessKeyIds.length > 0 ? [', key ', el('code', {}, accessKeyIds.join(', '))] : null,
        ),
      ),
    ),
    derivedActions.length > 0
      ? [
          el('p', {}, 'Calls with their keys:'),
          el('ul', { class: 'deeds' }, servicesOf(derivedActions).map(serviceLine)),
        ]
      : null,
  );
}

export function evidenceBlock({ evidence }: Finding): Piece {
  if (evidence.length === 0) return null;
  return block(
    'Evidence',
    el(
      'ul',
      {},
      evidence.map((line) => el('li', {}, line)),
    ),
  );
}

export function ruledOutBlock(ruledOut: readonly RuledOut[]): Piece {
  if (ruledOut.length === 0) return null;
  return block(
    'Ruled out',
    el(
      'dl',
      { class: 'ruled-out' },
      ruledOut.map(({ explanation, because }) => [
        el('dt', {}, EXPLANATIONS[explanation] ?? explanation),
        el('dd', {}, sentence(because)),
      ]),
    ),
  );
}

export function workloadsBlock(finding: Finding): Piece {
  const { workloads } = finding;
  if (!workloads) return null;
  const count = workloadCount(finding);
  const more = count - FEW_WORKLOADS;
  return block(
    counted(count, 'workload'),
    el(
      'ul',
      { class: 'workloads' },
      workloads
        .slice(0, FEW_WORKLOADS)
        .map(({ id, account, region }) =>
          el('li', {}, el('code', {}, id), ` ${[account, region].filter((one) => one !== null).join(', ')}`),
        ),
      more > 0 ? el('li', {}, `and ${grouped(more)} more`) : null,
    ),
  );
}

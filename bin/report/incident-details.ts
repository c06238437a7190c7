import type { Finding, FindingEvent, RuledOut } from '../../lambda/detection/finding';
import { counted, grouped } from '../replay/grouped';
import { EXPLANATIONS, OWNERS, TYPES } from '../replay/words';
import { clock, duration, moment } from './clock';
import { serviceOf, type Deed, type Incident, type ReportedFinding } from './incidents';
import { nextSteps } from './next-steps';
import { placeText } from './place-text';
import type { Lane, Picture } from './picture';
import { el, type Piece } from './tree';

const FEW_WORKLOADS = 50;

/** All that is told of an incident once it is opened: its picture, its trusted origins, then each finding. */
export function incidentDetails({ findings, picture }: Incident): Piece[] {
  return [
    ...(picture ? [pictureBlock(picture), historyBlocks(picture)] : []),
    ...findings.map((finding) => findingBlock(finding, findings.length > 1)),
  ];
}

function pictureBlock(picture: Picture): Piece {
  const more = picture.more > 0 ? ` ${counted(picture.more, 'more origin')} not drawn.` : '';
  return el(
    'figure',
    { class: 'picture' },
    el('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': 'Timeline' }, { drawing: picture }),
    el(
      'figcaption',
      {},
      el('span', { class: 'key trust' }, 'trusted origin, locked'),
      el('span', { class: 'key call' }, 'call'),
      el('span', { class: 'key theft' }, 'suspicious call'),
      el('span', { class: 'key refused' }, 'refused'),
      el('span', { class: 'key issued' }, 'key issued'),
      el('span', { class: 'key change' }, 'address or power changed'),
      el('span', {}, `UTC.${more}`),
    ),
  );
}

function historyBlocks(picture: Picture): Piece {
  return el('div', { class: 'columns' }, trustedBlock(picture), changesBlock(picture));
}

function changesBlock({ changes }: Picture): Piece {
  if (changes.length === 0) return null;
  return block(
    'What happened to it',
    el(
      'ul',
      { class: 'changes' },
      changes.map(({ time, text }) => el('li', {}, el('time', {}, moment(time * 1_000)), ` ${text}`)),
    ),
  );
}

function trustedBlock({ lanes, issued }: Picture): Piece {
  const trusted = lanes.filter((lane) => lane.trusted);
  const keys = issued.length === 0 ? [] : [el('p', { class: 'note' }, issuedText(issued.length, issued.at(0)?.time))];
  if (trusted.length === 0)
    return block(
      'Where it belongs',
      el('p', {}, 'No origin of this workload is trusted: there is nothing to compare with.'),
      keys,
    );
  return block('Where it belongs', el('ul', { class: 'places' }, trusted.map(trustedPlace)), keys);
}

function issuedText(count: number, first: number | undefined): string {
  return `Keys issued to it: ${count === 1 ? 'once' : `${grouped(count)} times`}, first at ${moment((first ?? 0) * 1_000)}.`;
}

function trustedPlace({ origin, because, why, since, until }: Lane): Piece {
  const time = since === null ? '' : `, since ${moment(since * 1_000)}`;
  const end = until === null ? '' : ` until ${moment(until * 1_000)}`;
  return el(
    'li',
    {},
    el('code', {}, origin),
    ' ',
    el('span', { class: 'tag' }, because),
    `${time}${end}. ${sentence(why)}`,
  );
}

function findingBlock(finding: ReportedFinding, several: boolean): Piece {
  const { id, severity, type, description, title } = finding;
  return el(
    'article',
    { class: 'finding', id, tabindex: '-1' },
    el(
      'h3',
      {},
      ...(several ? [el('span', { class: `severity ${severity.toLowerCase()}` }, severity), ' '] : []),
      el('span', {}, title),
      ' ',
      el('a', { class: 'link', href: `#${encodeURI(id)}`, 'aria-label': `Link to this finding: ${TYPES[type]}` }, '#'),
    ),
    el('p', { class: 'lead' }, description),
    el(
      'div',
      { class: 'columns' },
      el('div', {}, whoseBlock(finding), didBlock(finding), madeBlock(finding)),
      el('div', {}, evidenceBlock(finding), ruledOutBlock(finding.ruledOut), workloadsBlock(finding)),
    ),
    stepsBlock(finding),
    callsBlock(finding),
    el('p', { class: 'note ids' }, 'Finding ', el('code', {}, id)),
  );
}

function block(heading: string, ...content: readonly Piece[]): Piece {
  return el('section', { class: 'block' }, el('h4', {}, heading), content);
}

function whoseBlock({ origin, contested, lock }: Finding): Piece {
  if (!origin) return null;
  const { ownership, account, region } = origin;
  const rest = [region, account === null ? null : `account ${account}`].filter((one) => one !== null);
  return block(
    'Whose address',
    el('p', {}, el('code', { class: 'suspect' }, placeText(origin)), ` ${[OWNERS[ownership], ...rest].join(', ')}.`),
    contested
      ? el(
          'p',
          { class: 'contested' },
          `Contested: by what is known, this and ${lock.map((entry) => placeText(entry.origin)).join(', ') || 'the other origin'} have equal claims. One of the two is the workload; ask its owner which.`,
        )
      : null,
  );
}

function didBlock(finding: ReportedFinding): Piece {
  const { deeds, firstSeen, lastSeen, calls, callsAtLeast, sessions, userAgents } = finding;
  const failed = deeds.reduce((sum, deed) => sum + deed.failed, 0);
  const many = `${calls === null ? 'at least ' : ''}${counted(calls ?? callsAtLeast ?? 0, 'call')}`;
  const when =
    firstSeen === lastSeen
      ? `at ${clock(firstSeen)}`
      : `from ${clock(firstSeen)} to ${clock(lastSeen)} (${duration(firstSeen, lastSeen)})`;
  const keys = [...new Set(sessions.flatMap(({ accessKeyIds }) => accessKeyIds))];
  return block(
    'What was done there',
    el('p', {}, `${many} ${when}${failed > 0 ? `, ${grouped(failed)} refused` : ''}.`),
    deeds.length > 0 ? el('ul', { class: 'deeds' }, servicesOf(deeds).map(serviceLine)) : null,
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
    ),
  );
}

function servicesOf(deeds: readonly Deed[]): [service: string, deeds: Deed[]][] {
  const byService = new Map<string, Deed[]>();
  for (const deed of deeds) byService.set(deed.service, [...(byService.get(deed.service) ?? []), deed]);
  return [...byService];
}

function serviceLine([service, deeds]: [string, Deed[]]): Piece {
  const actions = deeds.flatMap(({ name, calls, failed, errors }, at) => {
    const times = calls > 1 ? ` ×${grouped(calls)}` : '';
    const refused =
      failed === 0
        ? null
        : el('span', { class: 'refused' }, ` ${errors.join(', ')}${failed < calls ? ` ×${grouped(failed)}` : ''}`);
    return [at > 0 ? ', ' : '', `${name}${times}`, refused];
  });
  return el('li', {}, el('b', {}, service), ' ', actions);
}

function fact(name: string, values: readonly string[]): Piece {
  const unique = [...new Set(values)];
  if (unique.length === 0) return null;
  return [el('dt', {}, name), ...unique.map((value) => el('dd', {}, el('code', {}, value)))];
}

function madeBlock({ related }: Finding): Piece {
  if (related.length === 0) return null;
  return block(
    'What was made of the keys',
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
  );
}

function evidenceBlock({ evidence }: Finding): Piece {
  if (evidence.length === 0) return null;
  return block(
    'What speaks for it',
    el(
      'ul',
      {},
      evidence.map((line) => el('li', {}, line)),
    ),
  );
}

function ruledOutBlock(ruledOut: readonly RuledOut[]): Piece {
  if (ruledOut.length === 0) return null;
  return block(
    'What it is not',
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

function workloadsBlock({ workloads }: Finding): Piece {
  if (!workloads) return null;
  const more = workloads.length - FEW_WORKLOADS;
  return block(
    counted(workloads.length, 'workload'),
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

function stepsBlock(finding: Finding): Piece {
  const steps = nextSteps(finding);
  if (steps.length === 0) return null;
  return block(
    'Next steps',
    el(
      'ol',
      { class: 'steps' },
      steps.map(({ text, commands }) =>
        el('li', {}, el('p', {}, text), commands.length === 0 ? null : commandBlock(commands.join('\n'))),
      ),
    ),
  );
}

function commandBlock(text: string): Piece {
  return el(
    'div',
    { class: 'command' },
    el('pre', { tabindex: '0', role: 'group', 'aria-label': 'Commands' }, el('code', {}, text)),
    el('button', { type: 'button', class: 'copy' }, 'Copy'),
  );
}

function callsBlock({ events, unlisted }: ReportedFinding): Piece {
  if (events.length === 0) return null;
  const more = unlisted > 0 ? ` of ${grouped(events.length + unlisted)}; the others are in the JSON Lines` : '';
  return el(
    'details',
    { class: 'calls' },
    el('summary', {}, `${counted(events.length, 'call')}${more}`),
    el(
      'div',
      { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': 'Calls' },
      el(
        'table',
        {},
        el(
          'thead',
          {},
          el(
            'tr',
            {},
            ['Time', 'Call', 'Error', 'Region', 'Key', 'Record'].map((name) => el('th', { scope: 'col' }, name)),
          ),
        ),
        el('tbody', {}, events.map(callRow)),
      ),
    ),
  );
}

function callRow({ time, source, name, errorCode, region, accessKeyId, id }: FindingEvent): Piece {
  return el(
    'tr',
    {},
    el('td', {}, clock(time)),
    el('td', {}, `${serviceOf(source)}:${name}`),
    el('td', { class: 'refused' }, errorCode ?? ''),
    el('td', {}, region),
    el('td', {}, el('code', {}, accessKeyId ?? '')),
    el('td', {}, el('code', {}, id)),
  );
}

/** Begins with a capital, unless it begins with an id or address, and ends with a full stop. */
function sentence(text: string): string {
  const start = /^[a-z]+[\s,]/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
  return /[.!?]$/.test(start) ? start : `${start}.`;
}

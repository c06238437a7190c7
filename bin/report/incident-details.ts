import { counted, grouped } from '../terminal/numbers';
import { FINDING_TYPE_TABLE } from '../../lambda/detection/findings/finding-types';
import { block, sentence } from './block';
import { moment } from './clock';
import { callsBlock, stepsBlock } from './finding-actions';
import {
  activityBlock,
  derivedBlock,
  evidenceBlock,
  originBlock,
  ruledOutBlock,
  workloadsBlock,
} from './finding-story';
import type { Incident, ReportedFinding } from './incidents';
import type { Lane, Picture } from './picture';
import { el, type Piece } from './tree';

/** The content of an open incident: timeline, trusted origins, changes, then each finding. */
export function incidentDetails({ findings, picture }: Incident): Piece[] {
  return [
    ...(picture ? [pictureBlock(picture), picture.fleet ? null : historyBlocks(picture)] : []),
    ...findings.map((finding) => findingBlock(finding, findings.length > 1)),
  ];
}

function pictureBlock(picture: Picture): Piece {
  const more =
    picture.more > 0 ? ` ${counted(picture.more, picture.fleet ? 'more workload' : 'more origin')} not drawn.` : '';
  return el(
    'figure',
    { class: 'picture' },
    el('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': 'Timeline' }, { drawing: picture }),
    el(
      'figcaption',
      {},
      el('span', { class: 'key trust' }, 'trusted origin'),
      el('span', { class: 'key call' }, 'call'),
      el('span', { class: 'key suspicious' }, 'suspicious call'),
      el('span', { class: 'key refused' }, 'refused'),
      el('span', { class: 'key issued' }, 'key issued'),
      el('span', { class: 'key change' }, 'address or state change'),
      el('span', {}, `Times are UTC.${more}`),
    ),
  );
}

function historyBlocks(picture: Picture): Piece {
  const changes = changesBlock(picture);
  return changes ? el('div', { class: 'columns' }, trustedBlock(picture), changes) : trustedBlock(picture);
}

function changesBlock({ changes }: Picture): Piece {
  if (changes.length === 0) return null;
  return block(
    'Changes',
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
  if (trusted.length === 0) return block('Trusted origins', el('p', {}, 'None.'), keys);
  return block('Trusted origins', el('ul', { class: 'places' }, trusted.map(trustedPlace)), keys);
}

function issuedText(count: number, first: number | undefined): string {
  return `Keys were issued ${count === 1 ? 'once, at' : `${grouped(count)} times, first at`} ${moment((first ?? 0) * 1_000)}.`;
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
      el(
        'a',
        {
          class: 'link',
          href: `#${encodeURI(id)}`,
          'aria-label': `Link to this finding: ${FINDING_TYPE_TABLE[type].label}`,
        },
        '#',
      ),
    ),
    el('p', { class: 'lead' }, description),
    el(
      'div',
      { class: 'columns' },
      el('div', {}, originBlock(finding), activityBlock(finding), derivedBlock(finding)),
      el('div', {}, evidenceBlock(finding), ruledOutBlock(finding.ruledOut), workloadsBlock(finding)),
    ),
    stepsBlock(finding),
    callsBlock(finding),
    el('p', { class: 'note ids' }, 'Finding ', el('code', {}, id)),
  );
}

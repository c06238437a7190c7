import { serviceOf } from '../../lambda/detection/findings/call-impact';
import type { Finding, FindingEvent } from '../../lambda/detection/model/finding';
import { counted, grouped } from '../terminal/numbers';
import { block } from './block';
import { clock } from './clock';
import { copiedText } from './copied-text';
import type { ReportedFinding } from './incidents';
import { nextSteps } from './next-steps';
import { scrollingTable } from './scrolling-table';
import { el, type Piece } from './tree';

export function stepsBlock(finding: Finding): Piece {
  const steps = nextSteps(finding);
  if (steps.length === 0) return null;
  return block(
    'Next steps',
    el(
      'ol',
      { class: 'steps' },
      steps.map(({ text, commands }) =>
        el('li', {}, el('p', {}, text), commands.length === 0 ? null : copiedText('Commands', commands.join('\n'))),
      ),
    ),
  );
}

export function callsBlock({ events, unlisted }: ReportedFinding): Piece {
  if (events.length === 0) return null;
  const more = unlisted > 0 ? ` of ${grouped(events.length + unlisted)}; --format jsonl has all` : '';
  return el(
    'details',
    { class: 'calls' },
    el('summary', {}, `${counted(events.length, 'call')}${more}`),
    scrollingTable('Calls', ['Time', 'Call', 'Resource', 'Error', 'Region', 'Key', 'Record'], events.map(callRow)),
  );
}

function callRow({ time, source, name, resource, errorCode, region, accessKeyId, id }: FindingEvent): Piece {
  return el(
    'tr',
    {},
    el('td', {}, clock(time)),
    el('td', {}, `${serviceOf(source)}:${name}`),
    el('td', {}, el('code', {}, resource ?? '')),
    el('td', { class: 'refused' }, errorCode ?? ''),
    el('td', {}, region),
    el('td', {}, el('code', {}, accessKeyId ?? '')),
    el('td', {}, el('code', {}, id)),
  );
}

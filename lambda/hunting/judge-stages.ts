import { judgeAll } from '../detection/detect';
import type { NetworkFacts } from '../detection/judge/accepted-changes';
import { anchorsOf } from '../detection/judge/anchors';
import { rivalledPlaces } from '../detection/judge/displaced-first-use';
import { anchorSummaryOf, peersOf, type AnchorSummary, type Peers } from '../detection/judge/peers';
import { subjectOf } from '../detection/judge/subject';
import { parseAnchorSummary } from '../store/anchor-summary-index';
import { folder, padded, partOf } from './folders';
import type { HuntContext } from './hunt-context';
import { linesIn, writeLines, type Line } from './line-files';
import { loadPart, networkOf, type LoadedPart, type WrittenRejection } from './loaded-part';

/** Finds the network changes of a part's workloads that were made away from their base. */
export async function reviewChanges(part: number, context: HuntContext): Promise<void> {
  const loaded = await loadPart(part, context);
  await writeLines(context.store, padded(part), rejectionsIn(loaded));
}

function* rejectionsIn({ facts, histories, made, review }: LoadedPart): Generator<Line> {
  for (const [id, makers] of made) {
    const change = facts.changes.get(id);
    const madeBy = makers.flatMap(({ workload, ...maker }) => {
      const history = histories.get(workload);
      return history ? [{ ...maker, history }] : [];
    });
    const away = review.firstAway(madeBy);
    if (!change || !away) continue;
    const { why, madeBy: workload } = review.rejection(change, away);
    const rejection: WrittenRejection = {
      change: id,
      time: away.time,
      workload: away.history.key,
      madeBy: workload,
      why,
    };
    yield [folder.rejected, JSON.stringify(rejection)];
  }
}

/** Finds where the workloads of a part are anchored. */
export async function findAnchors(part: number, context: HuntContext): Promise<void> {
  const loaded = await loadPart(part, context);
  const { network } = await networkOf(loaded, context);
  const lines = function* (): Generator<Line> {
    for (const history of loaded.histories.values()) {
      const subject = subjectOf(history, network);
      const summary = anchorSummaryOf(subject, anchorsOf(subject, network), network);
      yield [folder.anchors, JSON.stringify(summary)];
    }
  };
  await writeLines(context.store, padded(part), lines());
}

/** Completes the anchors of a part by those of all others. */
export async function compareAnchors(part: number, context: HuntContext): Promise<void> {
  const loaded = await loadPart(part, context);
  const network = await networkOf(loaded, context);
  const peers = await peersIn(folder.anchors, loaded, network, context);
  const lines = function* (): Generator<Line> {
    for (const history of loaded.histories.values()) {
      const rivalled = rivalledPlaces(history, peers);
      const summary = anchorSummaryOf(peers.subject(history), peers.anchors(history), peers, rivalled);
      yield [folder.summaries, JSON.stringify(summary)];
    }
  };
  await writeLines(context.store, padded(part), lines());
}

/** Judges the workloads of a part as `detect` does among all. */
export async function judgePart(part: number, context: HuntContext): Promise<void> {
  const loaded = await loadPart(part, context);
  const network = await networkOf(loaded, context);
  const peers = await peersIn(folder.summaries, loaded, network, context);
  const { workloads, informed, counts, sessions } = judgeAll(loaded.histories.values(), peers, loaded.facts);
  const lines = function* (): Generator<Line> {
    yield [folder.judged, JSON.stringify({ counts })];
    for (const workload of workloads) yield [folder.judged, JSON.stringify({ workload })];
    for (const one of informed) yield [folder.judged, JSON.stringify({ informed: one })];
    for (const arn of sessions) yield [folder.counted(partOf(arn, context.parts)), arn];
  };
  await writeLines(context.store, padded(part), lines());
}

async function peersIn(
  summaries: string,
  { histories }: LoadedPart,
  network: NetworkFacts,
  { store }: HuntContext,
): Promise<Peers> {
  const others: AnchorSummary[] = [];
  for await (const line of linesIn(store, summaries)) {
    const summary = parseAnchorSummary(line);
    if (summary) others.push(summary);
  }
  return peersOf(histories, network, others);
}

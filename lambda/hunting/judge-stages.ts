import { judgeAll } from '../detection/detect';
import type { NetworkFacts } from '../detection/judge/accepted-changes';
import { anchorsOf } from '../detection/judge/anchors';
import { rivalledPlaces } from '../detection/judge/displaced-first-use';
import { anchorSummaryOf, peersOf, type AnchorSummary, type Peers } from '../detection/judge/peers';
import { subjectOf } from '../detection/judge/subject';
import { parseAnchorSummary } from '../store/anchor-summary-index';
import { COUNTED, folder, padded, placeOf, type Folder } from './folders';
import type { HuntContext } from './hunt-context';
import { loadPart, networkOf, type LoadedPart, type WrittenRejection } from './loaded-part';
import { pictureLine } from './report-files';
import { PackReader } from './pack-reader';
import { writeLines, type Line } from './pack-writer';
import { passesOf } from './passes';

/** Finds the network changes of a part's workloads that were made away from their base. */
export function reviewChanges(part: number, context: HuntContext): Promise<void> {
  return writePart('review', part, context, rejectionsIn);
}

/** What is written of the workloads of one pass. */
type LinesOf = (loaded: LoadedPart, packs: PackReader) => AsyncIterable<Line> | Iterable<Line>;

async function writePart(stage: string, part: number, context: HuntContext, linesOf: LinesOf): Promise<void> {
  const packs = new PackReader(context.store);
  const passes = await passesOf(part, [folder.workload(part), folder.requesters(part)], packs, context.megabytes);
  const lines = async function* (): AsyncGenerator<Line> {
    for (const pass of passes) yield* linesOf(await loadPart(pass, packs, context), packs);
  };
  await writeLines({ store: context.store, stage, child: padded(part) }, lines());
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
export function findAnchors(part: number, context: HuntContext): Promise<void> {
  return writePart('anchor', part, context, anchorsIn);
}

async function* anchorsIn(loaded: LoadedPart, packs: PackReader): AsyncGenerator<Line> {
  const { network } = await networkOf(loaded, packs);
  for (const history of loaded.histories.values()) {
    const subject = subjectOf(history, network);
    const summary = anchorSummaryOf(subject, anchorsOf(subject, network), network);
    yield [folder.anchors, JSON.stringify(summary)];
  }
}

/** Completes the anchors of a part by those of all others. */
export function compareAnchors(part: number, context: HuntContext): Promise<void> {
  return writePart('compare', part, context, summariesIn);
}

async function* summariesIn(loaded: LoadedPart, packs: PackReader): AsyncGenerator<Line> {
  const network = await networkOf(loaded, packs);
  const peers = await peersIn(folder.anchors, loaded, network, packs);
  for (const history of loaded.histories.values()) {
    const rivalled = rivalledPlaces(history, peers);
    const summary = anchorSummaryOf(peers.subject(history), peers.anchors(history), peers, rivalled);
    yield [folder.summaries, JSON.stringify(summary)];
  }
}

/** Judges the workloads of a part as `detect` does among all. */
export function judgePart(part: number, context: HuntContext): Promise<void> {
  return writePart('judge', part, context, (loaded, packs) => findingsIn(loaded, packs, context));
}

async function* findingsIn(loaded: LoadedPart, packs: PackReader, { pictureOf }: HuntContext): AsyncGenerator<Line> {
  const network = await networkOf(loaded, packs);
  const peers = await peersIn(folder.summaries, loaded, network, packs);
  const pictures: Line[] = [];
  const { workloads, informed, counts, sessions } = judgeAll(
    loaded.histories.values(),
    peers,
    loaded.facts,
    (judgement, findings) => {
      if (pictureOf && findings.length > 0) pictures.push(pictureLine(judgement, pictureOf(judgement, findings)));
    },
  );
  yield* pictures;
  yield [folder.judged, JSON.stringify({ counts })];
  for (const workload of workloads) yield [folder.judged, JSON.stringify({ workload })];
  for (const one of informed) yield [folder.judged, JSON.stringify({ informed: one })];
  for (const arn of sessions) yield [folder.counted(placeOf(arn, COUNTED).part), arn];
}

async function peersIn(
  summaries: Folder,
  { histories }: LoadedPart,
  network: NetworkFacts,
  packs: PackReader,
): Promise<Peers> {
  const others: AnchorSummary[] = [];
  for await (const line of packs.lines(summaries)) {
    const summary = parseAnchorSummary(line);
    if (summary) others.push(summary);
  }
  return peersOf(histories, network, others);
}

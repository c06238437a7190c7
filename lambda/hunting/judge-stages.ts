import { judgeAll } from '../detection/detect';
import type { NetworkFacts } from '../detection/judge/accepted-changes';
import { anchorsOf } from '../detection/judge/anchors';
import { rivalledPlaces } from '../detection/judge/displaced-first-use';
import { anchorSummaryOf, peersOf, type AnchorSummary, type Peers } from '../detection/judge/peers';
import { subjectOf } from '../detection/judge/subject';
import { parseAnchorSummary } from '../store/anchor-summary-index';
import { COUNTED, folder, padded, placeOf, type Folder } from './folders';
import type { HuntContext } from './hunt-context';
import { loadPart, madeChanges, networkOf, type LoadedPart, type WrittenRejection } from './loaded-part';
import { pictureLine } from './report-files';
import { PackReader } from './pack-reader';
import { writeLines, type Line } from './pack-writer';
import { isIn, passesOf, type Pass } from './passes';

/** Finds the network changes of a part's workloads that were made away from their base. */
export function reviewChanges(part: number, context: HuntContext): Promise<void> {
  return writePart({ stage: 'review', others: folder.rejected, linesOf: rejectionsOf }, part, context);
}

/** Nothing where no workload of the pass made any. */
async function* rejectionsOf(pass: Pass, packs: PackReader, context: HuntContext): AsyncGenerator<Line> {
  const makers = [...(await madeChanges(packs)).values()].flat();
  if (makers.some(({ workload }) => isIn(placeOf(workload, context), pass)))
    yield* rejectionsIn(await loadPart(pass, packs, context));
}

/** What is written of the workloads of one pass. */
type LinesOf = (pass: Pass, packs: PackReader, context: HuntContext) => AsyncIterable<Line>;

/** A stage of children that load a part. */
interface PartStage {
  readonly stage: string;
  /** What it reads of others besides the network. */
  readonly others: Folder;
  readonly linesOf: LinesOf;
}

async function writePart({ stage, others, linesOf }: PartStage, part: number, context: HuntContext): Promise<void> {
  const packs = new PackReader(context.store);
  const load = {
    own: [folder.workload(part), folder.requesters(part)],
    shared: [folder.network, folder.made, others],
  };
  const passes = await passesOf(part, load, packs, context.megabytes);
  const lines = async function* (): AsyncGenerator<Line> {
    for (const pass of passes) yield* linesOf(pass, packs, context);
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
  return writePart({ stage: 'anchor', others: folder.rejected, linesOf: anchorsIn }, part, context);
}

async function* anchorsIn(pass: Pass, packs: PackReader, context: HuntContext): AsyncGenerator<Line> {
  const loaded = await loadPart(pass, packs, context);
  const { network } = await networkOf(loaded, packs);
  for (const history of loaded.histories.values()) {
    const subject = subjectOf(history, network);
    const summary = anchorSummaryOf(subject, anchorsOf(subject, network), network);
    yield [folder.anchors, JSON.stringify(summary)];
  }
}

/** Completes the anchors of a part by those of all others. */
export function compareAnchors(part: number, context: HuntContext): Promise<void> {
  return writePart({ stage: 'compare', others: folder.anchors, linesOf: summariesIn }, part, context);
}

async function* summariesIn(pass: Pass, packs: PackReader, context: HuntContext): AsyncGenerator<Line> {
  const loaded = await loadPart(pass, packs, context);
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
  return writePart({ stage: 'judge', others: folder.summaries, linesOf: findingsIn }, part, context);
}

async function* findingsIn(pass: Pass, packs: PackReader, context: HuntContext): AsyncGenerator<Line> {
  const { pictureOf, key } = context;
  const loaded = await loadPart(pass, packs, context);
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
  for (const arn of sessions) yield [folder.counted(placeOf(arn, { parts: COUNTED, key }).part), arn];
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

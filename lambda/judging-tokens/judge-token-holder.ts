import { HeldPlaces } from '../detection/judge/held-places';
import type { Judgement } from '../detection/judge/judge';
import { workloadKey, type Workload } from '../detection/model/workload';
import { judgeWorkloads, type JudgingContext } from '../judging/judge-workloads';
import { clusterKey } from '../kubernetes/cluster';
import type { IsHeld } from '../kubernetes/tokens/cluster-homes';
import { judgeHolder, type HolderJudgement } from '../kubernetes/tokens/judge-tokens';
import { topic, type Subscriptions } from '../store/subscriptions';
import { TokenFactLoader } from './token-fact-loader';
import { instanceOfSession, type TokenHolder } from './token-holder';

export interface JudgedHolder {
  /** Null without a use. */
  readonly judgement: HolderJudgement | null;
  /** False if facts may be missing: by such a judgement nothing is archived. */
  readonly isComplete: boolean;
}

/** Judges the tokens of a pod or account by the facts in the table, as `detectTokens` would among all of them. */
export async function judgeTokenHolder(
  holder: TokenHolder,
  context: JudgingContext,
  subscriptions: Subscriptions | null,
): Promise<JudgedHolder> {
  const loader = new TokenFactLoader(holder, context.table, subscriptions);
  const nodes = new NodeJudgements(context, subscriptions);
  const judged = async (): Promise<HolderJudgement | null> => {
    const isHeld = await nodes.isHeld(loader.facts.nodeSessions());
    const { settings } = context;
    return judgeHolder(loader.facts, holder.user, { settings, isHeld });
  };
  await loader.readHolder();
  const byOwn = await judged();
  const isPod = holder.user.startsWith('pod/');
  if (byOwn === null || (isPod && placesToExplain(byOwn).length === 0))
    return { judgement: byOwn, isComplete: nodes.areComplete };
  await loader.readRequests();
  const byRequests = await judged();
  await loader.readPlaces([...placesToExplain(byOwn), ...(byRequests === null ? [] : placesToExplain(byRequests))]);
  return { judgement: await judged(), isComplete: nodes.areComplete };
}

/** Those that are not known as the holder's own. */
function placesToExplain({ trusted, elsewhere }: HolderJudgement): string[] {
  const firstUses = trusted.filter(({ because }) => because === 'first-use-unverified');
  return [...firstUses, ...elsewhere].map(({ use }) => use.place);
}

/** The verdicts on the sessions of nodes, each judged once. */
class NodeJudgements {
  readonly #judged = new Map<string, readonly Judgement[]>();
  areComplete = true;

  constructor(
    private readonly context: JudgingContext,
    private readonly subscriptions: Subscriptions | null,
  ) {}

  async isHeld(sessions: ReadonlySet<string>): Promise<IsHeld> {
    for (const session of sessions) {
      const instance = instanceOfSession(session);
      if (instance) await this.#judge(instance);
    }
    const held = new HeldPlaces(sessions);
    for (const judgement of [...this.#judged.values()].flat()) held.note(judgement);
    return ({ cluster, session, place, time }) =>
      held.isHeld(session, { ip: place, cluster: clusterKey(cluster) }, time);
  }

  async #judge(instance: Workload): Promise<void> {
    const key = workloadKey(instance);
    if (this.#judged.has(key)) return;
    await this.subscriptions?.to([topic.held(instance)]);
    const { judged, isComplete } = await judgeWorkloads([instance], this.context);
    if (!isComplete) this.areComplete = false;
    this.#judged.set(
      key,
      judged.map(({ judgement }) => judgement),
    );
  }
}

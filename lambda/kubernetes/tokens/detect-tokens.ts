import type { Settings } from '../../detection/model/settings';
import type { KubernetesAct } from '../act';
import { detectKubernetes, type KubernetesDetection, type KubernetesInput } from '../detect-kubernetes';
import { judgeTokens, type HolderJudgement, type TokenContext } from './judge-tokens';
import { tokenActs } from './token-acts';
import type { TokenFactSet } from './token-fact-set';

export interface TokenDetectionInput extends TokenContext, Pick<KubernetesInput, 'ownerOf'> {
  readonly settings: TokenContext['settings'] & Pick<Settings, 'suppressions'>;
}

/** The findings on tokens that were used elsewhere than by their holders, whatever order the facts came in. */
export function detectTokens(set: TokenFactSet, input: TokenDetectionInput): KubernetesDetection {
  return detectKubernetes({ ...input, groups: groupsOf(set, input) });
}

function* groupsOf(set: TokenFactSet, context: TokenContext): Generator<readonly KubernetesAct[]> {
  for (const judgement of judgeTokens(set, context)) yield* actGroups(judgement);
}

/** The acts of each finding on a holder. */
export function* actGroups(judgement: HolderJudgement): Generator<readonly KubernetesAct[]> {
  const acts = tokenActs(judgement);
  for (const type of new Set(acts.map((act) => act.type))) yield acts.filter((act) => act.type === type);
}

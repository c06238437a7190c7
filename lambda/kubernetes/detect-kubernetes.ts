import type { Finding } from '../detection/model/finding';
import type { Settings } from '../detection/model/settings';
import { suppressedBy } from '../detection/findings/suppression';
import type { KubernetesAct } from './act';
import type { OwnerOf } from './address-owner';
import { composeActs } from './compose-acts';

export interface KubernetesInput {
  /** The acts of each group (`ActSet.groups`). */
  readonly groups: Iterable<readonly KubernetesAct[]>;
  readonly settings: Pick<Settings, 'suppressions' | 'privateNetworks'>;
  readonly ownerOf: OwnerOf;
}

export interface KubernetesDetection {
  /** Not suppressed, by first sighting and id. */
  readonly findings: readonly Finding[];
  readonly suppressed: readonly Finding[];
}

/** The findings on clusters, whatever order their acts came in. */
export function detectKubernetes({ groups, ...context }: KubernetesInput): KubernetesDetection {
  const findings: Finding[] = [];
  const suppressed: Finding[] = [];
  for (const acts of groups) {
    const { finding, isSuppressed } = findingOf(acts, context);
    if (finding) (isSuppressed ? suppressed : findings).push(finding);
  }
  return { findings: findings.sort(byFirstSeen), suppressed: suppressed.sort(byFirstSeen) };
}

type Context = Omit<KubernetesInput, 'groups'>;

/**
 * The finding on the acts of one group. It is about those that no suppression hides, since a suppression for one address or role
 * must not hide what came from another; where all are hidden it is about all of them.
 */
export function findingOf(
  acts: readonly KubernetesAct[],
  context: Context,
): { readonly finding: Finding | null; readonly isSuppressed: boolean } {
  const isHidden = hiddenBy(context);
  const finding = compose(
    acts.filter((act) => !isHidden(act)),
    context,
  );
  return finding ? { finding, isSuppressed: false } : { finding: compose(acts, context), isSuppressed: true };
}

/** Tells whether a suppression applies to an act by itself. */
export function hiddenBy(context: Context): (act: KubernetesAct) => boolean {
  const { suppressions } = context.settings;
  if (suppressions.length === 0) return () => false;
  return (act) => {
    const alone = compose([act], context);
    return alone !== null && suppressedBy(alone, suppressions) !== null;
  };
}

function compose(acts: readonly KubernetesAct[], { settings, ownerOf }: Context): Finding | null {
  return composeActs(acts, { ownerOf, privateNetworks: settings.privateNetworks });
}

function byFirstSeen(a: Finding, b: Finding): number {
  if (a.firstSeen !== b.firstSeen) return a.firstSeen < b.firstSeen ? -1 : 1;
  return a.id < b.id ? -1 : Number(a.id > b.id);
}

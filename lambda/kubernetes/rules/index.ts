import type { AuditFindingType } from '../../detection/model/finding';
import type { KubernetesSettings } from '../../detection/model/kubernetes-settings';
import { actOf, type Found, type KubernetesAct, type Rule } from '../act';
import type { AuditEvent } from '../audit-event';
import { adminDefaultAccount } from './admin-default-account';
import { anonymousAccess } from './anonymous-access';
import { anonymousAccessGranted } from './anonymous-access-granted';
import { execInSystemPod } from './exec-in-system-pod';
import { exposedDashboard } from './exposed-dashboard';
import { privilegedContainer } from './privileged-container';
import { sensitiveMount } from './sensitive-mount';
import { unreadableManifest } from './unreadable-manifest';

/** The rule that decides each type of finding. */
export const KUBERNETES_RULES: Readonly<Record<AuditFindingType, Rule>> = {
  ExecInKubeSystemPod: execInSystemPod,
  SuccessfulAnonymousAccess: anonymousAccess,
  AnonymousAccessGranted: anonymousAccessGranted,
  AdminAccessToDefaultServiceAccount: adminDefaultAccount,
  ExposedDashboard: exposedDashboard,
  PrivilegedContainer: privilegedContainer,
  ContainerWithSensitiveMount: sensitiveMount,
  UnreadableManifest: unreadableManifest,
};

const NONE: readonly KubernetesAct[] = [];
const RULES = Object.values(KUBERNETES_RULES);

/** All that rules report of an event. */
export function actsOf(event: AuditEvent, settings: KubernetesSettings): readonly KubernetesAct[] {
  let acts: readonly KubernetesAct[] = NONE;
  for (const rule of RULES) {
    const found = rule(event, settings);
    if (found === null) continue;
    const all = Array.isArray(found) ? found : [found];
    if (all.length > 0) acts = [...acts, ...all.map((one: Found) => actOf(event, one))];
  }
  return acts;
}

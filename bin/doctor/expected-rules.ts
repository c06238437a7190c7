import { kindNamed } from '../../lambda/detection/kinds/all-kinds';
import type { Deployment } from '../deployment/deployment';

/** Rules of every deployment that takes events. */
const ALWAYS: readonly string[] = ['issuance', 'principals', 'network', 'canary', 'tampering'];

/**
 * Names of the rules that are deployed to every default bus with events; none if the stack does not output the kinds it
 * forwards.
 */
export function expectedRules(deployment: Pick<Deployment, 'find'>): string[] {
  const workloads = deployment.find('workloads')?.split(',').filter(Boolean) ?? [];
  const forwardAll = deployment.find('forwardAll') === 'true';
  if (deployment.find('mode') === 'trail' || (workloads.length === 0 && !forwardAll)) return [];
  const calls = forwardAll ? ['all'] : workloads.filter((name) => kindNamed(name)?.events.calls !== null);
  return [...calls, ...ALWAYS].map((name) => `credlock-${name}`);
}

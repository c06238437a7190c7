import {
  configChangePattern,
  forwardedPattern,
  forwardedTamperingPattern,
  observedPatterns,
  simulationPattern,
  tamperingPattern,
  trailObjectsPattern,
} from '../../lib/patterns/event-patterns';
import { type Fields } from '../../lambda/detection/model/event-pattern';
import { DEFAULT_WORKLOADS, WORKLOADS, type WorkloadName } from '../../lambda/detection/kinds/all-kinds';
import { SHOP } from './record-shapes';

export interface PatternUnderTest {
  /** Unique, and stable: golden vectors are kept by it. */
  readonly name: string;
  readonly pattern: Fields;
}

/** Which patterns carry what has to be observed, by how a deployment chooses calls. */
export const DEPLOYMENTS: Readonly<
  Record<string, { readonly workloads: readonly WorkloadName[]; readonly forwardAll: boolean }>
> = {
  usual: { workloads: DEFAULT_WORKLOADS, forwardAll: false },
  forwardAll: { workloads: DEFAULT_WORKLOADS, forwardAll: true },
  'every kind': { workloads: WORKLOADS, forwardAll: false },
  ...Object.fromEntries(WORKLOADS.map((name) => [name, { workloads: [name], forwardAll: false }])),
};

/** The patterns of a deployment by the names they have here. */
export function observedIn(deployment: string): PatternUnderTest[] {
  const settings = DEPLOYMENTS[deployment];
  if (!settings) throw new Error(`deployment must be one of ${Object.keys(DEPLOYMENTS).join(', ')}, got ${deployment}`);
  const patterns = observedPatterns({ ...settings, account: SHOP });
  return patterns.map(({ name, pattern }) => ({
    name: name === 'issuance' && settings.workloads !== DEFAULT_WORKLOADS ? `issuance of ${deployment}` : name,
    pattern,
  }));
}

/** Every pattern a deployment can have, each once. */
export function patternsUnderTest(): PatternUnderTest[] {
  const patterns = [
    ...Object.keys(DEPLOYMENTS).flatMap(observedIn),
    { name: 'tampering', pattern: tamperingPattern({ account: SHOP }).pattern },
    { name: 'tampering with kubernetes', pattern: tamperingPattern({ account: SHOP, kubernetes: true }).pattern },
    { name: 'forwarded: observe', pattern: forwardedPattern().pattern },
    { name: 'forwarded: tampering', pattern: forwardedTamperingPattern().pattern },
    { name: 'forwarded: tampering with kubernetes', pattern: forwardedTamperingPattern(true).pattern },
    { name: 'simulation', pattern: simulationPattern({ account: SHOP }).pattern },
    { name: 'trail', pattern: trailObjectsPattern('shop-trail', '', SHOP).pattern },
    { name: 'config', pattern: configChangePattern('credlock-config', ['settings.json', 'ip-ranges.json']) },
  ];
  return [...new Map(patterns.map((one) => [one.name, one])).values()];
}

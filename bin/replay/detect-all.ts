import { detect, type Detection, type DetectionInput } from '../../lambda/detection/detect';
import type { NetworkFacts } from '../../lambda/detection/judge/accepted-changes';
import type { Finding } from '../../lambda/detection/model/finding';
import type { AuditReader } from './audit-reader';

/**
 * The findings on workloads and, by the same facts of who has which address, on clusters; then those on tokens, by the verdicts
 * on the sessions of nodes.
 */
export function detectAll(input: Omit<DetectionInput, 'onNetwork'>, audit: AuditReader): Detection {
  const networks: NetworkFacts['network'][] = [];
  const judging = audit.judging();
  const found = detect({
    ...input,
    onNetwork: (network) => networks.push(network),
    onJudgement: (judgement, findings) => {
      judging.note(judgement);
      input.onJudgement?.(judgement, findings);
    },
  });
  const ofClusters = networks.flatMap((network) => judging.detect(network, input.ipRanges));
  return {
    ...found,
    findings: merged([found, ...ofClusters].map(({ findings }) => findings)),
    suppressed: merged([found, ...ofClusters].map(({ suppressed }) => suppressed)),
  };
}

/** By first sighting and id. */
function merged(lists: readonly (readonly Finding[])[]): Finding[] {
  return lists.flat().sort((a, b) => {
    if (a.firstSeen !== b.firstSeen) return a.firstSeen < b.firstSeen ? -1 : 1;
    return a.id < b.id ? -1 : Number(a.id > b.id);
  });
}

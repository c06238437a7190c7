import { isKubernetesType, type Finding } from '../model/finding';
import type { Impact } from './call-impact';
import { isByMetadataService } from './evidence';
import { CLOUD_STORAGE, METADATA_API, ADDED_CREDENTIALS, SECRET_STORES, type Technique } from './finding-type-row';
import { FINDING_TYPE_TABLE } from './finding-types';
import { takenIn } from './taken';

const OF_IMPACT: readonly (readonly [Impact, Technique])[] = [
  ['secret', SECRET_STORES],
  ['data', CLOUD_STORAGE],
  ['privilege', ADDED_CREDENTIALS],
];

/** The techniques of MITRE ATT&CK that a finding shows: its type's, the way in, and what was taken. */
export function techniquesOf(finding: Finding): Technique[] {
  const { technique } = FINDING_TYPE_TABLE[finding.type];
  if (technique === null) return [];
  if (isKubernetesType(finding.type)) return [technique];
  const taken = takenIn([finding]);
  return [
    technique,
    ...(isByMetadataService(finding.evidence) ? [METADATA_API] : []),
    ...OF_IMPACT.flatMap(([impact, shown]) => (taken[impact].size > 0 ? [shown] : [])),
  ];
}

/** A finding as it is written out: a line of JSON Lines, and the `detail` of an EventBridge event. */
export interface FindingRecord extends Finding {
  readonly techniques: readonly Technique[];
}

export function findingRecord(finding: Finding): FindingRecord {
  return { ...finding, techniques: techniquesOf(finding) };
}

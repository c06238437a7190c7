import type { CloudTrailRecord } from '../../lambda/detection/model/cloudtrail-record';
import type { Fact } from '../../lambda/detection/facts/facts';
import { readFacts } from '../../lambda/detection/records/read-facts';
import { readRecord } from '../../lambda/detection/records/read-record';
import { parseSessionArn } from '../../lambda/detection/model/session-arn';
import type { WorkloadKind } from '../../lambda/detection/model/workload-kind';

/**
 * - `named`: tells a fact by what stands in it: a key issued, a change, a call that shows whose keys made it.
 * - `unnamed`: a role session's call that only the issuance of its key could tell to be a workload's.
 * - `nothing`: tells no fact.
 */
export type Relevance = 'named' | 'unnamed' | 'nothing';

/** What a CloudTrail record is to the detector, by the detector's own reader: not by anything the patterns say. */
export function relevanceTo(kinds: readonly WorkloadKind[], value: unknown): Relevance {
  const reading = readRecord(value);
  if ('skip' in reading) return 'nothing';
  // Where people call from is not forwarded.
  const facts = readFacts(reading.record, kinds).facts.filter(({ fact }) => fact !== 'person');
  if (facts.length === 0) return 'nothing';
  return facts.some((fact) => isNamed(fact, reading.record, kinds)) ? 'named' : 'unnamed';
}

function isNamed(fact: Fact, record: CloudTrailRecord, kinds: readonly WorkloadKind[]): boolean {
  if (fact.fact === 'sighting') return fact.caller.workload !== null;
  if (fact.fact !== 'foreign-key') return true;
  if (fact.by !== null && parseSessionArn(fact.by.sessionArn) === null) return true;
  return (fact.by?.workload ?? null) !== null || looksLikeWorkload(fact.sessionArn, record, kinds);
}

function looksLikeWorkload(sessionArn: string, record: CloudTrailRecord, kinds: readonly WorkloadKind[]): boolean {
  const session = parseSessionArn(sessionArn);
  const unproven = { ...record, identity: { ...record.identity, inScopeOf: null, ec2RoleDelivery: null } };
  return session !== null && kinds.some((kind) => kind.namedBy(session, unproven) !== null);
}

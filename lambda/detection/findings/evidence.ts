import type { Issuance } from '../facts/facts';
import type { History } from '../facts/workload-history';
import { isoTime } from '../model/event-time';
import type { Judgement, Verdict } from '../judge/judge';
import { rejectedText } from '../judge/rejected-change';
import { clusterText, placeText } from '../model/origin';
import { asSentence, reasons } from './finding-text';

/** The evidence for a verdict: sentences, each from facts about this workload. */
export function evidenceOf(verdict: Verdict, judgement: Judgement): string[] {
  return [
    ...reasons(verdict.why, verdict.owner).map(asSentence),
    ...lockEvidence(verdict, judgement),
    ...keyEvidence(verdict, judgement.history),
    ...deliveryEvidence(verdict, judgement),
    ...rejectedEvidence(judgement),
    ...clusterEvidence(verdict),
    ...recordEvidence(verdict),
  ].filter((text, at, all) => all.indexOf(text) === at);
}

function lockEvidence(verdict: Verdict, { lock }: Judgement): string[] {
  const own = lock.filter(({ origin }) => origin.kind !== 'service' && origin.key !== verdict.origin.key);
  if (own.length === 0) return ['No origin of this workload is trusted yet, so there is nothing to compare with.'];
  return own
    .slice(0, 3)
    .map(
      ({ origin, because, since }) =>
        `The workload itself calls from ${placeText(origin)} (${because}, since ${isoTime(since)}).`,
    );
}

function keyEvidence(verdict: Verdict, history: History): string[] {
  const issuances = new Map(
    verdict.sightings.flatMap(({ issuance }) =>
      issuance?.accessKeyId ? [[issuance.accessKeyId, issuance] as const] : [],
    ),
  );
  const keys = [...issuances.values()].sort((a, b) => a.time - b.time).slice(0, 3);
  const known = keys.map(
    ({ accessKeyId, issuer, time, eventId }) =>
      `Access key ${accessKeyId ?? ''} was issued to this workload by ${issuer} at ${isoTime(time)} (record ${eventId}).`,
  );
  return [...known, ...twinEvidence(verdict, history)];
}

/** EC2 issues two sets of credentials at once, for IMDSv1 and IMDSv2; the attacker often has the set that the workload does not use. */
function twinEvidence(verdict: Verdict, history: History): string[] {
  const theirs = new Set(verdict.sightings.map(({ caller }) => caller.accessKeyId));
  const issued = new Set(verdict.sightings.flatMap(({ issuance }) => (issuance ? [issuedAt(issuance)] : [])));
  if (issued.size === 0) return [];
  const twins = history.issuances.filter((one) => issued.has(issuedAt(one)) && !theirs.has(one.accessKeyId));
  const used = twins.find(({ accessKeyId }) =>
    history.sightings.some(({ caller }) => caller.accessKeyId === accessKeyId),
  );
  return used
    ? [
        `It was issued together with access key ${used.accessKeyId ?? ''}, which the workload itself uses, at ${isoTime(used.time)}.`,
      ]
    : [];
}

function issuedAt({ time, sessionArn }: Issuance): string {
  return `${time} ${sessionArn}`;
}

function deliveryEvidence(verdict: Verdict, { history }: Judgement): string[] {
  const theirs = deliveries(verdict.sightings.map(({ caller }) => caller.delivery));
  if (!theirs) return [];
  const { key } = verdict.origin;
  const elsewhere = [...history.deliveries].filter(([, places]) => places.size > Number(places.has(key)));
  const own = deliveries(elsewhere.map(([version]) => version));
  const compared = own && own !== theirs ? `; calls from its other origins use ${own}` : '';
  return [`${OBTAINED_BY} ${theirs}${compared}.`];
}

const OBTAINED_BY = 'The credentials used here were obtained from the instance metadata service by';

export function isByMetadataService(evidence: readonly string[]): boolean {
  return evidence.some((line) => line.startsWith(OBTAINED_BY));
}

/** True if the evidence shows that the credentials were obtained by IMDSv1, which forged requests can reach. */
export function isByImdsV1(evidence: readonly string[]): boolean {
  return evidence.some((line) => line.startsWith(`${OBTAINED_BY} IMDSv1`));
}

function deliveries(versions: readonly (string | null)[]): string {
  const known = [...new Set(versions)].filter((version) => version !== null).sort();
  return known.map((version) => (version === '1.0' ? 'IMDSv1' : version === '2.0' ? 'IMDSv2' : version)).join(' and ');
}

function rejectedEvidence({ rejected }: Judgement): string[] {
  return rejected.slice(0, 5).map((one) => `${rejectedText(one)}.`);
}

function clusterEvidence({ decisive }: Verdict): string[] {
  const { cluster } = decisive.caller.source;
  if (cluster === undefined) return [];
  return [
    `${asSentence(`the audit log of ${clusterText(cluster)} shows it, and CloudTrail does not`)} The cluster accepts the credentials until they expire, whatever policies deny them: sts:GetCallerIdentity, by which they sign in, cannot be denied.`,
  ];
}

function recordEvidence({ events }: Verdict): string[] {
  return events.map((id) => `See record ${id}.`);
}

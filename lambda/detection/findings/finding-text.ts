import { FINDING_TYPE_TABLE } from './finding-types';
import { isoTime } from '../model/event-time';
import type { Verdict } from '../judge/judge';
import { placeText } from '../model/origin';
import type { Owner } from '../judge/ownership';
import type { Workload } from '../model/workload';

/** Titles stay under 256 characters and descriptions under 1,024: Security Hub's limits. */
export interface FindingText {
  readonly title: string;
  readonly description: string;
}

/** Names chosen by users can be long. */
function short(text: string, most = 64): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

export function textOfFinding(verdict: Verdict, workload: Workload, role: string, noun: string): FindingText {
  const place = placeOf(verdict);
  const subject = `${noun} ${short(workload.id)}`;
  const title = verdict.contested
    ? `Credentials of ${subject} used from two places: ${place}`
    : FINDING_TYPE_TABLE[verdict.type].title({ subject, account: workload.account, place, count: 1 });
  return { title, description: short(descriptionOf(verdict, workload, role, subject), 1000) };
}

/** With the cluster, if the call that decided was one to a cluster. */
function placeOf({ origin, decisive }: Verdict): string {
  return placeText(origin, decisive.caller.source.cluster);
}

function descriptionOf(verdict: Verdict, workload: Workload, role: string, subject: string): string {
  const from = placeOf(verdict);
  const start = `Credentials that AWS issued to ${subject} (role ${short(role)}, account ${workload.account}) were used from ${from} at ${isoTime(verdict.first.event.time)}.`;
  const { anchor } = verdict;
  if (verdict.contested && anchor) {
    const other = placeText(anchor.origin);
    return `${start} Both ${from} and ${other} are plausible, but only one can be the workload’s own; ${other} was seen first, at ${isoTime(anchor.sighting.event.time)}. ${asSentence(verdict.owner.why)}`;
  }
  const { why, owner, decisive } = verdict;
  const again = decisive === verdict.first ? [] : [`They were used there again at ${isoTime(decisive.event.time)}.`];
  return [start, ...again, ...reasons(why, owner).map(asSentence)].join(' ');
}

/** Adds a capital and a full stop; ids at the beginning keep their spelling. */
export function asSentence(text: string): string {
  const isWord = /^[a-z]+[\s,]/.test(text);
  return `${isWord ? text.charAt(0).toUpperCase() + text.slice(1) : text}.`;
}

/** Why an origin is not trusted and who owns it, without repetition. */
export function reasons(why: string, owner: Owner): string[] {
  if (owner.why.startsWith(why)) return [owner.why];
  return owner.account !== null && why.includes(owner.account) ? [why] : [why, owner.why];
}

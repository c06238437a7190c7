import type { FindingType } from '../model/finding';
import { isoTime } from '../model/event-time';
import type { Verdict } from '../judge/judge';
import { originText } from '../model/origin';
import type { Owner } from '../judge/ownership';
import type { Workload } from '../model/workload';

/** What people read first. Titles stay under 256 characters and descriptions under 1,024 (Security Hub's limits). */
export interface Words {
  readonly title: string;
  readonly description: string;
}

/** Names chosen by users can be long; what matters comes before them. */
function short(text: string, most = 64): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

const WHERE: Partial<Record<FindingType, string>> = {
  OutsideAWS: 'used outside AWS',
  InsideAWS: 'used from an unknown AWS address',
  UnknownOwner: 'used from another address',
  ForeignEndpoint: 'used through a foreign VPC endpoint',
  ImplausibleOrigin: 'used from an address that cannot be its own',
  ConsoleSession: 'turned into a console session',
  AfterTermination: 'used after its termination',
  WhileStopped: 'used while it was stopped',
  AffiliatedAccount: 'used from another account of the organisation',
  SameAccount: 'used from another workload of its account',
  UnattributedService: 'used through an AWS service',
};

export function wordsOf(verdict: Verdict, workload: Workload, role: string, noun: string): Words {
  const from = originText(verdict.origin);
  const who = `${noun} ${short(workload.id)}`;
  const where = verdict.contested ? 'used from two places' : (WHERE[verdict.type] ?? 'used from elsewhere');
  const title = `Credentials of ${who} ${where}: ${from}`;
  return { title, description: short(descriptionOf(verdict, workload, role, who), 1000) };
}

function descriptionOf(verdict: Verdict, workload: Workload, role: string, who: string): string {
  const from = originText(verdict.origin);
  const start = `Credentials that AWS issued to ${who} (role ${short(role)}, account ${workload.account}) were used from ${from} at ${isoTime(verdict.first.event.time)}.`;
  const { anchor } = verdict;
  if (verdict.contested && anchor) {
    const first = `${originText(anchor.origin)} was seen first, at ${isoTime(anchor.sighting.event.time)}`;
    return `${start} Both ${from} and ${originText(anchor.origin)} could be its own by what is known, so one of them is not: ${first}. ${asSentence(verdict.owner.why)}`;
  }
  const { why, owner, decisive } = verdict;
  const again = decisive === verdict.first ? [] : [`They were used there again at ${isoTime(decisive.event.time)}.`];
  return [start, ...again, ...reasons(why, owner).map(asSentence)].join(' ');
}

/** Ends with a full stop and begins with a capital, unless it begins with an id, which has its own spelling. */
export function asSentence(text: string): string {
  const isWord = /^[a-z]+[\s,]/.test(text);
  return `${isWord ? text.charAt(0).toUpperCase() + text.slice(1) : text}.`;
}

/** Why an origin is not trusted and whose it is, without saying one thing twice. */
export function reasons(why: string, owner: Owner): string[] {
  if (owner.why.startsWith(why)) return [owner.why];
  return owner.account !== null && why.includes(owner.account) ? [why] : [why, owner.why];
}

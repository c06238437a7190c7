import { originText } from '../../detection/model/origin';
import { callGroups } from '../../detection/findings/taken';
import { callGroupText, takenText } from '../../detection/findings/taken-text';
import { techniquesOf } from '../../detection/findings/techniques';
import {
  workloadCount,
  type Finding,
  type FindingEvent,
  type FindingOrigin,
  type FindingWorkload,
  type LockEntry,
} from '../../detection/model/finding';
import { ASFF_LIMITS, cutEnd, listed } from './asff-limits';

type Field = readonly [name: string, value: string | null];

/** Lines that get a field each; the rest shares the last one. With the other fields they make 50 at most. */
const RULED_OUT = 10;
const EVIDENCE = 11;

/**
 * The data that ASFF has no field for, as `credlock/<name>`, the most important first: at most 50 fields, none blank, values of
 * at most 2,048 code units, from which whole items are left out before letters.
 */
export function asffProductFields(finding: Finding): Record<string, string> {
  const fields = [
    ...headFields(finding),
    ...workloadFields(finding),
    ...originFields(finding.origin),
    ...credentialFields(finding),
    ...takenFields(finding),
    ...ruledOutFields(finding),
    ...evidenceFields(finding.evidence),
    ...callFields(finding.events),
    ['advice', listed(finding.advice, ASFF_LIMITS.productFieldValue, ' ')] as const,
  ];
  const filled = fields.flatMap(([name, value]) => {
    const text = value === null ? '' : cutEnd(value, ASFF_LIMITS.productFieldValue);
    return text === '' ? [] : [[cutEnd(`credlock/${name}`, ASFF_LIMITS.productFieldKey), text] as const];
  });
  return Object.fromEntries(filled);
}

function headFields(finding: Finding): Field[] {
  const { calls, callsAtLeast } = finding;
  return [
    ['schema', finding.schema],
    ['type', finding.type],
    ['id', finding.id],
    ['incidentId', finding.incidentId],
    ['archivedBecause', finding.archivedBecause],
    ['contested', String(finding.contested)],
    ['sample', finding.sample ? 'true' : null],
    ['calls', calls === null ? (callsAtLeast === null ? null : `at least ${callsAtLeast}`) : String(calls)],
  ];
}

function workloadFields(finding: Finding): Field[] {
  const { workload, workloads } = finding;
  if (workload) {
    return [
      ['workload/kind', workload.kind],
      ['workload/id', workload.id],
      ['workload/account', workload.account],
      ['workload/region', workload.region],
    ];
  }
  if (!workloads) return [];
  const accounts = [...new Set(workloads.map(({ account }) => account))].sort();
  return [
    ['workloads/count', String(workloadCount(finding))],
    ['workloads/accounts', listed(accounts, ASFF_LIMITS.productFieldValue)],
    ['workloads/ids', listed(workloads.map(shortName), ASFF_LIMITS.productFieldValue)],
  ];
}

function shortName({ account, kind, id }: FindingWorkload): string {
  return `${account}/${kind}/${id}`;
}

function originFields(origin: FindingOrigin | null): Field[] {
  if (!origin) return [];
  return [
    ['origin/kind', origin.kind],
    ['origin/ip', origin.ip],
    ['origin/endpointId', origin.endpointId],
    ['origin/endpointAccount', origin.endpointAccount],
    ['origin/service', origin.service],
    ['origin/cluster', origin.cluster ?? null],
    ['origin/ownership', origin.ownership],
    ['origin/account', origin.account],
    ['origin/region', origin.region],
  ];
}

function credentialFields({ sessions, related, lock }: Finding): Field[] {
  const most = ASFF_LIMITS.productFieldValue;
  const keys = [...new Set(sessions.flatMap(({ accessKeyIds }) => accessKeyIds))].sort();
  const chained = related.map(({ kind, arn, accessKeyIds }) =>
    [kind, arn, ...(accessKeyIds.length > 0 ? [`(${accessKeyIds.join(', ')})`] : [])].join(' '),
  );
  return [
    ['sessions', listed([...new Set(sessions.map(({ arn }) => arn))], most)],
    ['accessKeyIds', listed(keys, most, ', ')],
    ['lock', listed(lock.map(lockLine), most)],
    ['related', listed(chained, most)],
  ];
}

function takenFields(finding: Finding): Field[] {
  const { events } = finding;
  if (events.length === 0) return [];
  const done = callGroups(events).map(callGroupText);
  return [
    ['taken', `${takenText([finding])}: ${listed(done, ASFF_LIMITS.productFieldValue - 200)}`],
    [
      'techniques',
      techniquesOf(finding)
        .map(({ id, name }) => `${id} ${name}`)
        .join('; '),
    ],
  ];
}

function lockLine({ origin, because, since, until }: LockEntry): string {
  const place = originText({ ip: null, endpointId: null, endpointAccount: null, service: null, ...origin });
  return `${place} (${because}, since ${since}${until === null ? '' : `, until ${until}`})`;
}

/** One field for an explanation, named for it. */
function ruledOutFields({ ruledOut }: Finding): Field[] {
  const names = [...new Set(ruledOut.map(({ explanation }) => explanation))];
  const reasons = names.map((name): [name: string, because: string] => {
    const because = ruledOut.filter(({ explanation }) => explanation === name).map((one) => one.because);
    return [name, listed([...new Set(because)], ASFF_LIMITS.productFieldValue)];
  });
  const own = reasons.length > RULED_OUT ? reasons.slice(0, RULED_OUT - 1) : reasons;
  const rest = reasons.slice(own.length).map(([name, because]) => `${name}: ${because}`);
  const fields = own.map(([name, because]): Field => [`ruledOut/${name}`, because]);
  return rest.length === 0 ? fields : [...fields, ['ruledOut', listed(rest, ASFF_LIMITS.productFieldValue)]];
}

function evidenceFields(evidence: readonly string[]): Field[] {
  const own = evidence.length > EVIDENCE ? evidence.slice(0, EVIDENCE - 1) : evidence;
  const rest = listed(evidence.slice(own.length), ASFF_LIMITS.productFieldValue, ' ');
  return [...own, rest].map((line, at) => [`evidence/${String(at + 1).padStart(2, '0')}`, line]);
}

function callFields(events: readonly FindingEvent[]): Field[] {
  const most = ASFF_LIMITS.productFieldValue;
  const agents = events.flatMap(({ userAgent }) => (userAgent === null ? [] : [cutEnd(userAgent, 256)]));
  return [
    ['events', listed(events.map(callLine), most)],
    ['userAgents', listed([...new Set(agents)].sort(), most)],
  ];
}

function callLine({ time, source, name, region, errorCode, accessKeyId, id }: FindingEvent): string {
  const failed = errorCode === null ? '' : ` (${errorCode})`;
  const key = accessKeyId === null ? '' : ` with ${accessKeyId}`;
  return `${time} ${source} ${name}${failed} in ${region}${key}, record ${id}`;
}

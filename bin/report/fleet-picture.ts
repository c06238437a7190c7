import { incidentId } from '../../lambda/detection/findings/compose-finding';
import type { Finding, FindingWorkload } from '../../lambda/detection/model/finding';
import type { Lane, LaneCall, Picture } from './picture';

const MOST = 12;

/** The picture of a finding about several workloads: one lane per workload. Null if none of them has a picture. */
export function fleetPicture({ workloads }: Finding, pictures: ReadonlyMap<string, Picture>): Picture | null {
  const members = (workloads ?? []).flatMap((workload) => {
    const picture = pictures.get(incidentId(workload));
    return picture ? [{ workload, picture }] : [];
  });
  if (members.length === 0) return null;
  const shown = members.slice(0, MOST);
  return {
    kind: 'incident',
    fleet: true,
    from: Math.min(...shown.map(({ picture }) => picture.from)),
    to: Math.max(...shown.map(({ picture }) => picture.to)),
    lanes: shown.map(({ workload, picture }) => memberLane(workload, picture)),
    more: members.length - shown.length,
    issued: [],
    changes: [],
  };
}

function memberLane({ id, account }: FindingWorkload, { lanes }: Picture): Lane {
  const trusted = lanes.filter((lane) => lane.trusted);
  const since = trusted.flatMap((lane) => lane.since ?? []);
  return {
    origin: id,
    trusted: trusted.length > 0,
    because: account,
    why: trusted[0]?.why ?? '',
    since: since.length > 0 ? Math.min(...since) : null,
    until: null,
    calls: lanes.flatMap((lane): LaneCall[] =>
      lane.calls.map((call) => ({ ...call, text: `${call.text} from ${lane.origin}` })),
    ),
  };
}

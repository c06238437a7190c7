import * as z from 'zod';
import type { FindingSummary } from '../detection/model/finding';
import { originText } from '../detection/model/origin';
import type { Workload } from '../detection/model/workload';
import { partition } from './table-schema';

/** A workload with an open verdict at a place. */
export interface Suspect {
  readonly workload: Workload;
  readonly firstSeen: string;
}

const SUSPECT = z.nullable(
  z.object({
    workload: z.object({ partition: z.string(), account: z.string(), kind: z.string(), id: z.string() }),
    firstSeen: z.string(),
  }),
);

/** Null if the suspicion was withdrawn. */
export function suspectIn(body: string): Suspect | null {
  return SUSPECT.parse(JSON.parse(body));
}

/**
 * Places where verdicts of several workloads may be grouped or depend on other workloads' anchors: an origin, an endpoint and
 * its owner's other users, a NAT gateway's account, a service that calls for a role.
 */
export function meetingPlaces(finding: FindingSummary): string[] {
  const { origin, workload, sessions, type } = finding;
  if (!origin || !workload) return [];
  const text = originText(origin);
  if (type === 'UnattributedService')
    return [`service/${workload.partition}/${workload.account}/${sessions[0]?.role ?? ''}/${text}`];
  const { endpointId, endpointAccount, account } = origin;
  return [
    text,
    ...(endpointId === null ? [] : [endpointId]),
    ...(endpointAccount === null ? [] : [partition.endpointUsers(workload.account, endpointAccount)]),
    ...(account === null ? [] : [partition.natUsers(workload.account, account)]),
  ];
}

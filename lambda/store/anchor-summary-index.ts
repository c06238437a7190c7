import * as z from 'zod';
import { OBSERVED_HOURS } from '../detection/judge/egress-pools';
import { EVERY_ACCOUNT, placesAt, type AnchorSummary, type Peers } from '../detection/judge/peers';
import { GONE } from './published-rows';
import { partition } from './table-schema';

const ANCHOR_SUMMARY = z.object({
  workload: z.object({ partition: z.string(), account: z.string(), kind: z.string(), id: z.string() }),
  region: z.nullable(z.string()),
  // Absent in summaries of versions before 0.3.
  vpcId: z.nullable(z.string()).default(null),
  // Absent in summaries of versions before 0.3.
  isNode: z.boolean().default(false),
  anchors: z.array(
    z.object({
      place: z.string(),
      isPublic: z.boolean(),
      // Absent in summaries of versions before 0.3.
      egressPlace: z.string().optional(),
      hours: z.number(),
      // Absent in summaries of versions before 0.3.
      isRivalled: z.boolean().default(false),
      // Absent in summaries of versions before 0.3.
      successor: z.nullable(z.string()).default(null),
      natAccounts: z.array(z.string()),
      egress: z.nullable(z.object({ uses: z.array(z.string()), alternates: z.boolean() })).default(null),
    }),
  ),
  // Absent in summaries of versions before 0.3.
  received: z
    .array(z.object({ address: z.string(), time: z.number(), eventId: z.string(), action: z.string() }))
    .default([]),
  endpointOwners: z.array(z.string()),
  // Absent in summaries of versions before 0.3.
  endpointUses: z.array(z.string()).default([]),
});

/** Null if it was withdrawn. */
export function parseAnchorSummary(body: string): AnchorSummary | null {
  if (body === GONE) return null;
  const { anchors, ...summary } = ANCHOR_SUMMARY.parse(JSON.parse(body));
  return { ...summary, anchors: anchors.map((one) => ({ ...one, egressPlace: one.egressPlace ?? one.place })) };
}

/** Hours are capped at the most that are compared, so that it is not written again every hour. */
export function storedAnchorSummary(summary: AnchorSummary): string {
  const anchors = summary.anchors.map((anchor) => ({ ...anchor, hours: Math.min(anchor.hours, OBSERVED_HOURS) }));
  return JSON.stringify({ ...summary, anchors });
}

/** The partitions an anchor summary is looked up in. */
export function placesOf(summary: AnchorSummary): string[] {
  const { anchors, received, endpointOwners, endpointUses } = summary;
  const { account } = summary.workload;
  return [
    ...received.map(({ address }) => partition.place(address)),
    ...anchors.flatMap(({ place, egressPlace }) =>
      [...new Set([...placesAt(place), egressPlace])].map(partition.place),
    ),
    ...(anchors.some(({ isPublic }) => isPublic) ? [partition.population(account)] : []),
    ...[...new Set([...endpointOwners, ...endpointUses])].map((owner) => partition.endpointUsers(account, owner)),
    ...anchors.flatMap(({ natAccounts }) =>
      natAccounts.flatMap((owner) =>
        (owner === account ? [account] : [account, EVERY_ACCOUNT]).map((user) => partition.natUsers(user, owner)),
      ),
    ),
  ];
}

/** The same peers; adds the partitions each answer depends on to `asked`. */
export function recordingQuestions(peers: Peers, asked: Set<string>): Peers {
  return {
    ...peers,
    anchoredAt: (place) => {
      asked.add(partition.place(place));
      return peers.anchoredAt(place);
    },
    successorsOf: (place, account) => {
      asked.add(partition.place(place));
      return peers.successorsOf(place, account);
    },
    receivedAt: (address) => {
      asked.add(partition.place(address));
      return peers.receivedAt(address);
    },
    settledAt: (place, account, near) => {
      asked.add(partition.place(place));
      return peers.settledAt(place, account, near);
    },
    population: (account, near) => {
      asked.add(partition.population(account));
      return peers.population(account, near);
    },
    egressPool: (place, of) => {
      for (const other of peers.aroundEgress(place, of)) asked.add(partition.place(other));
      return peers.egressPool(place, of);
    },
    endpointUsers: (account, owner) => {
      asked.add(partition.endpointUsers(account, owner));
      return peers.endpointUsers(account, owner);
    },
    endpointUses: (account, owner) => {
      asked.add(partition.endpointUsers(account, owner));
      return peers.endpointUses(account, owner);
    },
    anchoredAtNatOf: (account, egressAccount) => {
      asked.add(partition.natUsers(account, egressAccount));
      return peers.anchoredAtNatOf(account, egressAccount);
    },
  };
}

import * as z from 'zod';
import { SETTLED_HOURS, type AnchorSummary, type Peers } from '../detection/judge/peers';
import { GONE } from './published-rows';
import { partition } from './table-schema';

const ANCHOR_SUMMARY = z.object({
  workload: z.object({ partition: z.string(), account: z.string(), kind: z.string(), id: z.string() }),
  region: z.nullable(z.string()),
  anchors: z.array(
    z.object({ place: z.string(), isPublic: z.boolean(), hours: z.number(), natAccounts: z.array(z.string()) }),
  ),
  endpointOwners: z.array(z.string()),
});

/** Null where it was taken back. */
export function parseAnchorSummary(body: string): AnchorSummary | null {
  return body === GONE ? null : ANCHOR_SUMMARY.parse(JSON.parse(body));
}

/** What is stored of it: more hours than make a place its own tell others nothing, and would be written every hour. */
export function storedAnchorSummary(footprint: AnchorSummary): string {
  const anchors = footprint.anchors.map((anchor) => ({ ...anchor, hours: Math.min(anchor.hours, SETTLED_HOURS) }));
  return JSON.stringify({ ...footprint, anchors });
}

/** The partitions a footprint is looked for in. */
export function placesOf({ workload: { account }, anchors, endpointOwners }: AnchorSummary): string[] {
  return [
    ...anchors.map(({ place }) => partition.place(place)),
    ...(anchors.some(({ isPublic }) => isPublic) ? [partition.population(account)] : []),
    ...endpointOwners.map((owner) => partition.endpointUsers(account, owner)),
    ...anchors.flatMap(({ natAccounts }) => natAccounts.map((owner) => partition.natUsers(account, owner))),
  ];
}

/** The same surroundings; the partitions of footprints that an answer depends on are noted in `asked`. */
export function recordingQuestions(around: Peers, asked: Set<string>): Peers {
  return {
    ...around,
    anchoredAt: (place) => {
      asked.add(partition.place(place));
      return around.anchoredAt(place);
    },
    settledAt: (place, account, region) => {
      asked.add(partition.place(place));
      return around.settledAt(place, account, region);
    },
    population: (account, region) => {
      asked.add(partition.population(account));
      return around.population(account, region);
    },
    endpointUsers: (account, owner) => {
      asked.add(partition.endpointUsers(account, owner));
      return around.endpointUsers(account, owner);
    },
    anchoredAtNatOf: (account, egressAccount) => {
      asked.add(partition.natUsers(account, egressAccount));
      return around.anchoredAtNatOf(account, egressAccount);
    },
  };
}

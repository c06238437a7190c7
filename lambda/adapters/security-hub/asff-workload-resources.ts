import type { Resource } from '@aws-sdk/client-securityhub';
import { kindNamed, WORKLOAD_KINDS } from '../../detection/kinds/all-kinds';
import type { FindingWorkload } from '../../detection/model/finding';
import { managedIn, workloadKey } from '../../detection/model/workload';
import type { WorkloadKind } from '../../detection/model/workload-kind';
import { ASFF_LIMITS, cutEnd } from './asff-limits';

/** A resource with the partition's name in ARNs. */
export type PlacedResource = Omit<Resource, 'Partition'> & { readonly partition: string };

/** The resource of a workload; attributes without a field in its type are in `Details.Other`. */
export function workloadResource(
  workload: FindingWorkload,
  kinds: readonly WorkloadKind[] = WORKLOAD_KINDS,
): PlacedResource {
  const resource = kindNamed(workload.kind, kinds)?.resource(workload);
  const { type, id, details } = resource ?? { type: 'Other', id: workloadKey(workload), details: {} };
  return placed(workload, { Type: type, Id: id, Details: { ...details, Other: otherDetails(workload) } });
}

/** The resources a workload is part of, such as its cluster. */
export function relatedResources(workload: FindingWorkload): PlacedResource[] {
  const resources = kindNamed(workload.kind)?.relatedResources?.(workload) ?? [];
  return resources.map(({ type, id, details }) => placed(workload, { Type: type, Id: id, Details: { ...details } }));
}

function placed(
  { partition, region }: FindingWorkload,
  rest: Omit<PlacedResource, 'partition' | 'Region'>,
): PlacedResource {
  const place = managedIn({ region });
  return { ...rest, partition, ...(place !== null && { Region: place }) };
}

/** Includes the member account, as the finding's own account is the one that imports it. */
function otherDetails({ kind, id, account, attributes }: FindingWorkload): Record<string, string> {
  const entries = Object.entries({ kind, id, account, ...attributes });
  const filled = entries.flatMap(([key, value]) => {
    const text = cutEnd(value, ASFF_LIMITS.otherDetailsValue);
    return text === '' ? [] : [[cutEnd(key, ASFF_LIMITS.otherDetailsKey), text] as const];
  });
  return Object.fromEntries(filled.slice(0, ASFF_LIMITS.otherDetails));
}

import type { Change } from '../detection/facts/facts';
import { ROUTE_ACTIONS } from '../detection/vocabulary';

/** A workload behind a private NAT gateway need not be in its VPC. */
const withoutVpc = (ip: string): string => `private//${ip}`;
const ROUTES: ReadonlySet<string> = new Set(ROUTE_ACTIONS);
/** Changes of routes, and of an address that only its association names, concern workloads that no record names. */
const mayMove = ({ action, publicIps }: Change): boolean =>
  ROUTES.has(action) || (action === 'DisassociateAddress' && publicIps.length === 0);
/** What a change is about: instance, interfaces, addresses, allocations, NAT gateway and its VPC, endpoints. */

export function entitiesOf(change: Change): string[] {
  const { account, instanceId, vpcId } = change;
  return [
    ...(instanceId ? [`instance/${account}/${instanceId}`] : []),
    ...change.interfaces.flatMap(({ eniId, vpcId: ofInterface, privateIps }) => [
      `eni/${eniId}`,
      ...privateIps.map((ip) => `private/${ofInterface ?? vpcId ?? ''}/${ip}`),
    ]),
    ...(change.natGatewayId ? change.interfaces.flatMap(({ privateIps }) => privateIps.map(withoutVpc)) : []),
    ...change.publicIps.map((ip) => `ip/${ip}`),
    ...change.allocationIds.map((id) => `eipalloc/${id}`),
    ...change.associationIds.map((id) => `eipassoc/${id}`),
    ...(change.attachmentId ? [`attachment/${change.attachmentId}`] : []),
    ...change.interfaces.flatMap(({ attachmentId }) => (attachmentId ? [`attachment/${attachmentId}`] : [])),
    ...(change.natGatewayId ? [`nat/${change.natGatewayId}`, ...(vpcId ? [`vpc/${vpcId}`] : [])] : []),
    ...(mayMove(change) ? [`routes/${account}`] : []),
    ...change.endpointIds.map((id) => `endpoint/${id}`),
    ...(change.cidrs.length > 0 ? ['byoip'] : []),
  ];
}

import type { InterfaceDetail } from '../../facts/facts';
import { ipv6In, prefixesIn, privateIpsIn } from './addresses';
import { objectsBy, onlyText, parametersOf } from './parameters';

/**
 * The network interfaces that requests, responses or parts of them name. Where it is only one, all they say is about it
 * (a request names the interface and the response the addresses); where there are several, what stands with each.
 */
export function interfacesIn(parts: readonly unknown[]): InterfaceDetail[] {
  const named = [...objectsBy('networkinterfaceid', parts)];
  return named.map(([eniId, objects]) => interfaceOf(eniId, named.length === 1 ? parts : objects));
}

function interfaceOf(eniId: string, parts: readonly unknown[]): InterfaceDetail {
  const parameters = parametersOf(parts);
  return {
    eniId,
    attachmentId: onlyText(parameters, 'attachmentid'),
    vpcId: onlyText(parameters, 'vpcid'),
    subnetId: onlyText(parameters, 'subnetid'),
    privateIps: privateIpsIn(parameters),
    ipv6: ipv6In(parameters),
    prefixes: prefixesIn(parameters),
  };
}

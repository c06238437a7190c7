import type { InterfaceDetail } from '../../facts/facts';
import { ipv6In, prefixesIn, privateIpsIn } from './addresses';
import { objectsBy, onlyText, parametersOf } from './parameters';

/**
 * The network interfaces in these parts of a record. All fields belong to an interface that is the only one (the request
 * names it, the response its addresses); otherwise only those of the object that names it.
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

import type { InterfaceDetail } from '../../facts/facts';
import { ipv6In, prefixesIn, privateIpsIn } from './addresses';
import { objectsBy, onlyText, parametersOf, type Parameters } from './parameters';

/**
 * The network interfaces in these parts of a record. All fields belong to an interface that is the only one (the request
 * names it, the response its addresses); otherwise only those of the object that names it. `parameters`: of the parts.
 */
export function interfacesIn(parts: readonly unknown[], parameters: Parameters): InterfaceDetail[] {
  if (!parameters.has('networkinterfaceid')) return [];
  const named = objectsBy('networkinterfaceid', parts);
  return Array.from(named, ([eniId, objects]) =>
    interfaceOf(eniId, named.size === 1 ? parameters : parametersOf(objects)),
  );
}

/** The interfaces of a NAT gateway. A record that names its addresses before it has one gives them under the gateway's id. */
export function natInterfacesIn(parts: readonly unknown[], parameters: Parameters): InterfaceDetail[] {
  const named = interfacesIn(parts, parameters);
  const natGatewayId = onlyText(parameters, 'natgatewayid');
  if (named.length > 0 || natGatewayId === null) return named;
  const detail = interfaceOf(natGatewayId, parameters);
  return detail.privateIps.length === 0 ? [] : [detail];
}

function interfaceOf(eniId: string, parameters: Parameters): InterfaceDetail {
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

import type { Action, AwsApiCallAction, Network } from '@aws-sdk/client-securityhub';
import { isKubernetesType, type Finding, type FindingEvent, type FindingOrigin } from '../../detection/model/finding';
import { ASFF_LIMITS, cutEnd } from './asff-limits';

/** The first call from the origin, in the form of GuardDuty's findings; null if neither is known, and for requests to a cluster. */
export function asffAction({ type, events, origin, firstSeen, lastSeen }: Finding): Action | null {
  const call = earliest(events);
  if (isKubernetesType(type)) return null;
  if (!call && !origin) return null;
  return {
    ActionType: 'AWS_API_CALL',
    AwsApiCallAction: {
      ...(call && named('Api', cutEnd(call.name, ASFF_LIMITS.api))),
      ...(call && named('ServiceName', cutEnd(call.source, ASFF_LIMITS.serviceName))),
      ...(origin && caller(origin)),
      FirstSeen: firstSeen,
      LastSeen: lastSeen,
    },
  };
}

/** `RemoteIpDetails` holds IPv4 only. `Network` is retired in Security Hub, but is the only searchable field for IPv6 addresses. */
export function asffNetwork({ origin }: Finding): Network | null {
  return origin?.ip?.includes(':') ? { Direction: 'IN', SourceIpV6: origin.ip } : null;
}

/** GuardDuty sends `remoteIp`; the API reference writes `remoteip`. */
function caller({ ip, service }: FindingOrigin): AwsApiCallAction {
  if (ip !== null) {
    return { CallerType: 'remoteIp', ...(!ip.includes(':') && { RemoteIpDetails: { IpAddressV4: ip } }) };
  }
  const domain = cutEnd(service ?? '', ASFF_LIMITS.domain);
  return domain === '' ? {} : { CallerType: 'domain', DomainDetails: { Domain: domain } };
}

/** The API accepts no blank text. */
function named(field: 'Api' | 'ServiceName', text: string): AwsApiCallAction {
  return text === '' ? {} : { [field]: text };
}

function earliest(events: readonly FindingEvent[]): FindingEvent | undefined {
  return events.toSorted((a, b) => compare(a.time, b.time) || compare(a.id, b.id))[0];
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

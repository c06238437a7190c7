import type { CloudTrailRecord } from '../model/cloudtrail-record';
import { originOf, type SeenOrigin } from '../model/origin';
import { parseSessionArn } from '../model/session-arn';
import { ec2Instance } from '../kinds/ec2-instance';
import type { CidrSet } from '../model/address';
import type { Workload } from '../model/workload';
import type { Denial } from './denials';
import { WITHOUT_ENDPOINTS } from './guardrail';
import type { Places } from './places';
import { isLike } from './policy-subject';

/** In the place of addresses. */
const HOLDERS = 'holders of pre-signed URLs';

export type NetworkGuardrail = 'own-vpc-only' | 'own-address-only';

/** A call over the network with an instance's credentials: the fields that the guardrails on its own network need. */
export interface NetworkCall {
  readonly workload: Workload;
  /** `service/action`, as IAM writes it. */
  readonly action: string;
  /** `ec2RoleDelivery` shows that the keys are an instance's; without it only `inScopeOf` does. */
  readonly isDelivered: boolean;
  readonly ip: string;
  /** Null on a public path. */
  readonly endpointId: string | null;
  readonly endpointAccount: string | null;
}

/**
 * Null for calls that these guardrails do not concern: without an instance's credentials, by a service on its behalf
 * (`aws:ViaAWSService`), no address, and services whose clients pass no endpoint.
 */
export function networkCallIn(record: CloudTrailRecord, privateNetworks: CidrSet): NetworkCall | null {
  const { identity, source, eventSource, eventName } = record;
  const session = parseSessionArn(identity.arn);
  if (!session || !source || source.ip === null || identity.invokedBy !== null) return null;
  const named = ec2Instance.namedBy(session, record);
  if (!named || named.shown === 'shape') return null;
  const action = `${actionPrefix(eventSource)}:${eventName}`;
  if (WITHOUT_ENDPOINTS.some((one) => isLike(action, one))) return null;
  const origin = originOf(source, privateNetworks);
  const isEndpoint = origin.kind === 'endpoint';
  return {
    workload: named.workload,
    action,
    isDelivered: identity.ec2RoleDelivery !== null,
    // Pre-signed URLs may be called from anywhere: all such addresses count as one.
    ip: isHandedOut(record, origin) ? HOLDERS : source.ip,
    endpointId: isEndpoint ? origin.endpointId : null,
    endpointAccount: isEndpoint ? origin.endpointAccount : null,
  };
}

/** A pre-signed URL called over the internet. */
export function isHandedOut({ presigned }: CloudTrailRecord, { kind }: SeenOrigin): boolean {
  return presigned && kind === 'public';
}

const PREFIXES: Readonly<Record<string, string>> = {
  email: 'ses',
  monitoring: 'cloudwatch',
  tagging: 'tag',
  'runtime.sagemaker': 'sagemaker',
};

/** The service's prefix in IAM actions, which for some is not the first part of the name CloudTrail has. */
export function actionPrefix(eventSource: string): string {
  const name = eventSource.replace(/\.amazonaws\.com(?:\.cn)?$/, '');
  return PREFIXES[name] ?? name.split('.')[0] ?? name;
}

/** Null where the call would pass. */
export function networkDenial(guardrail: NetworkGuardrail, call: NetworkCall, places: Places): Denial | null {
  const denial = guardrail === 'own-vpc-only' ? ownVpc(call, places) : ownAddress(call, places);
  if (denial?.certainty !== 'certain' || call.isDelivered) return denial;
  return {
    ...denial,
    certainty: 'likely',
    why: `${denial.why} That the keys are an instance’s, only inScopeOf shows.`,
  };
}

function publicPath({ ip, action }: NetworkCall): Denial {
  const service = action.split(':')[0] ?? '';
  return {
    certainty: 'certain',
    why: `The calls come from ${ip}, through no VPC endpoint.`,
    fix: `Give the VPC an endpoint for ${service} (in the Region that is called), or exempt ${service} or the role.`,
  };
}

function ownVpc(call: NetworkCall, places: Places): Denial | null {
  const { workload, endpointId, endpointAccount } = call;
  if (endpointId === null) return publicPath(call);
  const own = places.instance(`${workload.account}/${workload.id}`).vpcId;
  const other = places.vpcOfEndpoint(endpointId);
  if (own !== null && other !== null) {
    if (own === other) return null;
    const why = `The endpoint ${endpointId} is in ${other}, the instance in ${own}.`;
    return { certainty: 'certain', why, fix: 'Give the instance’s own VPC the endpoint, or exempt the role.' };
  }
  if (endpointAccount !== null && endpointAccount !== workload.account) {
    const why = `The endpoint ${endpointId} belongs to account ${endpointAccount}: a central endpoint, unless that account shares the VPC with this one.`;
    return {
      certainty: 'likely',
      why,
      fix: 'Exempt the roles behind central endpoints, or give their VPCs endpoints of their own.',
    };
  }
  const missing = own === null ? 'the instance’s VPC (its launch)' : 'the endpoint’s VPC (its creation)';
  const why = `The records do not show ${missing}.`;
  return { certainty: 'unknown', why, fix: 'Give the check older records as well, or compare the two VPCs by hand.' };
}

function ownAddress(call: NetworkCall, places: Places): Denial | null {
  const { workload, endpointId, ip } = call;
  if (endpointId === null) return publicPath(call);
  const { privateIp } = places.instance(`${workload.account}/${workload.id}`);
  if (privateIp === ip) return null;
  if (privateIp !== null) {
    const why = `The calls come from ${ip}; the instance’s primary address is ${privateIp}.`;
    const fix = 'Let what calls (a pod, a second interface) use keys of its own, or exempt the role.';
    return { certainty: 'certain', why, fix };
  }
  const why = 'The records do not show the instance’s primary address (its launch).';
  return { certainty: 'unknown', why, fix: 'Give the check older records as well, or compare the address by hand.' };
}

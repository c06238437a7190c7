import type { CloudTrailRecord } from '../../model/cloudtrail-record';
import { text } from '../../model/json-field';
import { RUNTIME_AGENTS, RUNTIME_LOG_GROUPS } from '../../vocabulary';
import { CHANGED, DELETED, named, type WatchedCalls } from '../act';

const TAGS = 'nothing depends on tags';

/** The stream that writes audit records of clusters to their bucket. */
export const DELIVERY_STREAM: WatchedCalls = {
  part: 'delivery stream',
  service: 'firehose',
  nameIn: named('deliveryStreamName'),
  actions: {
    DeleteDeliveryStream: DELETED,
    // The bucket, the prefix, the role, a function that transforms records.
    UpdateDestination: CHANGED,
    // A key that cannot be used stops delivery.
    StartDeliveryStreamEncryption: CHANGED,
  },
  harmless: {
    StopDeliveryStreamEncryption: 'records are delivered as before',
    TagDeliveryStream: TAGS,
    UntagDeliveryStream: TAGS,
  },
};

/** What log groups of all accounts are subscribed to. */
export const DESTINATION: WatchedCalls = {
  part: 'destination',
  service: 'logs',
  nameIn: named('destinationName'),
  actions: {
    DeleteDestination: DELETED,
    // The stream behind it, the role.
    PutDestination: CHANGED,
    // Who may subscribe.
    PutDestinationPolicy: CHANGED,
  },
  harmless: { TagResource: TAGS, UntagResource: TAGS },
};

/** The filter that `watch` puts on the log group of a cluster or of an agent in it. Putting it is its ordinary work. */
export const SUBSCRIPTION: WatchedCalls = {
  part: 'subscription',
  service: 'logs',
  nameIn: named('filterName'),
  actions: { DeleteSubscriptionFilter: DELETED },
  harmless: {
    PutSubscriptionFilter: 'watch puts it; one of another pattern or destination is put right within the hour',
  },
};

const AGENT_GROUP = new RegExp(`(?:^|:log-group:)(${RUNTIME_LOG_GROUPS}(?:${RUNTIME_AGENTS.join('|')})/[^:]+)`);

/** The log group of an agent that a call concerns: `/credlock/falco/demo`. */
export function agentGroupIn({ request }: CloudTrailRecord): string | null {
  const given = text(request, 'logGroupName') ?? text(request, 'resourceIdentifier') ?? '';
  return AGENT_GROUP.exec(given)?.[1] ?? null;
}

/** The log group to which an agent in a cluster writes its alarms. What it holds was delivered before. */
export const AGENT_LOG: WatchedCalls = {
  part: 'log group of an agent',
  service: 'logs',
  nameIn: agentGroupIn,
  actions: { DeleteLogGroup: DELETED, AssociateKmsKey: CHANGED },
  harmless: {
    DeleteLogStream: 'agents make streams as they need them',
    PutRetentionPolicy: 'alarms are delivered before they expire',
    DeleteRetentionPolicy: 'alarms are kept longer',
    DeleteMetricFilter: 'nothing depends on it',
    PutSubscriptionFilter: 'it adds a copy, or is put right within the hour',
  },
};

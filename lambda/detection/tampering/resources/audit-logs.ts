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

/** The filter that `watch` puts on the log group of a cluster. Putting it is its ordinary work. */
export const SUBSCRIPTION: WatchedCalls = {
  part: 'subscription',
  service: 'logs',
  nameIn: named('filterName'),
  actions: { DeleteSubscriptionFilter: DELETED },
  harmless: {
    PutSubscriptionFilter: 'watch puts it; one of another pattern or destination is put right within the hour',
  },
};

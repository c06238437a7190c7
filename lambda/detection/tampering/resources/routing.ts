import { field } from '../../model/json-field';
import { change, CHANGED, DELETED, DISABLED, harm, named, ourNameIn, type WatchedCalls } from '../act';

const TAGS = 'nothing depends on tags';

export const RULE: WatchedCalls = {
  part: 'rule',
  service: 'events',
  nameIn: named('name', 'rule'),
  actions: {
    DisableRule: DISABLED,
    DeleteRule: DELETED,
    // The pattern, the state or the role that forwards.
    PutRule: (request) => (field(request, 'state') === 'DISABLED' ? DISABLED : CHANGED),
    // The state becomes ENABLED, in which read-only calls are dropped.
    EnableRule: change('enabled for write calls only'),
    RemoveTargets: harm('cut off from its targets'),
    PutTargets: CHANGED,
  },
  harmless: { TagResource: TAGS, UntagResource: TAGS },
};

export const BUS: WatchedCalls = {
  part: 'bus',
  service: 'events',
  nameIn: named('eventBusName', 'name'),
  actions: {
    DeleteEventBus: DELETED,
    RemovePermission: harm('closed to senders'),
    // May let others forge events, or lock senders out.
    PutPermission: CHANGED,
    // The key that encrypts events.
    UpdateEventBus: CHANGED,
  },
  harmless: {
    CreateArchive: 'copies events and takes none away',
    StartReplay: 'repeated events change no finding',
    TagResource: TAGS,
  },
};

export const QUEUE: WatchedCalls = {
  part: 'queue',
  service: 'sqs',
  nameIn: named('queueUrl', 'sourceArn'),
  actions: {
    DeleteQueue: DELETED,
    PurgeQueue: harm('emptied'),
    // The policy, the key, the retention, the dead-letter queue.
    SetQueueAttributes: CHANGED,
    AddPermission: CHANGED,
    RemovePermission: CHANGED,
    // Back to the source queue is what the runbook asks for.
    StartMessageMoveTask: (request) => {
      const isBack = field(request, 'destinationArn') === undefined || ourNameIn(request, ['destinationArn']) !== null;
      return isBack ? null : harm('emptied into another queue');
    },
  },
  harmless: {
    CancelMessageMoveTask: 'the messages stay where they are, under the alarm for dead letters',
    TagQueue: TAGS,
    UntagQueue: TAGS,
  },
};

/** A second consumer takes messages away. */
export const CONSUMER: WatchedCalls = {
  part: 'queue',
  service: 'lambda',
  nameIn: named('eventSourceArn'),
  actions: { CreateEventSourceMapping: change('given a consumer') },
  harmless: {},
};

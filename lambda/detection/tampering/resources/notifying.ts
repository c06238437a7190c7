import { change, CHANGED, DELETED, harm, named, type WatchedCalls } from '../act';

const TAGS = 'nothing depends on tags';

export const TOPIC: WatchedCalls = {
  part: 'topic',
  service: 'sns',
  nameIn: named('topicArn', 'subscriptionArn', 'resourceArn'),
  actions: {
    DeleteTopic: DELETED,
    Unsubscribe: harm('cut off from a subscriber'),
    // A filter policy that lets nothing through ends notifications as well.
    SetSubscriptionAttributes: change('given other terms for a subscriber'),
    SetTopicAttributes: CHANGED,
    // Can deny messages.
    PutDataProtectionPolicy: CHANGED,
    AddPermission: CHANGED,
    RemovePermission: CHANGED,
  },
  harmless: {
    Subscribe: 'one more subscriber takes nothing from the others',
    TagResource: TAGS,
    UntagResource: TAGS,
  },
};

export const ALARM: WatchedCalls = {
  part: 'alarm',
  service: 'monitoring',
  nameIn: named('alarmNames', 'alarmName', 'muteTargets.alarmNames'),
  actions: {
    DeleteAlarms: DELETED,
    DisableAlarmActions: harm('silenced'),
    PutAlarmMuteRule: harm('muted'),
    SetAlarmState: harm('set to a state by hand'),
    PutMetricAlarm: CHANGED,
  },
  harmless: {
    EnableAlarmActions: 'undoes harm',
    DeleteAlarmMuteRule: 'undoes harm',
    PutCompositeAlarm: 'a composite alarm suppresses only its own actions',
    TagResource: TAGS,
  },
};

import { NAME_PREFIX, TRAIL_ACTIONS } from '../../lambda/detection/vocabulary';
import type { Condition, Fields } from '../../lambda/detection/model/event-pattern';

const OURS: Condition = { prefix: NAME_PREFIX };

/** Behind the last part of an ARN's or a URL's path: `…:table/credlock-…`, `https://…/credlock-…`, `/aws/lambda/credlock-…`. */
const IN_PATH: Condition = { wildcard: `*/${NAME_PREFIX}*` };

/** As a part of an ARN: `…:function:credlock-…`. */
const IN_ARN: Condition = { wildcard: `*:${NAME_PREFIX}*` };

/** The parameters by which the services in use name a rule, bus, queue, table, function, role, stack, bucket, …, and how. */
const NAMED_BY: Readonly<Record<string, readonly Condition[]>> = {
  name: [OURS],
  rule: [OURS],
  eventBusName: [OURS, IN_PATH],
  queueUrl: [IN_PATH],
  tableName: [OURS, IN_PATH],
  resourceArn: [IN_PATH],
  functionName: [OURS, IN_ARN],
  roleName: [OURS],
  stackName: [OURS, IN_PATH],
  stackSetName: [OURS],
  bucketName: [OURS],
  topicArn: [IN_ARN],
  subscriptionArn: [IN_ARN],
  alarmName: [OURS],
  alarmNames: [OURS],
  logGroupName: [OURS, IN_PATH],
};

/** Management events that change something; what the handlers themselves write is data. */
export const CHANGES: Fields = { readOnly: [false], managementEvent: [true] };

/** What is done to a part of the detector, known by its name, or to a trail. */
export const TAMPERING: Fields = {
  ...CHANGES,
  $or: [
    {
      eventSource: [{ prefix: 'cloudtrail.' }],
      eventName: TRAIL_ACTIONS,
    },
    ...Object.entries(NAMED_BY).map(([parameter, named]) => ({ requestParameters: { [parameter]: named } })),
    // Mappings of queues to functions are named by ids: only the answer says whose they are.
    { responseElements: { functionArn: [IN_ARN] } },
  ],
};

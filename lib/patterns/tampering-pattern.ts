import { NAME_PREFIX, ORGANIZATION_ACTIONS, TRAIL_ACTIONS } from '../../lambda/detection/vocabulary';
import type { Condition, Fields } from '../../lambda/detection/model/event-pattern';

const NAMED: Condition = { prefix: NAME_PREFIX };

/** In the path of an ARN or a URL: `…:table/credlock-…`, `https://…/credlock-…`, `/aws/lambda/credlock-…`. */
const IN_PATH: Condition = { wildcard: `*/${NAME_PREFIX}*` };

/** In an ARN: `…:function:credlock-…`. */
const IN_ARN: Condition = { wildcard: `*:${NAME_PREFIX}*` };

/** Request parameters that name a resource of credlock, and the form of the name in each. */
const NAMED_BY: Readonly<Record<string, readonly Condition[]>> = {
  name: [NAMED],
  rule: [NAMED],
  eventBusName: [NAMED, IN_PATH],
  queueUrl: [IN_PATH],
  tableName: [NAMED, IN_PATH],
  resourceArn: [IN_PATH, IN_ARN],
  sourceArn: [IN_ARN],
  eventSourceArn: [IN_ARN],
  functionName: [NAMED, IN_ARN],
  roleName: [NAMED],
  stackName: [NAMED, IN_PATH],
  stackSetName: [NAMED],
  bucketName: [NAMED],
  topicArn: [IN_ARN],
  subscriptionArn: [IN_ARN],
  alarmName: [NAMED],
  alarmNames: [NAMED],
  logGroupName: [NAMED, IN_PATH],
  resourceIdentifier: [IN_PATH],
};

/** The same of what is deployed with `kubernetes`. */
const NAMED_OF_KUBERNETES = ['deliveryStreamName', 'destinationName', 'filterName'];

/** Management events that change something. The handlers themselves write only by data events. */
export const CHANGES: Fields = { readOnly: [false], managementEvent: [true] };

/** Changes of resources named like the detector's, and of trails, accounts and policies. */
export function tampering(kubernetes: boolean): Fields {
  const named = kubernetes
    ? { ...NAMED_BY, ...Object.fromEntries(NAMED_OF_KUBERNETES.map((parameter) => [parameter, [NAMED]])) }
    : NAMED_BY;
  return {
    ...CHANGES,
    $or: [
      {
        eventSource: [{ prefix: 'cloudtrail.' }],
        eventName: TRAIL_ACTIONS,
      },
      ...Object.entries(ORGANIZATION_ACTIONS).map(([service, eventName]) => ({
        eventSource: [{ prefix: `${service}.` }],
        eventName,
      })),
      {
        requestParameters: {
          $or: [
            ...Object.entries(named).map(([parameter, names]) => ({ [parameter]: names })),
            { muteTargets: { alarmNames: [NAMED] } },
          ],
        },
      },
      // Event source mappings are named by ids; only the response has the function's name.
      { responseElements: { functionArn: [IN_ARN] } },
    ],
  };
}

import { Stack } from 'aws-cdk-lib';
import { EventBus, type IEventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { grantUseOfKey } from './grant-use-of-key';
import type { HandlerFunction } from './handler-function';

/** The sorts of places findings go to: each takes one. */
export type DestinationKind = 'security-hub' | 'event-bus' | 'topic';

/** A place findings go to. */
export interface IFindingDestination {
  readonly kind: DestinationKind;
  /** Lets the publishing handler say findings there, and tells it where. */
  bind(publisher: HandlerFunction): void;
}

/** Where findings go. Security Hub and a bus always do get them; people by SNS only where there is a topic. */
export class FindingDestination implements IFindingDestination {
  /** Security Hub CSPM of the hub account and Region, which must be switched on. */
  static securityHub(): FindingDestination {
    return new FindingDestination('security-hub', bindSecurityHub);
  }

  /** An event bus, with source `credlock` and detail type `credlock Finding`. */
  static eventBus(bus: IEventBus): FindingDestination {
    return new FindingDestination('event-bus', (publisher) => {
      bus.grantPutEventsTo(publisher, 'PutFindings');
      publisher.tell('findingsBus', bus.eventBusArn);
    });
  }

  /** A topic, for people: only findings of accounts whose mode is `live`. */
  static topic(topic: ITopic): FindingDestination {
    return new FindingDestination('topic', (publisher) => {
      publisher.allow(new PolicyStatement({ actions: ['sns:Publish'], resources: [topic.topicArn] }));
      grantUseOfKey(topic.masterKey, publisher);
      publisher.tell('findingsTopicArn', topic.topicArn);
    });
  }

  private constructor(
    readonly kind: DestinationKind,
    readonly bind: (publisher: HandlerFunction) => void,
  ) {}
}

/** Only findings of the default product may be imported, which are the account's own. */
function bindSecurityHub(publisher: HandlerFunction): void {
  const { partition, region, account } = Stack.of(publisher);
  publisher.tell('hubPartition', partition);
  publisher.allow(
    new PolicyStatement({
      actions: ['securityhub:BatchImportFindings'],
      resources: [`arn:${partition}:securityhub:${region}:${account}:product/${account}/default`],
    }),
  );
}

/** Security Hub and a bus always, as the handler says findings to both; of each sort one. */
export function withDefaultDestinations(
  scope: Construct,
  given: readonly IFindingDestination[],
): IFindingDestination[] {
  const kinds = given.map(({ kind }) => kind);
  const twice = kinds.find((kind, at) => kinds.indexOf(kind) !== at);
  if (twice !== undefined) throw new Error(`destinations must have at most one ${twice}, got ${kinds.join(', ')}`);
  const { partition, region, account } = Stack.of(scope);
  const arn = `arn:${partition}:events:${region}:${account}:event-bus/default`;
  return [
    ...(kinds.includes('security-hub') ? [] : [FindingDestination.securityHub()]),
    ...(kinds.includes('event-bus')
      ? []
      : [FindingDestination.eventBus(EventBus.fromEventBusArn(scope, 'DefaultBus', arn))]),
    ...given,
  ];
}

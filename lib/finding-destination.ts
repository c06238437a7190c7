import { Stack } from 'aws-cdk-lib';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
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

import { Stack } from 'aws-cdk-lib';
import { EventBus, type IEventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { TopicFormat } from '../../lambda/detection/vocabulary';
import type { SinkName } from '../../lambda/detection/vocabulary';
import { grantUseOfKey } from './grant-use-of-key';
import type { HandlerFunction } from './handler-function';

/** The deployed side of a sink. */
export interface IFindingDestination {
  /** At most one destination for each sink. */
  readonly sink: SinkName;
  /** Grants a handler what the sink needs and sets its environment variables. */
  bind(publisher: HandlerFunction): void;
}

/** The destinations that credlock supports. */
export class FindingDestination implements IFindingDestination {
  /** Security Hub CSPM of the hub account and Region, which must be enabled. */
  static securityHub(): FindingDestination {
    return new FindingDestination('security-hub', bindSecurityHub);
  }

  /** An event bus, with source `credlock` and detail type `credlock Finding`. */
  static eventBus(bus: IEventBus): FindingDestination {
    return new FindingDestination('event-bridge', (publisher) => {
      bus.grantPutEventsTo(publisher, 'PutFindings');
      publisher.setVariable('findingsBus', bus.eventBusArn);
    });
  }

  /**
   * An SNS topic. It gets only findings of accounts in mode `live`: as plain text, or (`amazon-q`) as custom notifications of
   * Amazon Q Developer in chat applications.
   */
  static topic(topic: ITopic, format: TopicFormat = 'text'): FindingDestination {
    return new FindingDestination('sns', (publisher) => {
      publisher.allow(new PolicyStatement({ actions: ['sns:Publish'], resources: [topic.topicArn] }));
      grantUseOfKey(topic.masterKey, publisher);
      publisher.setVariable('findingsTopicArn', topic.topicArn);
      if (format !== 'text') publisher.setVariable('findingsTopicFormat', format);
    });
  }

  private constructor(
    readonly sink: SinkName,
    readonly bind: (publisher: HandlerFunction) => void,
  ) {}
}

/** An account may import findings only for its own default product. */
function bindSecurityHub(publisher: HandlerFunction): void {
  const { partition, region, account } = Stack.of(publisher);
  publisher.setVariable('hubPartition', partition);
  publisher.allow(
    new PolicyStatement({
      actions: ['securityhub:BatchImportFindings'],
      resources: [`arn:${partition}:securityhub:${region}:${account}:product/${account}/default`],
    }),
  );
}

/** Adds Security Hub and the default event bus where no destination of that kind is given. Throws for two of one kind. */
export function withDefaultDestinations(
  scope: Construct,
  given: readonly IFindingDestination[],
): IFindingDestination[] {
  const sinks = given.map(({ sink }) => sink);
  const twice = sinks.find((sink, at) => sinks.indexOf(sink) !== at);
  if (twice !== undefined) throw new Error(`destinations must have at most one ${twice}, got ${sinks.join(', ')}`);
  const { partition, region, account } = Stack.of(scope);
  const arn = `arn:${partition}:events:${region}:${account}:event-bus/default`;
  return [
    ...(sinks.includes('security-hub') ? [] : [FindingDestination.securityHub()]),
    ...(sinks.includes('event-bridge')
      ? []
      : [FindingDestination.eventBus(EventBus.fromEventBusArn(scope, 'DefaultBus', arn))]),
    ...given,
  ];
}

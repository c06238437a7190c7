import {
  DeleteSubscriptionFilter$,
  DescribeLogGroups$,
  DescribeSubscriptionFilters$,
  PutSubscriptionFilter$,
  type DeleteSubscriptionFilterCommandInput,
  type DescribeLogGroupsCommandInput,
  type DescribeLogGroupsResponse,
  type DescribeSubscriptionFiltersCommandInput,
  type DescribeSubscriptionFiltersResponse,
  type PutSubscriptionFilterCommandInput,
  type SubscriptionFilter,
} from '@aws-sdk/client-cloudwatch-logs';
import { operation, type Call, type Service } from './operation';
import { jsonRpc } from './protocols/json-rpc';
import { WireError } from './wire-error';

interface Where {
  readonly account: string;
  readonly region: string;
}

export interface Logs {
  createLogGroup(name: string, where: Where): void;
  /** Makes a destination and gives its ARN. */
  createDestination(name: string, where: Where): string;
  /** The filters of a log group, changed by whoever tests. */
  filtersOf(logGroup: string, where: Where): SubscriptionFilter[];
}

/** User guide, CloudWatch Logs quotas: subscription filters of a log group. */
const FILTERS = 5;
/** API reference, DescribeLogGroups: items of a page. */
const GROUPS = 50;

export function logs(): { state: Logs; service: Service } {
  const groups = new Map<string, SubscriptionFilter[]>();
  const destinations = new Set<string>();
  const groupOf = (name: string, where: Where): SubscriptionFilter[] => {
    const found = groups.get(keyOf(name, where));
    if (!found) throw new WireError('ResourceNotFoundException', 'The specified log group does not exist.');
    return found;
  };

  function list(
    { logGroupNamePrefix = '', nextToken }: DescribeLogGroupsCommandInput,
    call: Call,
  ): DescribeLogGroupsResponse {
    const names = [...groups.keys()].filter((key) => key.startsWith(keyOf(logGroupNamePrefix, call))).sort();
    const from = Number(nextToken ?? 0);
    const logGroups = names
      .slice(from, from + GROUPS)
      .map((key) => ({ logGroupName: key.slice(keyOf('', call).length) }));
    return { logGroups, ...(from + GROUPS < names.length && { nextToken: String(from + GROUPS) }) };
  }

  function describe(
    { logGroupName = '' }: DescribeSubscriptionFiltersCommandInput,
    call: Call,
  ): DescribeSubscriptionFiltersResponse {
    return { subscriptionFilters: groupOf(logGroupName, call) };
  }

  function put(input: PutSubscriptionFilterCommandInput, call: Call): Record<string, never> {
    const { logGroupName = '', filterName = '', filterPattern = '', destinationArn = '', roleArn } = input;
    const filters = groupOf(logGroupName, call);
    if (!destinations.has(destinationArn))
      throw new WireError('InvalidParameterException', 'Could not deliver test message to specified destination.');
    const at = filters.findIndex((one) => one.filterName === filterName);
    if (at < 0 && filters.length >= FILTERS) throw new WireError('LimitExceededException', 'Resource limit exceeded.');
    const filter = {
      filterName,
      filterPattern,
      destinationArn,
      logGroupName,
      ...(roleArn !== undefined && { roleArn }),
    };
    filters.splice(at < 0 ? filters.length : at, 1, filter);
    return {};
  }

  function remove({ logGroupName = '', filterName }: DeleteSubscriptionFilterCommandInput, call: Call): object {
    const filters = groupOf(logGroupName, call);
    const at = filters.findIndex((one) => one.filterName === filterName);
    if (at < 0) throw new WireError('ResourceNotFoundException', 'The specified subscription filter does not exist.');
    filters.splice(at, 1);
    return {};
  }

  return {
    service: {
      name: 'logs',
      protocol: jsonRpc('1.1', 'Logs_20140328'),
      refusal: { missing: 'InvalidParameterException', invalid: 'InvalidParameterException' },
      throttle: { code: 'ThrottlingException', message: 'Rate exceeded', status: 400 },
      operations: [
        operation(DeleteSubscriptionFilter$, { honours: ['logGroupName', 'filterName'] }, remove),
        operation(DescribeLogGroups$, { honours: ['logGroupNamePrefix', 'nextToken'] }, list),
        operation(DescribeSubscriptionFilters$, { honours: ['logGroupName'] }, describe),
        operation(
          PutSubscriptionFilter$,
          { honours: ['logGroupName', 'filterName', 'filterPattern', 'destinationArn', 'roleArn'] },
          put,
        ),
      ],
    },
    state: {
      createLogGroup: (name, where) => void groups.set(keyOf(name, where), []),
      createDestination: (name, { account, region }) => {
        const arn = `arn:aws:logs:${region}:${account}:destination:${name}`;
        destinations.add(arn);
        return arn;
      },
      filtersOf: (name, where) => groupOf(name, where),
    },
  };
}

function keyOf(name: string, { account, region }: Where): string {
  return `${account}/${region}/${name}`;
}

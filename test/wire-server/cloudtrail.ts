import {
  DescribeTrails$,
  GetEventSelectors$,
  GetTrailStatus$,
  LookupEvents$,
  type AdvancedEventSelector,
  type EventSelector,
  type GetEventSelectorsCommandInput,
  type GetTrailStatusCommandInput,
  type LookupEventsCommandInput,
  type Trail,
} from '@aws-sdk/client-cloudtrail';
import { operation, type Call, type Service } from './operation';
import { jsonRpc } from './protocols/json-rpc';
import { WireError } from './wire-error';

export interface WireTrail extends Trail {
  readonly isLogging: boolean;
  readonly eventSelectors?: EventSelector[];
  readonly advancedEventSelectors?: AdvancedEventSelector[];
}

export interface CloudTrail {
  /** The trails that an account sees in a Region, shadows included; changed by whoever tests. */
  in(account: string, region: string): WireTrail[];
  /** The Event history of an account and Region: records as texts; changed by whoever tests. */
  history(account: string, region: string): string[];
}

export function cloudTrail(): { state: CloudTrail; service: Service } {
  const trails = new Map<string, WireTrail[]>();
  const seen = (account: string, region: string): WireTrail[] => {
    const key = `${account}/${region}`;
    const known = trails.get(key) ?? [];
    trails.set(key, known);
    return known;
  };
  const histories = new Map<string, string[]>();
  const historyOf = (account: string, region: string): string[] => {
    const key = `${account}/${region}`;
    const known = histories.get(key) ?? [];
    histories.set(key, known);
    return known;
  };
  const named = (name: string, { account, region }: Call): WireTrail => {
    const trail = seen(account, region).find(({ TrailARN: arn, Name }) => arn === name || Name === name);
    if (trail) return trail;
    throw new WireError('TrailNotFoundException', `Unknown trail: ${name} for the user: ${account}`);
  };
  return {
    service: {
      name: 'cloudtrail',
      protocol: jsonRpc('1.1', 'CloudTrail_20131101'),
      refusal: { missing: 'InvalidParameterException', invalid: 'InvalidParameterException' },
      throttle: { code: 'ThrottlingException', message: 'Rate exceeded', status: 400 },
      operations: [
        // All of them, as the default `includeShadowTrails` has it.
        operation(DescribeTrails$, { honours: [] }, (_: object, call: Call) => ({
          trailList: seen(call.account, call.region).map(
            ({ isLogging: _logging, eventSelectors: _basic, advancedEventSelectors: _advanced, ...trail }) => trail,
          ),
        })),
        operation(
          LookupEvents$,
          { honours: ['MaxResults', 'NextToken'] },
          ({ MaxResults: count = 50, NextToken: from = '0' }: LookupEventsCommandInput, call: Call) => {
            const events = historyOf(call.account, call.region);
            const to = Number(from) + count;
            return {
              Events: events.slice(Number(from), to).map((text) => ({ CloudTrailEvent: text })),
              ...(to < events.length && { NextToken: String(to) }),
            };
          },
        ),
        operation(GetTrailStatus$, { honours: ['Name'] }, (input: GetTrailStatusCommandInput, call: Call) => ({
          IsLogging: named(input.Name ?? '', call).isLogging,
        })),
        operation(
          GetEventSelectors$,
          { honours: ['TrailName'] },
          (input: GetEventSelectorsCommandInput, call: Call) => {
            const { TrailARN, eventSelectors, advancedEventSelectors } = named(input.TrailName ?? '', call);
            return { TrailARN, EventSelectors: eventSelectors, AdvancedEventSelectors: advancedEventSelectors };
          },
        ),
      ],
    },
    state: { in: seen, history: historyOf },
  };
}

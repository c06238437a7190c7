import {
  ListRules$,
  ListTargetsByRule$,
  PutEvents$,
  type ListRulesCommandInput,
  type ListRulesResponse,
  type ListTargetsByRuleCommandInput,
  type ListTargetsByRuleResponse,
  type PutEventsCommandInput,
  type PutEventsRequestEntry,
  type PutEventsResponse,
  type PutEventsResultEntry,
  type Rule,
} from '@aws-sdk/client-eventbridge';
import { operation, type Call, type Service } from './operation';
import { jsonRpc } from './protocols/json-rpc';
import { WireError } from './wire-error';

/** One event that reached a bus. */
export interface WireEvent {
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly bus: string;
  readonly source: string;
  readonly detailType: string;
  /** The text as sent; always a JSON object. */
  readonly detail: string;
  readonly resources: readonly string[];
  readonly time: string;
}

export interface EventBridge {
  readonly events: readonly WireEvent[];
  /** Events for a bus that does not exist: AWS answers as if all were well and drops them. */
  readonly dropped: readonly WireEvent[];
  /** Makes a bus beside `default` and gives its ARN. */
  createBus(name: string, where: { account: string; region: string }): string;
  /** The rules of a bus (`default` or a made one's name), changed by whoever tests. */
  rulesOn(bus: string, where: { account: string; region: string }): Rule[];
  /** Takes a rule's targets, of which each has one. */
  cutOff(bus: string, where: { account: string; region: string }, rule: string): void;
}

/** SDK model, `PutEventsRequestEntryList`: 1 to 10. */
const ENTRIES = 10;

/** User guide, eb-putevents, "Calculating PutEvents event entry size": the sum "must be less than 1 MB (1,048,576 bytes)". */
const BYTES = 1_048_576;

/** SDK model, `PutEventsRequestEntry.DetailType`: at most 128 characters. */
const DETAIL_TYPE = 128;

export function eventBridge(): { state: EventBridge; service: Service } {
  const events: WireEvent[] = [];
  const dropped: WireEvent[] = [];
  const buses = new Set<string>();
  const rules = new Map<string, Rule[]>();
  const rulesOf = (bus: string): Rule[] => {
    const known = rules.get(bus) ?? [];
    rules.set(bus, known);
    return known;
  };
  let sent = 0;

  const cutOff = new Set<string>();

  function putOne(entry: PutEventsRequestEntry, index: number, call: Call): PutEventsResultEntry {
    const fault = call.entryFault(index) ?? refusal(entry);
    if (fault) return { ErrorCode: fault.code, ErrorMessage: fault.message ?? fault.code };
    sent += 1;
    const event = received(entry, `00000000-0000-4000-8000-${String(sent).padStart(12, '0')}`, call);
    const exists = event.bus === busArn('default', call) || buses.has(event.bus);
    (exists ? events : dropped).push(event);
    return { EventId: event.id };
  }

  function putEvents(input: PutEventsCommandInput, call: Call): PutEventsResponse {
    const entries = input.Entries ?? [];
    if (entries.length < 1 || entries.length > ENTRIES) {
      throw invalid(
        `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length less than or equal to ${ENTRIES}`,
      );
    }
    if (entries.reduce((bytes, entry) => bytes + sizeOf(entry), 0) >= BYTES) {
      throw invalid('Total size of the entries in the request is over the limit.');
    }
    const results = entries.map((entry, index) => putOne(entry, index, call));
    return { FailedEntryCount: results.filter(({ ErrorCode: code }) => code !== undefined).length, Entries: results };
  }

  function listRules({ EventBusName, NamePrefix = '' }: ListRulesCommandInput, call: Call): ListRulesResponse {
    const bus = busArn(EventBusName ?? 'default', call);
    if (!buses.has(bus) && bus !== busArn('default', call))
      throw new WireError('ResourceNotFoundException', `Event bus ${EventBusName ?? ''} does not exist.`);
    return { Rules: rulesOf(bus).filter(({ Name: name = '' }) => name.startsWith(NamePrefix)) };
  }

  function listTargets(
    { EventBusName, Rule: name = '' }: ListTargetsByRuleCommandInput,
    call: Call,
  ): ListTargetsByRuleResponse {
    const bus = busArn(EventBusName ?? 'default', call);
    if (!rulesOf(bus).some((rule) => rule.Name === name))
      throw new WireError(
        'ResourceNotFoundException',
        `Rule ${name} does not exist on EventBus ${EventBusName ?? ''}.`,
      );
    return {
      Targets: cutOff.has(`${bus} ${name}`) ? [] : [{ Id: 'Target0', Arn: 'arn:aws:sqs:eu-west-1:999988887777:x' }],
    };
  }

  return {
    service: {
      name: 'events',
      protocol: jsonRpc('1.1', 'AWSEvents'),
      refusal: { missing: 'ValidationException', invalid: 'SerializationException' },
      throttle: { code: 'ThrottlingException', message: 'Rate exceeded', status: 400 },
      operations: [
        operation(PutEvents$, { honours: ['Entries'], entries: 'Entries' }, putEvents),
        operation(ListRules$, { honours: ['EventBusName', 'NamePrefix', 'NextToken'] }, listRules),
        operation(ListTargetsByRule$, { honours: ['EventBusName', 'Rule', 'Limit'] }, listTargets),
      ],
    },
    state: {
      events,
      dropped,
      createBus(name, where) {
        const arn = busArn(name, where);
        buses.add(arn);
        return arn;
      },
      rulesOn: (bus, where) => rulesOf(busArn(bus, where)),
      cutOff: (bus, where, rule) => void cutOff.add(`${busArn(bus, where)} ${rule}`),
    },
  };
}

function invalid(message: string): WireError {
  return new WireError('ValidationException', message);
}

/** SDK model, `PutEventsResultEntry.ErrorCode`, with the messages AWS gives. */
function refusal(entry: PutEventsRequestEntry): { code: string; message: string } | undefined {
  for (const name of ['Source', 'DetailType', 'Detail'] as const) {
    if (!entry[name]) {
      const message = `Parameter ${name} is not valid. Reason: ${name} is a required argument.`;
      return { code: 'InvalidArgument', message };
    }
  }
  if ([...(entry.DetailType ?? '')].length > DETAIL_TYPE) {
    return {
      code: 'InvalidArgument',
      message: `Parameter DetailType is not valid. Reason: longer than ${DETAIL_TYPE}`,
    };
  }
  if (entry.Source?.startsWith('aws.')) {
    return { code: 'NotAuthorizedForSourceException', message: `Not authorized for the source ${entry.Source}.` };
  }
  return isJsonObject(entry.Detail ?? '') ? undefined : { code: 'MalformedDetail', message: 'Detail is malformed.' };
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

function sizeOf(entry: PutEventsRequestEntry): number {
  const texts = [entry.Source, entry.DetailType, entry.Detail, ...(entry.Resources ?? [])];
  const time = entry.Time ? 14 : 0;
  return texts.reduce((bytes, text) => bytes + Buffer.byteLength(text ?? '', 'utf8'), time);
}

function busArn(name: string, { account, region }: { account: string; region: string }): string {
  return name.startsWith('arn:') ? name : `arn:aws:events:${region}:${account}:event-bus/${name}`;
}

function received(entry: PutEventsRequestEntry, id: string, call: Call): WireEvent {
  return {
    id,
    account: call.account,
    region: call.region,
    bus: busArn(entry.EventBusName ?? 'default', call),
    source: entry.Source ?? '',
    detailType: entry.DetailType ?? '',
    detail: entry.Detail ?? '',
    resources: entry.Resources ?? [],
    time: (entry.Time ?? new Date(call.now)).toISOString(),
  };
}

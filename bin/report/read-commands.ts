import { impactOf } from '../../lambda/detection/findings/call-impact';
import type { Finding } from '../../lambda/detection/model/finding';
import { command } from '../../lambda/detection/model/shell-command';

const FEW_KEYS = 3;
const FEW_REGIONS = 3;
const BEFORE = 15 * 60_000;
const DAY = 86_400_000;
/** What `lookup-events` reaches back. */
const EVENT_HISTORY_DAYS = 90;

/** Services whose reads of data are data events, which the event history does not have. */
const DATA_EVENTS = /^(?:s3|dynamodb|ebs|sqs|kinesis|rds-data)\./;

/**
 * Look up the calls of each access key: in the event history of the Regions called while it reaches back that far, in the
 * trail's logs (Athena, CloudTrail Lake) for older calls and for data events.
 */
export function readCommands(finding: Finding, now: number): (string | null)[] {
  const { sessions, related, firstSeen, events } = finding;
  const keys = [...new Set([...sessions, ...related].flatMap(({ accessKeyIds }) => accessKeyIds))];
  if (keys.length === 0) return [];
  const since = new Date(Date.parse(firstSeen) - BEFORE).toISOString().replace('.000', '');
  if (now - Date.parse(firstSeen) > EVENT_HISTORY_DAYS * DAY)
    return [
      `# older than ${EVENT_HISTORY_DAYS} days, which is what the event history holds:`,
      ...logQueries(keys, since),
    ];
  const hasDataEvents = events.some((event) => DATA_EVENTS.test(event.source) && impactOf(event) === 'data');
  return [
    ...lookUps(finding, keys, since),
    ...(hasDataEvents ? ['# data events are not in the event history:', ...logQueries(keys, since)] : []),
  ];
}

function lookUps({ events }: Finding, keys: readonly string[], since: string): (string | null)[] {
  const regions = [...new Set(events.map(({ region }) => region))].filter((region) => region !== '').sort();
  return keys
    .slice(0, FEW_KEYS)
    .flatMap((key) =>
      regions
        .slice(0, FEW_REGIONS)
        .map(
          (region) =>
            command`aws cloudtrail lookup-events --region ${region} --start-time ${since} --lookup-attributes ${`AttributeKey=AccessKeyId,AttributeValue=${key}`}`,
        ),
    );
}

/** `$TABLE` is the trail's table in Athena, `$EVENT_DATA_STORE` the id of a store in CloudTrail Lake. */
function logQueries(keys: readonly string[], since: string): (string | null)[] {
  const listed = keys.filter((key) => /^\w+$/.test(key)).map((key) => `'${key}'`);
  const fields = 'eventTime, eventSource, eventName, awsRegion, sourceIPAddress, errorCode, requestParameters';
  const lake = `userIdentity.accessKeyId IN (${listed.join(', ')}) AND eventTime >= '${since.replace('T', ' ').replace('Z', '')}' ORDER BY eventTime`;
  const athena = `useridentity.accesskeyid IN (${listed.join(', ')}) AND eventtime >= '${since}' ORDER BY eventtime`;
  return [
    `aws athena start-query-execution --work-group primary --query-string "SELECT ${fields} FROM $TABLE WHERE ${athena}"`,
    `aws cloudtrail start-query --query-statement "SELECT ${fields} FROM $EVENT_DATA_STORE WHERE ${lake}"`,
  ];
}

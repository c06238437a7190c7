import { field, isJsonObject, textOf } from '../../model/json-field';
import { change, DELETED, harm, type Deployed, type Effect, type WatchedCalls } from '../act';

/** All trails are watched, as no record shows which of them the detector depends on. */
export const TRAIL: WatchedCalls = {
  part: 'trail',
  service: 'cloudtrail',
  nameIn: ({ request }) => {
    const name = textOf(field(request, 'name')) ?? textOf(field(request, 'trailName'));
    return name?.split('/').at(-1) ?? name;
  },
  actions: {
    StopLogging: harm('stopped'),
    DeleteTrail: DELETED,
    PutEventSelectors: (request) =>
      selectsManagementEvents(request) ? null : harm('set to leave out management events'),
    UpdateTrail: (request, deployed) => narrowed(request) ?? redirected(request, deployed),
  },
  harmless: {
    StartLogging: 'undoes harm',
    PutInsightSelectors: 'Insights are not read',
    DeregisterOrganizationDelegatedAdmin: 'trails stay; what is done to them is reported itself',
    AddTags: 'nothing depends on tags',
    RemoveTags: 'nothing depends on tags',
  },
};

function narrowed(request: unknown): Effect | null {
  if (field(request, 'isMultiRegionTrail') === false) return harm('narrowed to one Region');
  if (field(request, 'includeGlobalServiceEvents') === false) return harm('cut off from global services');
  return field(request, 'isOrganizationTrail') === false ? harm('narrowed to one account') : null;
}

/** The console sends all of these with every update. They do not matter if only events are read. */
function redirected(request: unknown, { trail }: Deployed): Effect | null {
  if (!trail) return null;
  const bucket = textOf(field(request, 's3BucketName'));
  if (bucket !== null && bucket !== trail.bucket) return harm(`pointed at bucket ${bucket}`);
  const prefix = textOf(field(request, 's3KeyPrefix'));
  if (prefix !== null && prefix !== trail.prefix.replace(/\/$/, '')) return harm(`pointed at prefix ${prefix}`);
  const key = textOf(field(request, 'kmsKeyId'));
  return key === null ? null : change(`encrypted with key ${key}`);
}

/** True if all management events are selected, read-only ones too. */
function selectsManagementEvents(request: unknown): boolean {
  const plain: unknown = field(request, 'eventSelectors');
  const advanced: unknown = field(request, 'advancedEventSelectors');
  return (
    (Array.isArray(plain) && plain.some(selectsAll)) || (Array.isArray(advanced) && advanced.some(selectsAllByFields))
  );
}

/** Leaving out these is common, as there are many, and AWS's console offers it. */
const EXCLUDABLE: readonly unknown[] = ['kms.amazonaws.com', 'rdsdata.amazonaws.com'];

function selectsAll(selector: unknown): boolean {
  const type = field(selector, 'readWriteType') ?? 'All';
  const excluded: unknown = field(selector, 'excludeManagementEventSources') ?? [];
  return type === 'All' && field(selector, 'includeManagementEvents') !== false && areExcludable(excluded);
}

/** Any other condition leaves out events that the detector needs. */
function selectsAllByFields(selector: unknown): boolean {
  const conditions: unknown = field(selector, 'fieldSelectors');
  if (!Array.isArray(conditions)) return false;
  return (
    conditions.some(isManagement) &&
    conditions.every(
      (one) =>
        isManagement(one) || (field(one, 'field') === 'eventSource' && areExcludable(onlyUnder(one, 'notEquals'))),
    )
  );
}

function isManagement(condition: unknown): boolean {
  const categories: unknown = field(condition, 'equals');
  return (
    field(condition, 'field') === 'eventCategory' && Array.isArray(categories) && categories.includes('Management')
  );
}

/** The list under `operator` if the condition has no other operator. */
function onlyUnder(condition: unknown, operator: string): unknown {
  const operators = isJsonObject(condition) ? Object.entries(condition).filter(([key]) => key !== 'field') : [];
  const given = operators.filter(([, value]) => Array.isArray(value) && value.length > 0);
  return given.length === 1 && given[0]?.[0] === operator ? given[0][1] : null;
}

function areExcludable(sources: unknown): boolean {
  return Array.isArray(sources) && sources.every((source) => EXCLUDABLE.includes(source));
}

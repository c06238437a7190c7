import type { Act } from './detector-resources';
import { field, isJsonObject, textOf } from '../model/json-field';

/**
 * The effect of an action that stops or narrows a trail; null for others. All trails are watched, as no record shows which of
 * them the detector depends on. `trailBucket`: the bucket that log files are read from, if any.
 */
export function trailAct(action: string, request: unknown, trailBucket: string | null): Act | null {
  const was = trailEffect(action, request, trailBucket);
  const name = textOf(field(request, 'name')) ?? textOf(field(request, 'trailName'));
  return was === null || name === null ? null : { part: 'trail', name: name.split('/').at(-1) ?? name, was };
}

function trailEffect(action: string, request: unknown, trailBucket: string | null): string | null {
  switch (action) {
    case 'StopLogging':
      return 'stopped';
    case 'DeleteTrail':
      return 'deleted';
    case 'PutEventSelectors':
      return selectsManagementEvents(request) ? null : 'set to leave out management events';
    case 'UpdateTrail':
      return narrowed(request) ?? redirected(request, trailBucket);
    default:
      return null;
  }
}

function narrowed(request: unknown): string | null {
  if (field(request, 'isMultiRegionTrail') === false) return 'narrowed to one Region';
  if (field(request, 'includeGlobalServiceEvents') === false) return 'cut off from global services';
  return field(request, 'isOrganizationTrail') === false ? 'narrowed to one account' : null;
}

/** The console sends the bucket with every update. It does not matter if only events are read. */
function redirected(request: unknown, trailBucket: string | null): string | null {
  const bucket = textOf(field(request, 's3BucketName'));
  return bucket === null || trailBucket === null || bucket === trailBucket ? null : `pointed at bucket ${bucket}`;
}

/** True if all management events are selected, read-only ones too. */
function selectsManagementEvents(request: unknown): boolean {
  const plain: unknown = field(request, 'eventSelectors');
  const advanced: unknown = field(request, 'advancedEventSelectors');
  return (
    (Array.isArray(plain) && plain.some(selectsAll)) || (Array.isArray(advanced) && advanced.some(selectsAllByFields))
  );
}

function selectsAll(selector: unknown): boolean {
  const type = field(selector, 'readWriteType') ?? 'All';
  return type === 'All' && field(selector, 'includeManagementEvents') !== false;
}

/** Leaving out the events of KMS and the RDS Data API is common, as there are many. */
function selectsAllByFields(selector: unknown): boolean {
  const conditions: unknown = field(selector, 'fieldSelectors');
  if (!Array.isArray(conditions)) return false;
  const fields = new Map(conditions.filter(isJsonObject).map((one) => [textOf(one['field']), one['equals']]));
  const category: unknown = fields.get('eventCategory');
  return Array.isArray(category) && category.includes('Management') && !fields.has('readOnly');
}

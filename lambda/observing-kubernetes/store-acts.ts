import { createHash } from 'node:crypto';
import { isoTime } from '../detection/model/event-time';
import type { Settings } from '../detection/model/settings';
import type { KubernetesAct } from '../kubernetes/act';
import { ACT_SCHEMA } from '../kubernetes/act-schema';
import { ActSet } from '../kubernetes/act-set';
import type { LockTable } from '../store/lock-table';
import { expiryOf, SORT_KEYS } from '../store/table-schema';

export interface StoreActsContext {
  readonly table: LockTable;
  readonly settings: Pick<Settings, 'retentionDays'>;
  /** Whether a suppression hides an act. */
  readonly isHidden: (act: KubernetesAct) => boolean;
}

/**
 * Stores acts of one group and returns all of it that are kept, those of other workers too, as they are read after writing:
 * the last of concurrent workers has all. Storing acts again changes nothing. Of a group with many acts only the earliest and
 * the latest are stored.
 */
export async function storeActs(
  pk: string,
  acts: readonly KubernetesAct[],
  context: StoreActsContext,
): Promise<KubernetesAct[]> {
  const { table, settings, isHidden } = context;
  const stored = await readActs(pk, context);
  const known = new Set(stored.map(digestOf));
  const added = keptOf([...stored, ...acts], isHidden).filter(({ act }) => !known.has(digestOf(act)));
  for (const { act, latestOf } of added) {
    const row = { pk, body: JSON.stringify(act), expires: expiryOf(act.time, settings.retentionDays) };
    if (latestOf === null) await table.keep({ ...row, sk: `${SORT_KEYS.act}${isoTime(act.time)}#${digestOf(act)}` });
    else await table.raise({ ...row, sk: `${SORT_KEYS.latestAct}${latestOf}`, revision: act.time });
  }
  return added.length === 0 ? stored : readActs(pk, context);
}

/** Those of a group that are kept, and of which class each is the latest beyond the earliest. */
function keptOf(
  acts: readonly KubernetesAct[],
  isHidden: StoreActsContext['isHidden'],
): { readonly act: KubernetesAct; readonly latestOf: string | null }[] {
  const set = new ActSet(isHidden);
  for (const act of acts) set.add(act);
  return [...set.classes()].flatMap(({ name, earliest, latest }) => [
    ...earliest.map((act) => ({ act, latestOf: null })),
    ...(latest ? [{ act: latest, latestOf: name }] : []),
  ]);
}

async function readActs(pk: string, { table, isHidden }: StoreActsContext): Promise<KubernetesAct[]> {
  const items = await table.query(pk, SORT_KEYS.act);
  const set = new ActSet(isHidden);
  for (const { body } of items) set.add(ACT_SCHEMA.parse(JSON.parse(body)));
  return [...set.acts()];
}

/** Of one request that was read at both stages each reading has its own row; readers take the smaller. */
function digestOf(act: KubernetesAct): string {
  return createHash('sha256').update(JSON.stringify(act)).digest('base64url').slice(0, 22);
}

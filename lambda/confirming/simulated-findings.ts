import type { Finding } from '../detection/model/finding';
import { DEFAULT_SETTINGS } from '../detection/parse-settings';
import type { Settings } from '../detection/model/settings';
import type { ItemKey, LockTable, StoredItem } from '../store/lock-table';
import type { Publish } from './reconcile-findings';

/** Prefix of the partitions of samples, which are never read when real workloads are judged. */
export const SAMPLE_PARTITIONS = 'SIM#';

/** The same table, in partitions of its own. */
export function sampleTable(table: LockTable): LockTable {
  return {
    keep: (item) => table.keep(inside(item)),
    merge: (item) => table.merge(inside(item)),
    revise: (item) => table.revise(inside(item)),
    raise: (item) => table.raise(inside(item)),
    note: (key, did) => table.note(inside(key), did),
    read: async (keys) => (await table.read(keys.map(inside))).map((item) => item && outside(item)),
    query: async (pk, prefix, most) => (await table.query(`${SAMPLE_PARTITIONS}${pk}`, prefix, most)).map(outside),
  };
}

function inside<Key extends ItemKey>(item: Key): Key {
  return { ...item, pk: `${SAMPLE_PARTITIONS}${item.pk}` };
}

function outside(item: StoredItem): StoredItem {
  return { ...item, pk: item.pk.slice(SAMPLE_PARTITIONS.length) };
}

/** Samples go to all sinks at once, whatever is declared or suppressed: they test the path, not the settings. */
export function sampleSettings({ runbookUrl }: Settings): Settings {
  return { ...DEFAULT_SETTINGS, mode: 'live', holdMinutes: 0, runbookUrl };
}

/** Publishes findings as samples, under ids that no real finding has. */
export function publishSamples(publish: Publish): Publish {
  return (finding, updatedAt, delivery) =>
    publish(asSample(finding), updatedAt, {
      ...delivery,
      groupId: delivery.groupId === null ? null : sampleId(delivery.groupId),
    });
}

export function asSample(finding: Finding): Finding {
  return {
    ...finding,
    id: sampleId(finding.id),
    incidentId: sampleId(finding.incidentId),
    sample: true,
    title: `[Sample] ${finding.title}`,
    description: `This is a sample, made to try the detector: nothing happened. ${finding.description}`,
    advice: ['Nothing is to be done: `credlock simulate --clean` archives it. Were it real:', ...finding.advice],
  };
}

/** `credlock/sample/…` for `credlock/…` */
export function sampleId(id: string): string {
  return id.replace(/^credlock\//, 'credlock/sample/');
}

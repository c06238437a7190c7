import type { Detection } from '../detection/detect';
import { incidentId } from '../detection/findings/compose-finding';
import type { Judgement } from '../detection/judge/judge';
import type { Finding } from '../detection/model/finding';
import type { IpRanges } from '../detection/model/ip-ranges';
import { parsedJson, field } from '../detection/model/json-field';
import type { Settings } from '../detection/model/settings';
import { folder } from './folders';
import { PackReader } from './pack-reader';
import type { Line } from './pack-writer';
import type { ReadCounts } from './read-counts';
import type { WorkStore } from './work-store';

/** A timeline of the calls of a workload, as plain data. */
export type PictureOf = (judgement: Judgement, findings: readonly Finding[]) => unknown;

/** What files for people are made of. */
export interface WrittenReport {
  readonly detection: Detection;
  readonly read: ReadCounts;
  readonly settings: Settings;
  readonly ipRanges: IpRanges | null;
  /** Incidents that a page shows. */
  readonly incidents: number;
  /** The pictures of some workloads, by the ids of their incidents. */
  readonly pictures: (incidents: ReadonlySet<string>) => Promise<ReadonlyMap<string, unknown>>;
}

/** The pages and tables that people read, for which code is loaded that nothing else needs. */
export interface ReportFiles {
  readonly pictureOf: PictureOf;
  readonly files: (report: WrittenReport) => AsyncIterable<{ readonly name: string; readonly body: Buffer }>;
}

/** The folder of the files, within that of a hunt. */
export const RESULTS = 'results/';

const INCIDENT = /^\{"incident":"([^"]*)"/;

/** The line of a workload's picture. */
export function pictureLine({ history }: Judgement, picture: unknown): Line {
  return [folder.pictures, JSON.stringify({ incident: incidentId(history.workload), picture })];
}

/** The pictures of some workloads, by the ids of their incidents. */
export async function picturesIn(
  store: WorkStore,
  incidents: ReadonlySet<string>,
): Promise<ReadonlyMap<string, unknown>> {
  const found = new Map<string, unknown>();
  for await (const line of new PackReader(store).lines(folder.pictures)) {
    const [, incident = ''] = INCIDENT.exec(line) ?? [];
    if (incidents.has(incident)) found.set(incident, field(parsedJson(line), 'picture'));
  }
  return found;
}

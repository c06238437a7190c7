import { existsSync } from 'node:fs';
import { detect } from '../../lambda/detection/detect';
import { FactSet } from '../../lambda/detection/facts/fact-set';
import { undeclaredAddresses } from '../../lambda/detection/findings/undeclared-egress';
import { kindsNamed } from '../../lambda/detection/kinds/all-kinds';
import { toStandardOutput, writeOutput } from '../files/write-output';
import { notify } from '../terminal/stderr';
import { checkRequest } from './check-request';
import { initialSettings } from './initial-settings';
import { CONFIG_FILE, defaultSettings, ipRangesFrom, readAll } from './run-inputs';

/** The flags of `credlock init`. */
export interface InitOptions {
  readonly out: string;
  readonly ipRanges?: string;
}

/** Writes a settings file from what the records show. Returns the exit code; never replaces a file. */
export async function init(paths: readonly string[], { out, ipRanges }: InitOptions): Promise<number> {
  if (!toStandardOutput(out) && existsSync(out))
    throw new Error(`${out} exists, and is not replaced: give --out FILE, or - to print the settings`);
  checkRequest(paths, { out });
  const settings = defaultSettings();
  const ranges = ipRangesFrom(ipRanges);
  const facts = new FactSet();
  const read = await readAll(paths, facts, { kinds: kindsNamed(settings.workloads) });
  const egress = new Map<string, number>();
  detect({
    facts,
    settings,
    ipRanges: ranges,
    onJudgement(judgement) {
      for (const ip of new Set(undeclaredAddresses(judgement))) egress.set(ip, (egress.get(ip) ?? 0) + 1);
    },
  });
  const text = initialSettings({ records: read.records, accounts: [...facts.accounts], egress });
  await writeOutput([text], out);
  if (out === CONFIG_FILE) notify(`Wrote ./${out}, which \`credlock replay\` reads in this folder. Check it first.\n`);
  return read.problems.length > 0 || read.records === 0 ? 2 : 0;
}

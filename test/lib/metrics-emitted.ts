import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { METRICS } from '../../lambda/environment';

const LAMBDA = join(__dirname, '../../lambda');

/** The metrics that a handler counts: those its source, and what that imports, speaks of. */
export function metricsEmittedBy(folder: string): ReadonlySet<string> {
  const names = new Set<string>();
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file) || !existsSync(file)) return;
    seen.add(file);
    const text = readFileSync(file, 'utf8');
    for (const [key, name] of text.includes('METRICS') ? Object.entries(METRICS) : [])
      if (text.includes(`METRICS.${key}`) || text.includes(`'${key}'`)) names.add(name);
    for (const [, from = ''] of text.matchAll(/^(?:import|export) (?!type)[^;]*? from '(\.[^']*)';/gms))
      visit(join(dirname(file), `${from}.ts`));
  };
  visit(join(LAMBDA, `${folder}.ts`));
  return names;
}

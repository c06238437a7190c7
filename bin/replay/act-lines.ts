import * as z from 'zod';
import type { KubernetesAct } from '../../lambda/kubernetes/act';
import { ACT_SCHEMA } from '../../lambda/kubernetes/act-schema';

const BEGINNING = '{"kubernetesAct":';
const LINE = z.object({ kubernetesAct: ACT_SCHEMA });

/** A line of a `--state` file. */
export function actLine(act: KubernetesAct): string {
  return JSON.stringify({ kubernetesAct: act });
}

export function isActLine(line: string): boolean {
  return line.startsWith(BEGINNING);
}

/** The act in a line. Throws with the reason when `actLine` never writes such a line. */
export function actIn(line: string): KubernetesAct {
  const { data, error } = LINE.safeParse(JSON.parse(line));
  if (!data) throw new Error(z.prettifyError(error));
  return data.kubernetesAct;
}

import { z } from 'zod';
import type { Played } from './organization';
import { SEVERITIES, type Theft } from './verdict';

const WORKLOAD = z.object({ id: z.string() });

/** What of a finding is judged (a line of `credlock replay --format jsonl`). */
export const FOUND = z.object({
  type: z.string(),
  severity: z.enum(SEVERITIES),
  contested: z.boolean(),
  workload: WORKLOAD.nullable(),
  workloads: z.array(WORKLOAD).nullable(),
  origin: z
    .object({ ip: z.string().nullable(), endpointId: z.string().nullable(), service: z.string().nullable() })
    .nullable(),
});
export type Found = Readonly<z.infer<typeof FOUND>>;

export interface TheftScore {
  readonly theft: Theft;
  readonly right: readonly Found[];
  readonly severityRight: boolean;
}

export interface SituationScore {
  readonly played: Played;
  readonly thefts: readonly TheftScore[];
  /** Findings about its workloads that must not be. */
  readonly wrong: readonly Found[];
  /** Right findings about one workload at one origin beyond one for each theft. */
  readonly repeats: number;
}

export function scoreAll(played: readonly Played[], findings: readonly Found[]): SituationScore[] {
  const reported = findings.filter(({ severity }) => severity !== 'INFORMATIONAL');
  const byStage = new Map<Played, Set<Found>>(played.map((each) => [each, new Set()]));
  const owners = played
    .flatMap((each) => each.stage.workloads.map((token) => ({ token, each })))
    .sort((a, b) => b.token.length - a.token.length);
  for (const found of reported) {
    for (const id of idsOf(found)) {
      const owner = owners.find(({ token }) => id.includes(token));
      if (owner) byStage.get(owner.each)?.add(found);
    }
  }
  return played.map((each) => scoreOf(each, [...(byStage.get(each) ?? [])]));
}

function scoreOf(played: Played, findings: readonly Found[]): SituationScore {
  const thefts = played.stage.thefts.map((theft) => {
    const right = findings.filter((found) => isOf(theft, found));
    return { theft, right, severityRight: right.some(({ severity }) => theft.severities.includes(severity)) };
  });
  const rightOnes = new Set(thefts.flatMap(({ right }) => right));
  const caught = thefts.filter(({ right }) => right.length > 0).length;
  const single = [...rightOnes].filter(({ workload, origin }) => workload && origin).length;
  return {
    played,
    thefts,
    wrong: findings.filter((found) => !rightOnes.has(found)),
    repeats: Math.max(0, single - caught),
  };
}

/** A contested finding shows both sides; one of many origins has none of its own. */
function isOf({ workload, origins }: Theft, found: Found): boolean {
  const tokens = workload.split('|');
  if (!idsOf(found).some((id) => tokens.some((token) => id.includes(token)))) return false;
  return !found.origin || origins.some((origin) => isAt(found, origin));
}

function isAt({ origin }: Found, wanted: string): boolean {
  if (!origin) return false;
  const { ip, endpointId, service } = origin;
  if (endpointId) return wanted === `${endpointId}/${ip ?? ''}`;
  return wanted === ip || wanted === service || (ip !== null && wanted.endsWith(`/${ip}`));
}

export function idsOf({ workload, workloads }: Found): string[] {
  return [workload, ...(workloads ?? [])].flatMap((each) => (each ? [each.id] : []));
}

export interface Figures {
  readonly situations: number;
  readonly situationsRight: number;
  readonly recall: number;
  readonly precision: number;
  readonly severity: number;
  readonly repeats: number;
}

export function figuresOf(scores: readonly SituationScore[]): Figures {
  const thefts = scores.flatMap((score) => score.thefts);
  const caught = thefts.filter(({ right }) => right.length > 0);
  const right = new Set(caught.flatMap((theft) => theft.right)).size;
  const wrong = scores.reduce((sum, score) => sum + score.wrong.length, 0);
  return {
    situations: scores.length,
    situationsRight: scores.filter(isRight).length,
    recall: share(caught.length, thefts.length),
    precision: share(right, right + wrong),
    severity: share(caught.filter(({ severityRight }) => severityRight).length, caught.length),
    repeats: scores.reduce((sum, { repeats }) => sum + repeats, 0),
  };
}

export function isRight({ thefts, wrong }: SituationScore): boolean {
  return wrong.length === 0 && thefts.every(({ severityRight }) => severityRight);
}

function share(part: number, whole: number): number {
  return whole === 0 ? 1 : part / whole;
}

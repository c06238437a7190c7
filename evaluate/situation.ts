import type { Stage } from './stage';

/** Something that happens in an organisation, and the right answer. */
export interface Situation {
  readonly name: string;
  /** One sentence: what happens, and why that is theft or is not. */
  readonly story: string;
  /** Benign: none of its workloads may be reported. */
  readonly answer: 'benign' | 'report';
  readonly play: (stage: Stage) => void;
}

type Play = Situation['play'];

export function benign(name: string, story: string, play: Play): Situation {
  return { name, story, answer: 'benign', play };
}

/** `play` says by `stage.report` which workloads must be reported. */
export function report(name: string, story: string, play: Play): Situation {
  return { name, story, answer: 'report', play };
}

import { setTimeout as wait } from 'node:timers/promises';

const POLL = 2_000;

/** The time that a simulation has. */
export class Waiting {
  private readonly began = Date.now();

  /** `timeout`: milliseconds from now. */
  constructor(readonly timeout: number) {}

  /** Time at which the condition became true; null if it did not in time. */
  async until(isTrue: () => Promise<boolean>): Promise<number | null> {
    while (Date.now() - this.began < this.timeout) {
      if (await isTrue()) return Date.now();
      await wait(Math.min(POLL, this.timeout));
    }
    return null;
  }
}

/** Reports that there was none in time, and why that may be. Returns the exit code. */
export function noFinding({ timeout }: Waiting, why: string): number {
  process.stderr.write(`credlock: no finding within ${seconds(timeout)}: ${why}\n`);
  return 1;
}

export function report(line: string): void {
  process.stderr.write(`${line}\n`);
}

export function seconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 1_000)} s`;
}

import type { Judgement } from './judge';

interface Seen {
  readonly time: number;
  readonly isTrusted: boolean;
}

/** The places at which the locks of AWS sessions hold, by the decisions on what each was seen at. */
export class HeldPlaces {
  readonly #seen = new Map<string, Seen[]>();

  /** `sessions`: ARNs of those that are asked about. */
  constructor(private readonly sessions: ReadonlySet<string>) {}

  note({ decisions }: Pick<Judgement, 'decisions'>): void {
    for (const { sighting, outcome } of decisions) {
      const { caller, origin, event } = sighting;
      if (outcome === 'ignored' || !this.sessions.has(caller.sessionArn)) continue;
      const key = `${caller.sessionArn} ${origin.kind === 'public' ? origin.address : origin.key}`;
      const seen = this.#seen.get(key) ?? [];
      seen.push({ time: event.time, isTrusted: outcome === 'trusted' });
      this.#seen.set(key, seen);
    }
  }

  /**
   * Whether the session was trusted at the address when it was last seen there before `time`, or else first.
   * `cluster`: the ARN of the one that it called from a private address.
   */
  isHeld(session: string, { ip, cluster }: { readonly ip: string; readonly cluster: string }, time: number): boolean {
    const seen = [ip, `cluster/${cluster}/${ip}`].flatMap((place) => this.#seen.get(`${session} ${place}`) ?? []);
    const before = seen.filter((one) => one.time <= time).sort((a, b) => b.time - a.time);
    const [decisive] = before.length > 0 ? before : seen.sort((a, b) => a.time - b.time);
    const same = seen.filter(({ time: at }) => at === decisive?.time);
    return decisive !== undefined && same.every(({ isTrusted }) => isTrusted);
  }
}

import type { PersonCall } from '../facts/facts';
import type { Organization } from '../model/settings';

const DAY = 86_400_000;

/** Where people of the organisation called from. */
export class People {
  private readonly byAddress = new Map<string, PersonCall[]>();

  constructor(
    calls: Iterable<PersonCall>,
    private readonly organization: Organization,
  ) {
    for (const call of calls) {
      const others = this.byAddress.get(call.address);
      if (others) others.push(call);
      else this.byAddress.set(call.address, [call]);
    }
  }

  /** The latest known call from an address by a person of this or another account of the organisation, that day or the day before. */
  before(address: string, account: string, time: number): PersonCall | null {
    const since = (Math.floor(time / DAY) - 1) * DAY;
    const isOurs = (other: string): boolean => other === account || this.organization.standing(other) === 'ours';
    const found = this.byAddress.get(address)?.filter((call) => call.time >= since && call.time <= time);
    return found?.filter((call) => isOurs(call.account)).sort(latestFirst)[0] ?? null;
  }
}

function latestFirst(a: PersonCall, b: PersonCall): number {
  return b.time - a.time || (a.id < b.id ? -1 : 1);
}

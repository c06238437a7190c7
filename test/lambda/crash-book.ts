import { isOfHandlers } from './wire-run';
import type { WireRequest } from '../wire-server/wire-request';
import type { WireServer } from '../wire-server/wire-server';

interface Deaths {
  before: number;
  after: number;
}

/**
 * Lets the container die over each distinct request, once before it is sent and once when the server has acted. From then
 * on nothing of it reaches the server, until another has taken its place.
 */
export class CrashBook {
  private readonly book = new Map<string, Deaths>();
  private readonly forgotten = new Set<string>();
  private isDead = false;

  /** How many requests were told apart. */
  get requests(): number {
    return this.book.size;
  }

  get deaths(): number {
    return [...this.book.values()].reduce((sum, { before, after }) => sum + before + after, 0);
  }

  haunt(wire: WireServer): void {
    const once = (kind: 'before' | 'after') => (request: WireRequest) =>
      isOfHandlers(request) && this.dies(request, kind);
    const isGone = (request: WireRequest): boolean => isOfHandlers(request) && this.isDead;
    wire.fail({ where: isGone }, { kind: 'drop-before', times: Infinity });
    wire.fail({ where: once('before') }, { kind: 'drop-before', times: Infinity });
    wire.fail({ where: once('after') }, { kind: 'drop-after', times: Infinity });
  }

  /** Whether it died; after that it lives again. */
  hasDied = (): boolean => {
    const { isDead } = this;
    this.isDead = false;
    return isDead;
  };

  /** Each message once: it died after all was done, before it could be told so. */
  isForgotten = (messageId: string): boolean => {
    const isFirst = !this.forgotten.has(messageId);
    this.forgotten.add(messageId);
    return isFirst;
  };

  private dies(request: WireRequest, kind: 'before' | 'after'): boolean {
    const name = nameOf(request);
    const deaths = this.book.get(name) ?? { before: 0, after: 0 };
    this.book.set(name, deaths);
    if (deaths[kind] > 0 || (kind === 'after' && deaths.before === 0)) return false;
    deaths[kind] += 1;
    this.isDead = true;
    return true;
  }
}

/** Requests that differ in nothing but revisions and times are one: each attempt counts them on. */
function nameOf({ service, operation, target, body }: WireRequest): string {
  const same = body
    .replaceAll(/"N":"\d+"/g, '"N"')
    .replaceAll(/(updatedAt|revision)(\\*"):\d+/g, '$1')
    .replaceAll(/"(?:UpdatedAt|Time)":"?[^",}]+"?/g, '"UpdatedAt"');
  return `${service} ${operation} ${target} ${same}`;
}

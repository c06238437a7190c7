import { keptText } from './kept-text';

const COMMANDS: ReadonlySet<string> = new Set(['command', 'cmd']);
const STREAMS = ['container', 'stdin', 'stdout', 'stderr', 'tty', 'input', 'output', 'error', 'ports', 'follow'];
const OBJECTS = ['dryRun', 'watch', 'fieldManager', 'fieldSelector', 'labelSelector', 'limit'];
const KEPT_PARAMETERS: ReadonlySet<string> = new Set([...COMMANDS, ...STREAMS, ...OBJECTS]);

/** Behind the proxy of a service or pod stands a request to an application. */
const APPLICATION_PROXY = /(\/(?:services|pods)\/[^/]+\/proxy\/).*$/s;

/**
 * The request's path and those of its parameters that are kept, in their order. A command is cut to its first word; of a
 * request that is passed on to a service or pod, only to which is kept.
 */
export function requestUriOf(value: unknown): string {
  const uri = typeof value === 'string' ? value : '';
  const mark = uri.indexOf('?');
  const path = mark < 0 ? uri : uri.slice(0, mark);
  if (APPLICATION_PROXY.test(path)) return keptText(path.replace(APPLICATION_PROXY, '$1')) ?? '';
  const query = mark < 0 ? '' : keptQuery(uri.slice(mark + 1));
  return keptText(query === '' ? path : `${path}?${query}`) ?? '';
}

function keptQuery(query: string): string {
  let hasCommand = false;
  return query
    .split('&')
    .flatMap((part) => {
      const equals = part.indexOf('=');
      const name = parameterName(equals < 0 ? part : part.slice(0, equals));
      if (!KEPT_PARAMETERS.has(name)) return [];
      if (!COMMANDS.has(name)) return [part];
      if (hasCommand) return [];
      hasCommand = true;
      return [`${name}=${firstWord(part.slice(equals + 1))}`];
    })
    .join('&');
}

/** As the API server reads it: `comm%61nd` is `command`. */
function parameterName(encoded: string): string {
  return /[%+]/.test(encoded) ? [...new URLSearchParams(encoded).keys()].join('') : encoded;
}

/** The first word of a query parameter's value, percent-encoded as it was. */
function firstWord(value: string): string {
  const [word = ''] = value.replace(/^(?:\+|%20|%0[9ad]|\s)+/i, '').split(/\+|%20|%0[9ad]|\s/i);
  return word;
}

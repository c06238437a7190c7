import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ipRangesCommand, type Limits } from '../../../bin/commands/ip-ranges';
import { findIpRanges, ipRangesCacheFile } from '../../../bin/files/ip-ranges-cache';

const GOOD = readFileSync(join(__dirname, '../../ip-ranges.json'), 'utf8');
const LIMITS: Limits = { milliseconds: 5_000, bytes: 100_000 };

let folder: string;
let said: string;
let server: Server | null;
const cacheBefore = process.env['XDG_CACHE_HOME'];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'credlock-ip-ranges-'));
  process.env['XDG_CACHE_HOME'] = join(folder, 'cache');
  server = null;
  said = '';
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
});

afterEach(() => {
  jest.restoreAllMocks();
  server?.closeAllConnections();
  server?.close();
  if (cacheBefore === undefined) delete process.env['XDG_CACHE_HOME'];
  else process.env['XDG_CACHE_HOME'] = cacheBefore;
  rmSync(folder, { recursive: true, force: true });
});

describe('credlock ip-ranges', () => {
  test('downloads into the cache, where replay finds it', async () => {
    const url = await serving((_, response) => response.end(GOOD));
    expect(findIpRanges()).toMatchObject({ value: { isShipped: true } });
    await run('--url', url);
    const path = join(folder, 'cache', 'credlock', 'ip-ranges.json');
    expect(said).toBe(`Wrote ip-ranges.json of 2026-08-01-00-00-00 to ${path}\n`);
    expect(readFileSync(path, 'utf8')).toBe(GOOD);
    expect(findIpRanges()).toMatchObject({ value: { path, ranges: { createDate: '2026-08-01-00-00-00' } } });
  });

  test('writes to the file that --out names, and nothing beside it', async () => {
    const url = await serving((_, response) => response.end(GOOD));
    const out = join(folder, 'new', 'ranges.json');
    await run('--url', url, '--out', out);
    expect(readdirSync(dirname(out))).toEqual(['ranges.json']);
    expect(readFileSync(out, 'utf8')).toBe(GOOD);
    expect(existsSync(ipRangesCacheFile())).toBe(false);
  });

  test('follows redirects and unpacks', async () => {
    const url = await serving((request, response) => {
      if (request.url === '/') response.writeHead(302, { location: '/moved' }).end();
      else response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(GOOD));
    });
    const out = join(folder, 'ranges.json');
    await run('--url', url, '--out', out);
    expect(readFileSync(out, 'utf8')).toBe(GOOD);
  });

  test('says how many entries are not as they should be', async () => {
    const file = JSON.stringify({ ...JSON.parse(GOOD), ipv6_prefixes: [{}, 7] });
    const url = await serving((_, response) => response.end(file));
    await run('--url', url);
    expect(said).toContain('(ignored invalid entries: 2)');
  });

  const half = GOOD.slice(0, GOOD.length / 2);
  test.each<[string, RequestListener, RegExp]>([
    [
      'an HTTP error',
      (_, response) => response.writeHead(503).end(GOOD),
      /^cannot download http.*: the server answered 503 Service Unavailable$/,
    ],
    ['no JSON', (_, response) => response.end('<html>sign in</html>'), /^http.* is not JSON: .*</],
    ['half of it, whole by its own length', (_, response) => response.end(half), /^http.* is not JSON: /],
    [
      'other JSON',
      (_, response) => response.end('{"Records":[]}'),
      /^http.* is not AWS's ip-ranges\.json: createDate must be .*, got nothing$/,
    ],
    ['nothing', (_, response) => response.end(), /^http.* is not JSON: /],
    ['an empty answer', (_, response) => response.writeHead(204).end(), /^http.* is not JSON: /],
    [
      'too much',
      (_, response) => response.end(`${GOOD}${' '.repeat(100_000)}`),
      /^cannot download http.*: the response is larger than 0\.1 MB$/,
    ],
    [
      'too much when unpacked',
      (_, response) =>
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(`${GOOD}${' '.repeat(100_000)}`)),
      /larger than 0\.1 MB$/,
    ],
    [
      'a connection that breaks off',
      (_, response) => response.writeHead(200, { 'content-length': GOOD.length }).write(half, () => response.destroy()),
      /^cannot download http.*: (other side closed|terminated|.*ECONNRESET)$/,
    ],
    [
      'a connection that is refused while asked',
      (request) => request.socket.destroy(),
      /^cannot download http.*: (other side closed|terminated|.*ECONNRESET)$/,
    ],
  ])('%s: an error, and the good file stays', async (_, answer, message) => {
    await keepsGoodFile(await serving(answer), LIMITS, message);
  });

  test('no answer in time: an error, and the good file stays', async () => {
    const silent = await serving(() => undefined);
    await keepsGoodFile(silent, { ...LIMITS, milliseconds: 100 }, /^cannot download http.*: it took more than 0\.1 s$/);
  });

  test('an answer that never ends: an error, and the good file stays', async () => {
    const slow = await serving((_, response) => response.write('{'));
    await keepsGoodFile(slow, { ...LIMITS, milliseconds: 200 }, /^cannot download http.*: it took more than 0\.2 s$/);
  });

  test('nobody there: an error, and the good file stays', async () => {
    const url = await serving(() => undefined);
    await new Promise((resolve) => server?.close(resolve));
    await keepsGoodFile(url, LIMITS, /^cannot download http.*: .*ECONNREFUSED/);
  });

  test.each(['ftp://example.org/x', 'ip-ranges.json', ''])('--url %p is no URL to download from', async (url) => {
    await expect(run('--url', url)).rejects.toThrow(`--url must start with https:// or http://, got "${url}"`);
  });

  test('a place that cannot be written to: an error that names it, no draft left', async () => {
    const url = await serving((_, response) => response.end(GOOD));
    const out = join(folder, 'taken');
    mkdirSync(join(out, 'inside'), { recursive: true });
    await expect(run('--url', url, '--out', out)).rejects.toThrow(`cannot write ${out}: `);
    expect(readdirSync(folder)).toEqual(['taken']);
  });

  test('its help names the address, the cache and examples', () => {
    const command = ipRangesCommand();
    let help = '';
    command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
    expect(help).toContain('https://ip-ranges.amazonaws.com/ip-ranges.json');
    expect(help).toContain('credlock ip-ranges --out ip-ranges.json');
  });
});

describe('findIpRanges', () => {
  test('a named file goes before the cache', () => {
    write(ipRangesCacheFile(), 'broken');
    const path = write(join(folder, 'named.json'), `\uFEFF${GOOD}`);
    expect(findIpRanges(path)).toMatchObject({ value: { path, ranges: { skipped: 0 } } });
  });

  test('a named file that is not there is a fault', () => {
    const path = join(folder, 'absent.json');
    expect(findIpRanges(path)).toEqual({ faults: [`${path}: no such file`] });
  });

  test('without a cache, the ranges that ship know the addresses of AWS', () => {
    const found = findIpRanges();
    if ('faults' in found) throw new Error(found.faults.join());
    const { path, ranges, isShipped } = found.value;
    expect({ path, isShipped }).toEqual({ path: 'https://ip-ranges.amazonaws.com/ip-ranges.json', isShipped: true });
    expect(ranges.skipped).toBe(0);
    expect(ranges.lookup('3.248.10.20')).toMatchObject({ region: 'eu-west-1', ec2: true });
    expect(ranges.lookup('2a05:d018::1')).toMatchObject({ region: 'eu-west-1' });
    expect(ranges.lookup('192.0.2.1')).toBeNull();
  });

  test.each([
    ['{', /: is not JSON: /],
    ['[]', /: is not AWS's ip-ranges\.json: must be an object with createDate, prefixes and ipv6_prefixes, got \[\]/],
  ])('a file that holds %p is a fault', (text, fault) => {
    const path = write(join(folder, 'bad.json'), text);
    expect(findIpRanges(path)).toEqual({ faults: [expect.stringMatching(fault)] });
    expect(findIpRanges(path)).toEqual({ faults: [expect.stringMatching(new RegExp(`^${path}: `))] });
  });

  test('a broken cache is a fault that says how to mend it', () => {
    const path = write(ipRangesCacheFile(), '{}');
    expect(findIpRanges()).toEqual({
      faults: [
        `${path}: is not AWS's ip-ranges.json: createDate must be a time like 2026-08-01-00-00-00, got nothing (\`credlock ip-ranges\` downloads it again)`,
      ],
    });
  });

  test('a folder is a fault', () => {
    expect(findIpRanges(folder)).toEqual({ faults: [expect.stringMatching(`^${folder}: cannot be read: EISDIR`)] });
  });
});

test.each<[NodeJS.Platform, Record<string, string>, string]>([
  ['linux', {}, '/home/ana/.cache/credlock/ip-ranges.json'],
  ['linux', { XDG_CACHE_HOME: '/var/cache/ana' }, '/var/cache/ana/credlock/ip-ranges.json'],
  ['linux', { XDG_CACHE_HOME: 'relative' }, '/home/ana/.cache/credlock/ip-ranges.json'],
  ['linux', { XDG_CACHE_HOME: '' }, '/home/ana/.cache/credlock/ip-ranges.json'],
  ['darwin', {}, '/home/ana/Library/Caches/credlock/ip-ranges.json'],
  ['darwin', { XDG_CACHE_HOME: '/var/cache/ana' }, '/var/cache/ana/credlock/ip-ranges.json'],
  ['win32', { LOCALAPPDATA: '/data' }, '/data/credlock/ip-ranges.json'],
  ['win32', {}, '/home/ana/AppData/Local/credlock/ip-ranges.json'],
])('the cache on %s with %j is %s', (platform, environment, path) => {
  expect(ipRangesCacheFile({ platform, environment, home: '/home/ana' })).toBe(path);
});

async function run(...args: string[]): Promise<void> {
  await ipRangesCommand(LIMITS).parseAsync(args, { from: 'user' });
}

async function keepsGoodFile(url: string, limits: Limits, message: RegExp): Promise<void> {
  const path = write(ipRangesCacheFile(), GOOD);
  await expect(ipRangesCommand(limits).parseAsync(['--url', url], { from: 'user' })).rejects.toThrow(message);
  expect(readFileSync(path, 'utf8')).toBe(GOOD);
  expect(readdirSync(dirname(path))).toEqual(['ip-ranges.json']);
  expect(said).toBe('');
}

async function serving(answer: RequestListener): Promise<string> {
  const started = createServer(answer);
  server = started;
  await new Promise<void>((resolve) => {
    started.listen(0, '127.0.0.1', resolve);
  });
  const address = started.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return `http://127.0.0.1:${address.port}/`;
}

function write(path: string, text: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildSync } from 'esbuild';
import { zipSync } from 'fflate';
import { inputFiles } from '../../../bin/replay/input-files';
import { readFactFiles } from '../../../bin/replay/read-fact-files';
import { readFiles, readInputs, type InputProgress, type InputReading } from '../../../bin/replay/read-inputs';
import { SkippedRecords } from '../../../lambda/fact-reading/skipped-records';
import { FactSet } from '../../../lambda/detection/facts/fact-set';
import { sessionCall, foreignCall } from '../../lambda/trail-files/trail-fixtures';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'credlock-inputs-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function put(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  return path;
}

const trail = (...records: object[]): string => JSON.stringify({ Records: records });

async function readAll(paths: readonly string[]): Promise<InputReading & { ids: string[] }> {
  const ids: string[] = [];
  const reading = await readInputs(paths, {
    onRecord: (record, { file }) =>
      ids.push(`${file.slice(folder.length + 1)}: ${(record as { eventID: string }).eventID}`),
  });
  return { ...reading, ids: ids.sort() };
}

test('folders are walked, files told by what is in them, everything counted', async () => {
  put('2026/08/a.json.gz', gzipSync(trail(sessionCall('1'), foreignCall('2'))));
  put('2026/08/not-really.gz', trail(sessionCall('3')));
  put('2026/09/noname', gzipSync(trail(sessionCall('4'))));
  put('README.md', '# Trail\n');
  put('empty.json', '');
  const { ids, files, records, skipped, problems, bytes } = await readAll([folder]);
  expect(ids).toEqual(['2026/08/a.json.gz: 1', '2026/08/not-really.gz: 3', '2026/09/noname: 4']);
  expect({ files, records }).toEqual({ files: 5, records: 4 });
  expect(problems).toEqual([
    {
      file: join(folder, 'README.md'),
      reason: expect.stringMatching(/^no CloudTrail record is in it; it looks like text/),
    },
  ]);
  expect(Object.fromEntries(skipped)).toEqual({ 'not-relevant': 1, 'not-cloudtrail': 1, empty: 1 });
  expect(bytes).toBeGreaterThan(100);
});

test('digests are those of the bytes on disk, on the fast path and on the ordinary one', async () => {
  const contents: Readonly<Record<string, Buffer>> = {
    [put('a.json.gz', gzipSync(trail(sessionCall('1'))))]: gzipSync(trail(sessionCall('1'))),
    [put('b.md', '# Trail\n')]: Buffer.from('# Trail\n'),
    [put('c.zip', paddedZip())]: paddedZip(),
    [put('empty.json', '')]: Buffer.alloc(0),
  };
  const missing = join(folder, 'missing.json');
  const wanted = Object.entries(contents).map(([file, content]) => ({
    file,
    bytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
  }));
  const options = { workloads: ['ec2-instance'], now: Date.now(), threads: 1, left: new SkippedRecords(), audit: null };
  const { digests } = await readFactFiles([folder, missing], new FactSet(), { ...options, digests: true });
  expect(digests).toEqual([...wanted, { file: missing, bytes: 0, sha256: null }]);
  const none = await readFactFiles([folder], new FactSet(), { ...options, digests: false });
  expect(none.digests).toEqual([]);
});

/** With trailing bytes, which no reader of archives asks for. */
function paddedZip(): Buffer {
  return Buffer.concat([Buffer.from(zipSync({ 'a.json': Buffer.from(trail(sessionCall('5'))) })), Buffer.alloc(1_000)]);
}

test('a file that cannot be read costs no other, and is reported', async () => {
  const missing = join(folder, 'missing.json');
  const good = put('good.json', trail(sessionCall('1')));
  const cut = put('cut.json.gz', gzipSync(trail(sessionCall('2'))).subarray(0, -9));
  const broken = put('broken.json', trail(sessionCall('3'), sessionCall('4')).slice(0, -100));
  symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling'));
  const { ids, problems } = await readAll([missing, good, cut, broken, join(folder, 'dangling')]);
  expect(ids).toEqual(expect.arrayContaining(['broken.json: 3', 'good.json: 1']));
  const told = new Map(problems.map(({ file, reason }) => [file.slice(folder.length + 1), reason]));
  expect(told.get('missing.json')).toMatch(/^it cannot be read \(ENOENT/);
  expect(told.get('dangling')).toMatch(/^it cannot be read \(ENOENT/);
  expect(told.get('cut.json.gz')).toBe('the gzip data breaks off');
  expect(told.get('broken.json')).toMatch(/the JSON breaks off/);
  expect(told.size).toBe(4);
});

test('a file that vanishes while the folder is walked is reported', async () => {
  const paths = [put('a.json', trail(sessionCall('1'))), put('b.json', trail(sessionCall('2')))];
  const found = [...inputFiles([folder])];
  rmSync(paths[0] ?? '');
  const ids: unknown[] = [];
  const { problems, files } = await readFiles(found, { onRecord: (record) => ids.push(record) });
  expect(problems).toEqual([{ file: paths[0], reason: expect.stringMatching(/ENOENT/) }]);
  expect({ files, ids: ids.length }).toEqual({ files: 2, ids: 1 });
});

test('symbolic links are followed, and loops end', async () => {
  put('real/a.json', trail(sessionCall('1')));
  symlinkSync(folder, join(folder, 'real', 'loop'));
  symlinkSync(join(folder, 'real'), join(folder, 'linked'));
  symlinkSync(join(folder, 'real', 'a.json'), join(folder, 'b.json'));
  const { ids } = await readAll([folder]);
  expect(ids).toEqual(['b.json: 1', 'linked/a.json: 1']);
});

test('what holds no records is no problem', async () => {
  const { files, problems, records } = await readAll([folder]);
  expect({ files, problems, records }).toEqual({ files: 0, problems: [], records: 0 });
});

test('progress says how much there is and how much is done', async () => {
  for (let at = 0; at < 120; at += 1) put(`${at}.json`, trail(sessionCall(String(at))));
  const told: InputProgress[] = [];
  const { bytes } = await readInputs([folder], {
    onRecord: () => undefined,
    onProgress: (progress) => told.push(progress),
  });
  expect(told).toHaveLength(120);
  expect(told[0]).toMatchObject({ files: 0, totalFiles: null, totalBytes: null });
  expect(told.at(-1)).toMatchObject({ totalFiles: 120, totalBytes: bytes, bytes });
  expect(told.at(-1)?.records).toBeGreaterThan(110);
});

test('what a handler throws stops the reading', async () => {
  put('a.json', trail(sessionCall('1')));
  const reading = readInputs([folder], {
    onRecord: () => {
      throw new Error('mine');
    },
  });
  await expect(reading).rejects.toThrow('mine');
});

test('standard input is read as it comes', async () => {
  const script = join(folder, 'script.cjs');
  const source = `import { readInputs } from './read-inputs';
    const ids = [];
    readInputs(process.argv.slice(2), { onRecord: (record, { file }) => ids.push([file, record.eventID]) })
      .then(({ files, problems }) => console.log(JSON.stringify({ ids, files, problems })));`;
  const resolveDir = join(__dirname, '../../../bin/replay');
  buildSync({ stdin: { contents: source, resolveDir, loader: 'ts' }, bundle: true, platform: 'node', outfile: script });
  const child = spawn(process.execPath, [script, '-'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const zipped = gzipSync(trail(sessionCall('1'), foreignCall('2'), sessionCall('3')));
  child.stdin.write(zipped.subarray(0, 50));
  setTimeout(() => child.stdin.end(zipped.subarray(50)), 50);
  let output = '';
  for await (const chunk of child.stdout) output += String(chunk);
  const ids = [
    ['-', '1'],
    ['-', '3'],
  ];
  expect(JSON.parse(output)).toEqual({ ids, files: 1, problems: [] });
});

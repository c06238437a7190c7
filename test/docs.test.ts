import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CONTAINER_FORMATS, TABLE_FORMATS } from '../bin/inputs/input-formats';
import { FINDING_TYPES } from '../lambda/detection/model/finding';
import { DEFAULT_KUBERNETES } from '../lambda/detection/model/kubernetes-settings';
import { RULES } from '../lambda/detection/judge/judge';

const ROOT = join(__dirname, '..');
const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`),
];

const textOf = (page: string): string => readFileSync(join(ROOT, page), 'utf8');

/** Anchors of a page's headings, in GitHub's form. */
const anchorsOf = (page: string): string[] =>
  Array.from(textOf(page).matchAll(/^#+ (.+)$/gm), ([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );

test.each(PAGES)('every relative link of %s resolves, with its anchor', (page) => {
  const links = Array.from(textOf(page).matchAll(/\]\((?!https?:)([^)\s]+)\)/g), ([, link = '']) => link);
  const broken = links.filter((link) => {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : join(dirname(page), path);
    if (!existsSync(join(ROOT, target))) return true;
    return anchor !== undefined && !anchorsOf(target).includes(anchor);
  });
  expect(broken).toEqual([]);
});

test('the README lists every finding type, and the architecture every rule in its order', () => {
  const rows = (page: string) => Array.from(textOf(page).matchAll(/^\| `([\w-]+)` \|/gm), ([, name = '']) => name);
  expect(rows('README.md').toSorted()).toEqual([...FINDING_TYPES].toSorted());
  expect(rows('docs/architecture.md')).toEqual(RULES.map(({ name }) => name));
});

test('the list of inputs names every container and table that is recognised', () => {
  const page = textOf('docs/inputs.md');
  const names = [...CONTAINER_FORMATS, ...TABLE_FORMATS].map(({ name }) => name);
  expect(names.filter((name) => !page.includes(name))).toEqual([]);
});

test('the settings list the defaults of what is expected in clusters', () => {
  const [, json = '{}'] = /```json\n(\{\n {2}"kubernetes".*?)\n```/s.exec(textOf('docs/settings.md')) ?? [];
  const { systemNamespaces, execAllowed, unboundTokens, ...lists } = DEFAULT_KUBERNETES;
  expect(JSON.parse(json)).toEqual({ kubernetes: lists });
  expect([systemNamespaces, execAllowed, unboundTokens]).toEqual([['kube-system'], [], false]);
});

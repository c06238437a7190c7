import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Licences that allow to distribute a package in a bundle with its notice. */
const LICENCES = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'MIT-0',
  '(MIT AND Zlib)',
]);

const PACKAGE = /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;

/** Folders of the packages whose code is in a bundle. */
const folders = new Set();

/** Notes the packages that a build bundles. */
export const notePackages = {
  name: 'note-packages',
  setup({ initialOptions, onEnd }) {
    initialOptions.metafile = true;
    onEnd(({ metafile }) => {
      for (const { inputs } of Object.values(metafile?.outputs ?? {}))
        for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
          const [folder] = PACKAGE.exec(path) ?? [];
          if (bytesInOutput > 0 && folder !== undefined) folders.add(folder.replace(/^.*?(?=node_modules\/)/, ''));
        }
    });
  },
};

/**
 * Writes the notices of all packages that were bundled, and a CycloneDX bill of materials. Throws where one has no licence
 * that allows it.
 */
export async function writeNotices(dist, root = import.meta.dirname) {
  const packages = await Promise.all(
    [...folders].sort((a, b) => (a < b ? -1 : 1)).map((folder) => packageIn(join(root, folder))),
  );
  const refused = packages.filter(({ license }) => !LICENCES.has(license));
  if (refused.length > 0)
    throw new Error(refused.map(({ name, license }) => `${name} has the licence ${license}`).join('\n'));
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  await writeFile(join(dist, 'THIRD-PARTY-NOTICES.txt'), noticesOf(packages));
  await writeFile(join(dist, 'sbom.cdx.json'), `${JSON.stringify(billOf(packages, version), null, 2)}\n`);
  return packages.length;
}

async function packageIn(folder) {
  const { name, version, license = 'none' } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const [file] = (await readdir(folder)).filter((entry) => /^(?:licen[cs]e|copying)/i.test(entry)).sort();
  const text = file === undefined ? `Licence: ${license}` : (await readFile(join(folder, file), 'utf8')).trim();
  return { name, version, license, text };
}

/** Each licence once, below the packages that have it. */
function noticesOf(packages) {
  const byText = new Map();
  for (const one of packages) byText.set(one.text, [...(byText.get(one.text) ?? []), one]);
  const parts = Array.from(byText, ([text, some]) => {
    const names = some.map(({ name, version, license }) => `${name} ${version} (${license})`);
    return [...names, '', text].join('\n');
  });
  return `credlock contains code of these packages.\n\n${parts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

function billOf(packages, version) {
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { type: 'application', name: 'credlock', version } },
    components: packages.map(({ name, version: its, license }) => {
      const purl = `pkg:npm/${name.replace('@', '%40')}@${its}`;
      const licenses = /[ (]/.test(license) ? [{ expression: license }] : [{ license: { id: license } }];
      return { type: 'library', 'bom-ref': purl, name, version: its, licenses, purl };
    }),
  };
}

// Asks npm's registry for known vulnerabilities of the packages that are bundled, after `npm run build`. They are
// development dependencies here, so that `npm audit --omit=dev` has nothing to look at.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { components } = JSON.parse(readFileSync(join(import.meta.dirname, 'dist/sbom.cdx.json'), 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'credlock-audit-'));
// Under a name of its own each, as a package may be there in several versions.
const dependencies = Object.fromEntries(
  components.map(({ name, version }, at) => [`p${at}`, `npm:${name}@${version}`]),
);
writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
const npm = (...args) => spawnSync('npm', args, { cwd: folder, stdio: 'inherit' }).status ?? 1;
process.exitCode =
  npm('install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund') ||
  npm('audit', '--audit-level=moderate');
rmSync(folder, { recursive: true });

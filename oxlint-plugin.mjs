import { readdirSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { IMPORT_RULES } from './import-rules.mjs';

/** oxlint can restrict `Date.now` but not `new Date()`; this rule closes that gap for the pure core. */
const noClock = {
  create(context) {
    const report = (node) => {
      if (node.callee.type !== 'Identifier' || node.callee.name !== 'Date') return;
      if (node.type === 'NewExpression' && node.arguments.length === 1) return;
      context.report({ node, message: 'Only `new Date(value)` is pure: the others read the clock or the time zone.' });
    };
    return { NewExpression: report, CallExpression: report };
  },
};

const KEYS = Object.keys(IMPORT_RULES).sort((a, b) => b.length - a.length);

const fits = (path, key) =>
  key.endsWith('/*') ? dirname(path) === key.slice(0, -2) : path === key || path.startsWith(`${key}/`);
const keyOf = (path) => KEYS.find((key) => fits(path, key));

/** Holds imports to `import-rules.mjs`; re-exports, dynamic imports and type imports included. */
const layers = {
  create(context) {
    const file = relative(context.cwd, context.filename).split(sep).join('/');
    const key = keyOf(file);
    const check = (node, source) => {
      if (typeof source !== 'string') return;
      const fault = source.startsWith('.') ? faultOfPath(file, key, source) : faultOfPackage(key, source);
      if (fault) context.report({ node, message: fault });
    };
    return {
      Program(node) {
        if (!key) context.report({ node, message: `${dirname(file)} has no row in import-rules.mjs.` });
      },
      ImportDeclaration: (node) => check(node, node.source.value),
      ExportAllDeclaration: (node) => check(node, node.source.value),
      ExportNamedDeclaration: (node) => check(node, node.source?.value),
      ImportExpression: (node) => check(node, node.source.value),
      TSImportType: (node) => check(node, (node.source ?? node.argument)?.value ?? node.argument?.literal?.value),
      TSImportEqualsDeclaration: (node) => check(node, node.moduleReference?.expression?.value),
    };
  },
};

function faultOfPath(file, key, source) {
  if (!key) return null;
  const path = join(dirname(file), source).split(sep).join('/');
  const target = `${path.replace(/\.js$/, '')}.ts`;
  const own = keyOf(isFolder(path) ? path : target);
  const { imports } = IMPORT_RULES[key];
  if (own === key || imports.some((allowed) => fits(target, allowed) || fits(path, allowed))) return null;
  return `${key} may not import ${path}: see import-rules.mjs.`;
}

function isFolder(path) {
  try {
    return readdirSync(path).length > 0;
  } catch {
    return false;
  }
}

function faultOfPackage(key, source) {
  const { packages, notPackages = [] } = IMPORT_RULES[key] ?? {};
  const isNamed = (name) => fits(source, name);
  if (packages && !packages.some(isNamed)) return `${key} imports no package but ${packages.join(' and ')}.`;
  if (!isBuiltin(source) && notPackages.some(isNamed)) return `${key} may not import ${source}: see import-rules.mjs.`;
  return null;
}

export default { meta: { name: 'credlock' }, rules: { layers, 'no-clock': noClock } };

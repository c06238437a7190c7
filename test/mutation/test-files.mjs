import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import vm from 'node:vm';
import { transformSync } from 'esbuild';
import { expect } from 'expect';
import { bind } from 'jest-each';

/** Test files and the sources they import, compiled once and evaluated anew for each `load`. */
export class TestFiles {
  /** Paths of the test files, relative to the working directory. */
  all;
  #compiled = new Map();
  /** Scenarios are read for every mutant. */
  #texts = new Map();

  constructor(folders) {
    this.all = folders.flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.test.ts') && !file.endsWith('.sampled.test.ts'))
        .map((file) => join(folder, file)),
    );
  }

  /** The tests that a file defines, in order: `{name, run}`. Modules that were evaluated before are in `modules`, by path. */
  load(file, modules) {
    const suite = new Suite();
    this.#evaluate(resolve(file), modules, suite.globals);
    return suite.tests;
  }

  #evaluate(path, modules, globals) {
    const known = modules.get(path);
    if (known) return known.exports;
    const module = { exports: {} };
    modules.set(path, module);
    const outside = createRequire(path);
    const requireFrom = (name) => {
      if (name === 'node:fs') return { ...outside(name), readFileSync: (...args) => this.#read(...args) };
      if (!name.startsWith('.')) return outside(name);
      const found = sourceOf(resolve(dirname(path), name));
      return found.endsWith('.ts') ? this.#evaluate(found, modules, globals) : outside(found);
    };
    this.#compile(path)(module, module.exports, requireFrom, dirname(path), ...Object.values(globals));
    return module.exports;
  }

  #compile(path) {
    const known = this.#compiled.get(path);
    if (known) return known;
    const { code } = transformSync(readFileSync(path, 'utf8'), {
      loader: 'ts',
      format: 'cjs',
      target: 'es2022',
      sourcefile: path,
    });
    const names = ['module', 'exports', 'require', '__dirname', ...Object.keys(new Suite().globals)];
    const compiled = vm.compileFunction(code, names, { filename: relative(process.cwd(), path) });
    this.#compiled.set(path, compiled);
    return compiled;
  }

  #read(path, encoding) {
    const key = `${path} ${encoding}`;
    if (!this.#texts.has(key)) this.#texts.set(key, readFileSync(path, encoding));
    return this.#texts.get(key);
  }
}

function sourceOf(path) {
  const found = [path, `${path}.ts`, join(path, 'index.ts')].find((one) => /\.\w+$/.test(one) && existsSync(one));
  if (found === undefined) throw new Error(`no file for ${path}`);
  return found;
}

/** What a test file defines with Jest's globals. */
class Suite {
  tests = [];
  globals;
  #path = [];
  #before = [];

  constructor() {
    const describe = (name, define) => {
      const outer = [this.#path, this.#before];
      this.#path = [...this.#path, name];
      this.#before = [...this.#before];
      define();
      [this.#path, this.#before] = outer;
    };
    const it = (name, run) => this.#add(name, run, this.#before);
    const beforeAll = (run) => this.#before.push(once(run));
    describe.each = bind(describe, false);
    it.each = bind(it, false);
    this.globals = { describe, it, test: it, beforeAll, expect };
  }

  #add(name, run, before) {
    const full = [...this.#path, name].join(' ');
    const same = this.tests.filter((test) => test.full === full).length;
    const runWithHooks = async () => {
      for (const hook of before) await hook();
      await run();
    };
    this.tests.push({ full, name: same === 0 ? full : `${full} (${same + 1})`, run: runWithHooks });
  }
}

function once(run) {
  let done;
  return () => (done ??= run());
}

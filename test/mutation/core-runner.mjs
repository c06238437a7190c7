/**
 * A test runner for Stryker that runs the core's tests without Jest: their files are compiled once per process, and each
 * mutant gets fresh modules. A mutant takes milliseconds, not the second and more that starting Jest costs.
 * Tests may use `describe`, `it`, `test`, `beforeAll`, `.each` and `expect`.
 */
import { dirname, join, relative } from 'node:path';
import { INSTRUMENTER_CONSTANTS } from '@stryker-mutator/api/core';
import { commonTokens, declareClassPlugin, PluginKind, tokens } from '@stryker-mutator/api/plugin';
import {
  determineHitLimitReached,
  DryRunStatus,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner';
import { TestFiles } from './test-files.mjs';

const FOLDER = 'test/lambda/detection';
const KUBERNETES = 'test/lambda/kubernetes';
const RUNTIME = 'test/lambda/runtime';
const SCENARIOS = 'test/scenarios.test.ts';
/** The list of all texts: one test that plays every scenario. It is for mutants of texts in the folders that write them. */
const TEXTS = 'test/reasons.test.ts';
const WRITERS = [FOLDER, KUBERNETES, RUNTIME, `${FOLDER}/judge`, `${FOLDER}/findings`, `${FOLDER}/network`];
/** Tests of one file per mutant. A survivor that all scenarios reach would take seconds. */
const MOST_TESTS = 200;

// Stack traces of failed tests are not reported, but cost time.
Error.stackTraceLimit = 0;

class CoreRunner {
  static inject = tokens(commonTokens.options);

  #files = new TestFiles([FOLDER, KUBERNETES, RUNTIME]);
  #stryker = (globalThis[INSTRUMENTER_CONSTANTS.NAMESPACE] ??= {});
  #mutated;

  constructor(options) {
    this.#mutated = options.mutate;
  }

  capabilities() {
    return { reloadEnvironment: true };
  }

  async dryRun() {
    this.#stryker.mutantCoverage = { static: {}, perTest: {} };
    const tests = [];
    for (const file of this.#filesFor(this.#mutated)) tests.push(...(await this.#run(file, { isBailing: false })));
    return { status: DryRunStatus.Complete, tests, mutantCoverage: this.#stryker.mutantCoverage };
  }

  /** The covering tests, those of files with few first, until one fails. */
  async mutantRun({ activeMutant, testFilter, hitLimit, sandboxFileName }) {
    Object.assign(this.#stryker, { activeMutant: activeMutant.id, hitCount: hitLimit && 0, hitLimit });
    try {
      const tests = [];
      const modules = new Map();
      const files = this.#filesFor([relative(process.cwd(), sandboxFileName)])
        .filter((file) => file !== TEXTS || activeMutant.mutatorName === 'StringLiteral')
        .map((file) => ({ file, chosen: chosenOf(file, testFilter) }))
        .sort((a, b) => Number(a.file === TEXTS) - Number(b.file === TEXTS) || a.chosen?.size - b.chosen?.size);
      for (const { file, chosen } of files) {
        tests.push(...(await this.#run(file, { chosen, isBailing: true, modules })));
        const timeout = determineHitLimitReached(this.#stryker.hitCount, hitLimit);
        if (timeout) return toMutantRunResult(timeout);
        if (tests.at(-1)?.status === TestStatus.Failed) break;
      }
      return toMutantRunResult({ status: DryRunStatus.Complete, tests });
    } finally {
      Object.assign(this.#stryker, { activeMutant: undefined, hitCount: undefined, hitLimit: undefined });
    }
  }

  /** Test files for mutated files, or for patterns of them. */
  #filesFor(mutated) {
    const folders = new Set(mutated.map((path) => join('test', folderOf(path))));
    const isAny = [...folders].some((folder) => /[*?{]/.test(folder));
    return [
      ...this.#files.all.filter((file) => isAny || folders.has(folderOf(file))),
      SCENARIOS,
      ...(isAny || WRITERS.some((folder) => folders.has(folder)) ? [TEXTS] : []),
    ];
  }

  async #run(file, { chosen = null, isBailing, modules = new Map() }) {
    if (chosen?.size === 0) return [];
    const results = [];
    let tests;
    try {
      tests = this.#files.load(file, modules);
    } catch (error) {
      return [failed(`${file}: loading`, file, 0, error)];
    }
    for (const { name, run } of tests) {
      const id = `${file}: ${name}`;
      if (chosen && !chosen.has(id)) continue;
      const start = performance.now();
      this.#stryker.currentTestId = id;
      const error = await errorOf(run);
      this.#stryker.currentTestId = undefined;
      const spent = performance.now() - start;
      results.push(error === null ? passed(id, file, spent) : failed(id, file, spent, error));
      if (error !== null && isBailing) break;
    }
    return results;
  }
}

/** The covering tests of a file; evenly spread ones where there are many. Null means all. */
function chosenOf(file, covering) {
  if (covering === undefined) return null;
  const chosen = covering.filter((id) => id.startsWith(`${file}: `));
  const most = Math.min(chosen.length, MOST_TESTS);
  return new Set(Array.from({ length: most }, (_, index) => chosen[Math.floor((index * chosen.length) / most)]));
}

/** `lambda/detection/judge` for `lambda/detection/judge/rules/locked.ts`; `lambda/kubernetes` and `lambda/runtime` are one folder each. */
function folderOf(path) {
  const folders = dirname(path).split('/');
  const depth = folders.includes('kubernetes') || folders.includes('runtime') ? 2 : 3;
  return folders.slice(0, folders[0] === 'test' ? depth + 1 : depth).join('/');
}

async function errorOf(run) {
  try {
    await run();
    return null;
  } catch (error) {
    return error ?? new Error('thrown without a value');
  }
}

function passed(id, fileName, timeSpentMs) {
  return { id, name: id, fileName, timeSpentMs, status: TestStatus.Success };
}

function failed(id, fileName, timeSpentMs, error) {
  const failureMessage = error instanceof Error ? error.message : String(error);
  return { id, name: id, fileName, timeSpentMs, status: TestStatus.Failed, failureMessage };
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'core', CoreRunner)];

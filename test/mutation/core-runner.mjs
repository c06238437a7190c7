/**
 * A test runner for Stryker that runs the core's tests without Jest: their files are compiled once per process, and each
 * mutant gets fresh modules. A mutant takes milliseconds, not the second and more that starting Jest costs.
 * Tests may use `describe`, `it`, `test`, `beforeAll`, `.each` and `expect`; a file sees no modules of another file.
 */
import { dirname, join, relative } from 'node:path';
import { INSTRUMENTER_CONSTANTS } from '@stryker-mutator/api/core';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import {
  determineHitLimitReached,
  DryRunStatus,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner';
import { TestFiles } from './test-files.mjs';

const FOLDER = 'test/lambda/detection';
const FILES = ['test/scenarios.test.ts', 'test/reasons.test.ts'];

// Stack traces of failed tests are not reported, but cost time.
Error.stackTraceLimit = 0;

class CoreRunner {
  #files = new TestFiles(FOLDER, FILES);
  #stryker = (globalThis[INSTRUMENTER_CONSTANTS.NAMESPACE] ??= {});

  capabilities() {
    return { reloadEnvironment: true };
  }

  async dryRun() {
    this.#stryker.mutantCoverage = { static: {}, perTest: {} };
    const tests = [];
    for (const file of this.#files.all) tests.push(...(await this.#run(file, () => true, false)));
    return { status: DryRunStatus.Complete, tests, mutantCoverage: this.#stryker.mutantCoverage };
  }

  /** The covering tests of the mutant's folder, then the scenarios, until one fails. */
  async mutantRun({ activeMutant, testFilter, hitLimit, sandboxFileName }) {
    const chosen = new Set(testFilter);
    const isChosen = (id) => testFilter === undefined || chosen.has(id);
    Object.assign(this.#stryker, { activeMutant: activeMutant.id, hitCount: hitLimit && 0, hitLimit });
    try {
      const tests = [];
      for (const file of this.#filesFor(sandboxFileName)) {
        tests.push(...(await this.#run(file, isChosen, true)));
        const timeout = determineHitLimitReached(this.#stryker.hitCount, hitLimit);
        if (timeout) return toMutantRunResult(timeout);
        if (tests.at(-1)?.status === TestStatus.Failed) break;
      }
      return toMutantRunResult({ status: DryRunStatus.Complete, tests });
    } finally {
      Object.assign(this.#stryker, { activeMutant: undefined, hitCount: undefined, hitLimit: undefined });
    }
  }

  #filesFor(mutated) {
    const folder = join('test', folderOf(relative(process.cwd(), mutated)));
    return [...this.#files.all.filter((file) => folderOf(file) === folder), ...FILES];
  }

  async #run(file, isChosen, isBailing) {
    const results = [];
    let tests;
    try {
      tests = this.#files.load(file);
    } catch (error) {
      return [failed(`${file}: loading`, file, 0, error)];
    }
    for (const { name, run } of tests) {
      const id = `${file}: ${name}`;
      if (!isChosen(id)) continue;
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

/** `lambda/detection/judge` for `lambda/detection/judge/rules/locked.ts`. */
function folderOf(path) {
  return dirname(path)
    .split('/')
    .slice(0, path.startsWith('test/') ? 4 : 3)
    .join('/');
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

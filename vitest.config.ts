import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { defineConfig, type Plugin } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { secondsLeft } from './test/support/time-left.ts';

/** Shell scripts are imported as text, as the build does it. */
const shellAsText: Plugin = {
  name: 'shell-as-text',
  enforce: 'pre',
  transform: (code, id) => (id.endsWith('.sh') ? `export default ${JSON.stringify(code)};` : undefined),
};

/** Keeps both cores busy, so that what ran beside it would be late. */
const ALONE = ['test/scenarios/deploy-sweep.test.ts'];

const PROCESSES = 20;
/** In milliseconds. A machine that needs twice as long cannot do all in the 45 minutes of a CI run. */
const QUICK_START = 5;
const SWEEPS = ['scenarios/release-sweep', 'scenarios/abort-sweep', 'scenarios/commit-sweep'];
/** Takes by far the longest. */
const SERVER = 'infra/server';

/**
 * What takes longest begins first; what is tried in no time, next. Scenarios come last: where the time is up, some of them are
 * left out, at each commit others, and before them the longest of all where there is no time for everything.
 */
class InOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const hasTime = hasTimeForAll();
    const rank = ({ moduleId }: TestSpecification) => {
      const isAt = (path: string) => moduleId.endsWith(`${path}.test.ts`);
      if (isAt(SERVER)) return hasTime ? 0 : 4;
      if (SWEEPS.some(isAt)) return 1;
      return moduleId.includes('/scenarios/') ? 3 : 2;
    };
    const turn = hasTime ? () => 0 : turnOf;
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b) || turn(a) - turn(b));
  }
}

/** Whether the time there is, if there is an end to it, is likely to do. Nearly all of it goes into starting processes. */
function hasTimeForAll(): boolean {
  if (secondsLeft() === Number.POSITIVE_INFINITY) return true;
  const began = performance.now();
  for (let count = 0; count < PROCESSES; count += 1) spawnSync('true');
  return (performance.now() - began) / PROCESSES < QUICK_START;
}

const COMMIT = spawnSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).stdout;

/** Where a file stands among its like at this commit. */
function turnOf({ moduleId }: TestSpecification): number {
  return createHash('sha256')
    .update(`${COMMIT}${basename(moduleId)}`)
    .digest()
    .readUInt32BE();
}

export default defineConfig({
  plugins: [shellAsText],
  test: {
    projects: [
      {
        extends: true,
        test: {
          ...{ name: 'together', include: ['test/**/*.test.ts'], exclude: ALONE },
          setupFiles: ['test/support/skip-when-late.ts'],
        },
      },
      { extends: true, test: { name: 'alone', include: ALONE, sequence: { groupOrder: 1 } } },
    ],
    // For what hangs: two cores that others load too make everything slow at times. Where the tests have to be over by some
    // time, a file is given up before that (see give-up-when-over.ts).
    testTimeout: 600_000,
    hookTimeout: 1_200_000,
    // What is waited for comes from processes that share two cores with others.
    expect: { poll: { timeout: 30_000 } },
    // Two cores on the machines this is built on, and every scenario starts processes of its own.
    maxWorkers: 2,
    sequence: { sequencer: InOrder },
  },
});

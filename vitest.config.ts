import { defineConfig, type Plugin } from 'vitest/config';

/** Shell scripts are imported as text, as the build does it. */
const shellAsText: Plugin = {
  name: 'shell-as-text',
  enforce: 'pre',
  transform: (code, id) => (id.endsWith('.sh') ? `export default ${JSON.stringify(code)};` : undefined),
};

/** Keeps both cores busy, so that what ran beside it would be late. */
const ALONE = ['test/scenarios/deploy-sweep.test.ts'];

export default defineConfig({
  plugins: [shellAsText],
  test: {
    projects: [
      { extends: true, test: { name: 'together', include: ['test/**/*.test.ts'], exclude: ALONE } },
      { extends: true, test: { name: 'alone', include: ALONE, sequence: { groupOrder: 1 } } },
    ],
    // For what hangs: two cores that others load too make everything slow at times.
    testTimeout: 600_000,
    hookTimeout: 1_200_000,
    // What is waited for comes from processes that share two cores with others.
    expect: { poll: { timeout: 30_000 } },
    // Two cores on the machines this is built on, and every scenario starts processes of its own.
    maxWorkers: 2,
  },
});

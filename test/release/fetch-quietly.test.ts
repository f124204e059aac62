import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openGit } from '../../src/io/git.ts';
import { fetchQuietly } from '../../src/release/fetch-quietly.ts';

it('an address that cannot be read is told without its password', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tagship-fetch-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const git = openGit(folder, process.env);
  await git.run(['init', '-q']);
  const fetching = fetchQuietly(git, 'http://me:hunter2@127.0.0.1:1/app.git', 'main', '1'.repeat(40));
  const told = JSON.stringify(await fetching.catch((error: unknown) => error));
  expect(told).toContain('http://127.0.0.1:1/app.git cannot be read');
  expect(told).not.toContain('hunter2');
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { isAlive, ownProcess } from '../../src/io/processes.ts';

it('this process is alive', () => {
  expect(isAlive(ownProcess())).toBe(true);
});

it('a process that ended is not', async () => {
  const child = spawn('true');
  const pid = child.pid ?? 0;
  await once(child, 'exit');
  expect(isAlive({ ...ownProcess(), pid })).toBe(false);
});

it.runIf(process.platform === 'linux')('another process that got the same number is not', () => {
  expect(isAlive({ ...ownProcess(), startTime: '1' })).toBe(false);
});

it.runIf(process.platform === 'linux')('nor is one of an earlier boot', () => {
  expect(isAlive({ ...ownProcess(), bootId: 'earlier' })).toBe(false);
});

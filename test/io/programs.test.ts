import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { localPrograms } from '../../src/io/programs.ts';

const programs = localPrograms(tmpdir(), { ...process.env, INHERITED: 'yes', TAKEN: 'no' });
const node = (code: string) => ['-e', code];

it('a program tells its status and both streams, without their last line end', async () => {
  const said = "console.log('out'); console.error('err'); process.exit(3)";
  const result = await programs.run(process.execPath, node(said), { timeout: 60_000 });
  expect(result).toEqual({ exitCode: 3, signal: undefined, stdout: 'out', stderr: 'err' });
});

it('gets what is added to its environment, and not what is taken away', async () => {
  const env = { ADDED: 'too', TAKEN: undefined };
  const shown = 'console.log(process.env.INHERITED, process.env.ADDED, process.env.TAKEN)';
  const result = await programs.run(process.execPath, node(shown), { timeout: 60_000, env });
  expect(result?.stdout).toBe('yes too undefined');
});

it('one that is not there is told, and leaves nothing that keeps this process', async () => {
  const before = process.getActiveResourcesInfo();
  expect(await programs.run('no-such-program', [], { timeout: 60_000 })).toBeUndefined();
  const timers = (resources: readonly string[]) => resources.filter((name) => name === 'Timeout').length;
  expect(timers(process.getActiveResourcesInfo())).toBeLessThanOrEqual(timers(before));
});

it('one that may not be run counts as not there', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tagship-programs-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'gitleaks'), '#!/bin/sh\n', { mode: 0o644 });
  expect(await localPrograms(folder, { PATH: folder }).run('gitleaks', [], { timeout: 60_000 })).toBeUndefined();
});

it.each(['in its time', 'when it is told to'])('one that does not end is ended, %s', async (how) => {
  const timeout = how === 'in its time' ? 200 : 60_000;
  const signal = how === 'in its time' ? {} : { signal: AbortSignal.timeout(200) };
  const result = await programs.run(process.execPath, node('setTimeout(() => {}, 60_000)'), { timeout, ...signal });
  expect(result).toMatchObject({ exitCode: undefined, signal: 'SIGKILL' });
});

it('one that has something to end elsewhere is asked to end, and does so by itself', async () => {
  const said =
    "process.on('SIGTERM', () => { console.log('ended'); process.exit(7); }); setTimeout(() => {}, 60_000); console.log('begun')";
  const stop = new AbortController();
  const options = { timeout: 60_000, endsItself: true, signal: stop.signal, onLine: () => stop.abort() };
  const result = await programs.run(process.execPath, node(said), options);
  expect(result).toMatchObject({ exitCode: 7, stdout: 'begun\nended' });
});

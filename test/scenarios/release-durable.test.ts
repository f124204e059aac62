import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { AppRepository } from '../support/app-repository.ts';
import { hasProgram } from '../support/needs.ts';
import { runProgram, TAGSHIP } from '../support/tagship.ts';

it.runIf(hasProgram('strace', '-V'))('what a release builds on is on disk before the next step', async () => {
  const app = await AppRepository.make();
  const trace = join(app.folder, 'trace');
  const flags = ['-f', '-y', '-qq', '-e', 'trace=fsync,fdatasync,rename,link,execve', '-s', '400', '-o', trace];
  const command = [process.execPath, TAGSHIP, 'release', 'minor', '--yes', '--no-checks'];
  const run = await runProgram('strace', [...flags, ...command], { cwd: app.path });
  expect(run.exitCode, run.stderr).toBe(0);

  const lines = readFileSync(trace, 'utf8').split('\n');
  const synced = lines.flatMap((line) => /f(?:data)?sync\(\d+<([^>]+)>/.exec(line)?.[1] ?? []);
  const count = (pattern: RegExp) => synced.filter((path) => pattern.test(path)).length;
  // Two files, one tree, three commits and a tag.
  expect(count(/\.git\/objects\/[0-9a-f]{2}\/tmp_obj_/)).toBeGreaterThanOrEqual(7);
  for (const ref of ['heads/main', 'heads/develop', 'tags/v0.2.0']) expect(count(new RegExp(`${ref}\\.lock$`))).toBe(1);
  // Its first line, its folder, and a line at the begin and the end of each of three steps and of the whole.
  expect(count(/\.git\/tagship\/release\.jsonl/)).toBeGreaterThanOrEqual(8);
  expect(count(/\.git\/tagship$/)).toBeGreaterThanOrEqual(2);

  const journalBegun = lines.findIndex(
    (line) => /link\([^)]*release\.jsonl"/.test(line) || /linkat?\(.*release\.jsonl"/.test(line),
  );
  const refsMoved = lines.findIndex((line) => /execve\(.*"update-ref"/.test(line));
  expect(journalBegun).toBeGreaterThan(0);
  expect(refsMoved).toBeGreaterThan(journalBegun);
});

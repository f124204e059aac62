import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { withTemporaryFolder } from '../../src/io/temporary-folder.ts';
import { runProgram } from '../support/tagship.ts';

describe('a temporary folder', () => {
  const place = realpathSync(mkdtempSync(join(tmpdir(), 'folders-')));
  beforeAll(() => void vi.stubEnv('TMPDIR', place));
  afterAll(() => {
    vi.unstubAllEnvs();
    rmSync(place, { recursive: true });
  });

  it('is gone after its use, also when that fails', async () => {
    let folder = '';
    const failing = withTemporaryFolder(async (given) => {
      folder = given;
      writeFileSync(join(given, 'file'), '');
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(folder.startsWith(place)).toBe(true);
    expect(existsSync(folder)).toBe(false);
  });

  it('that a killed run left is removed by the next one; that of a live run stays', async () => {
    const dies = await runProgram('sh', ['-c', 'echo $$'], { cwd: place });
    await withTemporaryFolder(async (own) => {
      const abandoned = own.replace(`-${process.pid}-`, `-${dies.stdout.trim()}-`);
      const foreign = own.replace(/tagship-\d+-\d+-/, `tagship-1-${dies.stdout.trim()}-`);
      await runProgram('mkdir', [abandoned, foreign], { cwd: place });
      await withTemporaryFolder(async () => {
        expect(existsSync(abandoned)).toBe(false);
        expect(existsSync(own)).toBe(true);
        expect(existsSync(foreign)).toBe(true);
      });
    });
  });
});

import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { pathWith } from '../../../src/hooks/gates/search-path.ts';
import { findToolchain } from '../../../src/hooks/gates/toolchain.ts';
import { diskFiles } from '../../../src/io/files.ts';

let folder: string;
beforeEach(() => (folder = realpathSync(mkdtempSync(join(tmpdir(), 'tagship-sdk-')))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it.each(['sdk', 'my;sdk', 'my sdk'])('an SDK on PATH is found in %s, and its tools are put first', async (name) => {
  const bin = join(folder, name, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'dart'), '');
  chmodSync(join(bin, 'dart'), 0o755);
  const environment = { PATH: `/no;where:${bin}:/usr/bin` };
  const ports = { files: diskFiles, environment, root: folder, commonDir: folder, platform: 'linux' } as const;
  expect(await findToolchain(ports, 'dart', undefined, '')).toMatchObject({ bin });
  expect(pathWith(environment, 'linux', bin)).toEqual({ PATH: `${bin}:/no;where:${bin}:/usr/bin` });
});

it('on Windows PATH is written as it is there', () => {
  expect(pathWith({ Path: 'C:\\a;D:\\b' }, 'win32', 'C:/sdk/bin')).toEqual({ Path: 'C:/sdk/bin;C:\\a;D:\\b' });
  expect(pathWith({}, 'win32', 'C:/sdk/bin')).toEqual({ PATH: 'C:/sdk/bin' });
});

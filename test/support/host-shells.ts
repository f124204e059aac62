import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { hasProgram } from './needs.ts';

/** A shell that hosts have, with what stands beside it there. */
export interface HostShell {
  readonly name: string;
  /** Where a plain `sh`, and every other program, is found. */
  readonly path: string;
}

const OWN: HostShell = { name: 'sh of this machine', path: process.env.PATH ?? '' };

/** That of this machine, and where there is one BusyBox in place of it and of every program that it brings. */
export function hostShells(): readonly [HostShell, ...HostShell[]] {
  if (!hasProgram('busybox', 'true')) return [OWN];
  const folder = mkdtempSync(join(tmpdir(), 'tagship-busybox-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const [busybox = ''] = spawnSync('sh', ['-c', 'command -v busybox'], { encoding: 'utf8' }).stdout.split('\n');
  const { stdout } = spawnSync('busybox', ['--list'], { encoding: 'utf8' });
  for (const applet of stdout.split('\n').filter((name) => name !== '')) symlinkSync(busybox, join(folder, applet));
  return [OWN, { name: 'BusyBox', path: `${folder}:${OWN.path}` }];
}

/** Runs shell with words after it; what it said is bytes. */
export function runShell(
  { path }: HostShell,
  script: string,
  { words = [], input = '', env = {}, cwd = '/' }: ShellOptions = {},
): { readonly status: number | null; readonly stdout: Buffer; readonly stderr: string } {
  // By its name there, whichever stands first on the way.
  const { status, stdout, stderr } = spawnSync('env', ['sh', '-c', script, 'sh', ...words], {
    cwd,
    input,
    env: { ...process.env, ...env, PATH: path },
  });
  return { status, stdout, stderr: stderr.toString() };
}

export interface ShellOptions {
  readonly words?: readonly string[];
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

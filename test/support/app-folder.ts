import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { type HostShell, runShell } from './host-shells.ts';

const STEPS = fileURLToPath(new URL('../../src/deploy/host/steps', import.meta.url));
/** What all stand on comes first, and what puts another `compose` in place last, as a run has them. */
const OTHERS = readdirSync(STEPS).filter((name) => name !== 'common.sh' && name !== 'unit.sh');
const SOURCES = ['common.sh', ...OTHERS, 'unit.sh'].map((name) => `. '${STEPS}/${name}'`);

/** An app directory, a clone, with the functions of the steps as a run `r` has them. */
export class AppFolder {
  constructor(
    files: Readonly<Record<string, string>> = {},
    readonly folder = mkdtempSync(join(tmpdir(), "tagship it's an \\napp-")),
  ) {
    mkdirSync(folder, { recursive: true });
    onTestFinished(() => this.dispose());
    this.git('init', '-q', '-b', 'main');
    this.write('.git/tagship/runs/r/umask', '0022\n');
    for (const [path, content] of Object.entries(files)) this.write(path, content);
  }

  /** For a property, which makes many. */
  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  write(path: string, content: string | Uint8Array): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), content);
  }

  bytes(path: string): Buffer {
    return readFileSync(join(this.folder, path));
  }

  read(path: string): string {
    return this.bytes(path).toString();
  }

  git(...args: string[]): string {
    const identity = ['-c', 'user.name=T', '-c', 'user.email=t@example.com'];
    const { status, stdout, stderr } = spawnSync('git', [...identity, ...args], { cwd: this.folder });
    if (status !== 0) throw new Error(stderr.toString());
    return stdout.toString().trim();
  }

  /** A commit of all that is there, but for what is ignored. */
  commit(): string {
    this.git('add', '-A');
    this.git('commit', '-q', '--allow-empty', '-m', 'c');
    return this.git('rev-parse', 'HEAD');
  }

  /** What the script said. */
  run(shell: HostShell, script: string, ...words: readonly string[]): string {
    const result = this.tryRun(shell, script, ...words);
    if (result.status !== 0) throw new Error(`${result.stdout}${result.stderr}`);
    return result.stdout.toString();
  }

  tryRun(shell: HostShell, script: string, ...words: readonly string[]) {
    const env = { TAGSHIP_RUN: join(this.folder, '.git/tagship/runs/r') };
    const text = ['release=new compose_named=', ...SOURCES, script].join('\n');
    return runShell(shell, text, { words, env, cwd: this.folder });
  }
}

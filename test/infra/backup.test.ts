import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hasProgram } from '../support/needs.ts';
import { programsWithout } from '../support/programs-without.ts';
import { type Finished, runProgram } from '../support/tagship.ts';

const SCRIPTS = fileURLToPath(new URL('../../deployment-module/roles/backup/files', import.meta.url));
const DAY = 86_400;
/** A Thursday, 2 o'clock UTC. */
const START = Date.UTC(2025, 0, 9, 2) / 1000;

/** The scripts of the role, with settings of their own, on this machine. */
class Saved {
  readonly root = mkdtempSync(join(tmpdir(), 'tagship-backup-'));
  readonly app = join(this.root, 'app');
  readonly backups = join(this.root, 'backups');
  private readonly settings = join(this.root, 'backup.conf');

  /** @param path where programs are found */
  constructor(readonly path: string) {
    mkdirSync(join(this.app, 'data'), { recursive: true });
    this.configure({});
  }

  configure({ reserve = 1, backups = this.backups, offsite = '/nowhere', paths = [this.app] }): void {
    writeFileSync(
      this.settings,
      `APP_HOME='${this.app}' APP_USER=root PROJECT='${this.root.replace(/\W/g, '').toLowerCase()}' BACKUPS='${backups}'
      PREFIX=board_backup KEEP_DAILY=7 KEEP_WEEKLY=28 KEEP_MONTHLY=90 RESERVE_MB=${reserve} OFFSITE_ENVIRONMENT='${offsite}'
      BACKUP_PATHS=(${paths.map((path) => `'${path}'`).join(' ')})`,
    );
  }

  backup(...words: string[]): Promise<Finished> {
    return this.run('backup.sh', words);
  }

  backupAt(seconds: number, tier: string): Promise<Finished> {
    return this.run('backup.sh', [tier], { BACKUP_NOW: String(seconds), TZ: 'UTC' });
  }

  restore(...words: string[]): Promise<Finished> {
    return this.run('restore.sh', words);
  }

  /** Everything below the application, with modes, targets of links and a checksum of each file. */
  content(): string {
    // A copy by SQLite holds the same rows, and another count of changes in its head.
    const script = `cd '${this.app}' && find . -printf '%p %y %m %l\\n' | sort; find . -type f ! -name '*.grist' -print0 | sort -z | xargs -0 -r sha256sum
      for file in data/*.grist; do [ ! -e "$file" ] || sqlite3 "$file" .dump; done`;
    return execFileSync('bash', ['-c', script], { encoding: 'utf8' });
  }

  archives(tier: string): string[] {
    return readdirSync(join(this.backups, tier))
      .filter((name) => name.endsWith('.tar.gz'))
      .sort();
  }

  get environment() {
    return { BACKUP_CONF: this.settings, PATH: this.path };
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  private run(script: string, words: readonly string[], env: Record<string, string> = {}): Promise<Finished> {
    return runProgram(join(SCRIPTS, script), words, { cwd: '/', env: { ...this.environment, ...env } });
  }
}

const canRun = process.getuid?.() === 0 && ['sqlite3', 'rsync'].every((name) => hasProgram(name, '--version'));

describe.skipIf(!canRun)('backup.sh and restore.sh', () => {
  let saved: Saved;
  let programs: string;
  beforeAll(() => {
    programs = mkdtempSync(join(tmpdir(), 'tagship-backup-programs-'));
    // An engine of this machine that is set up and does not run would be refused. Volumes are saved in scenarios.
    programsWithout(['docker'], join(programs, 'bin'));
  });
  afterAll(() => rmSync(programs, { recursive: true }));
  beforeEach(() => {
    saved = new Saved(join(programs, 'bin'));
    writeFileSync(join(saved.app, 'docker.env'), 'SECRET=1\n', { mode: 0o600 });
    writeFileSync(join(saved.app, "data/it's $(touch owned)\n.txt"), 'odd name');
    symlinkSync('../docker.env', join(saved.app, 'data/link'));
  });
  afterEach(() => saved.remove());

  const sqlite = (words: string, file = join(saved.app, 'data/doc.grist')) =>
    execFileSync('sqlite3', [file, words], { encoding: 'utf8' }).trim();

  it('brings back every byte of what was wiped', async () => {
    sqlite('PRAGMA journal_mode=DELETE; CREATE TABLE t (x); INSERT INTO t VALUES (1), (2);');
    const before = saved.content();
    const made = await saved.backup('daily');
    expect(made, made.stderr).toMatchObject({ exitCode: 0 });
    rmSync(saved.app, { recursive: true });
    const restored = await saved.restore('--latest', '--yes');
    expect(restored, restored.stderr).toMatchObject({ exitCode: 0 });
    expect(saved.content()).toBe(before);
    expect(existsSync('/owned')).toBe(false);
  });

  it('copies a database whole while it is written to', async () => {
    sqlite('PRAGMA journal_mode=WAL; CREATE TABLE a (x); CREATE TABLE b (x);');
    const writer = spawn('sqlite3', ['-cmd', '.timeout 9000', join(saved.app, 'data/doc.grist')], { stdio: 'pipe' });
    writer.stdin.on('error', () => {});
    const writing = new Promise((done) => writer.on('close', done));
    for (let n = 0; n < 20_000; n += 1) {
      writer.stdin.write(`BEGIN; INSERT INTO a VALUES (${n}); INSERT INTO b VALUES (${n}); COMMIT;\n`);
    }
    await expect
      .poll(() => Number(sqlite('PRAGMA busy_timeout=9000; SELECT count(*) FROM a').split('\n').at(-1)))
      .toBeGreaterThan(10);
    const made = await saved.backup('daily');
    writer.kill('SIGKILL');
    await writing;
    expect(made, made.stderr).toMatchObject({ exitCode: 0 });
    rmSync(saved.app, { recursive: true });
    expect(await saved.restore('--latest', '--yes')).toMatchObject({ exitCode: 0 });
    const [rows, same] = sqlite(
      'SELECT count(*) FROM a; SELECT (SELECT count(*) FROM a) = (SELECT count(*) FROM b)',
    ).split('\n');
    expect(Number(rows)).toBeGreaterThan(10);
    expect(same).toBe('1');
    expect(sqlite('PRAGMA integrity_check')).toBe('ok');
  });

  it('saves what is there before it replaces it, and that can be brought back, too', async () => {
    await saved.backup('daily');
    writeFileSync(join(saved.app, 'data/newer'), 'made since');
    const newer = saved.content();
    await saved.restore('--latest', '--yes');
    expect(existsSync(join(saved.app, 'data/newer'))).toBe(false);
    const [kept = ''] = saved.archives('before_restore');
    expect(await saved.restore(kept, '--yes')).toMatchObject({ exitCode: 0 });
    expect(saved.content()).toBe(newer);
  });

  it('refuses a broken archive, names it, and changes nothing', async () => {
    await saved.backup('daily');
    const [name = ''] = saved.archives('daily');
    const bytes = readFileSync(join(saved.backups, 'daily', name));
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    writeFileSync(join(saved.backups, 'daily', name), bytes);
    const before = saved.content();
    expect(await saved.restore(name, '--yes')).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('not those that were written'),
    });
    expect(saved.content()).toBe(before);
    expect(await saved.backup('verify')).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining(`✘ ${join(saved.backups, 'daily', name)}`),
    });
    expect(await saved.backup('stats')).toMatchObject({ exitCode: 1 });
  });

  it('proves a backup without touching anything', async () => {
    await saved.backup('daily');
    const [name = ''] = saved.archives('daily');
    expect(await saved.restore('--check', name)).toMatchObject({ exitCode: 0, stdout: '' });
    expect(saved.archives('daily')).toEqual([name]);
    expect(existsSync(join(saved.backups, 'before_restore'))).toBe(false);
    rmSync(join(saved.backups, 'daily', `${name}.sha256`));
    expect(await saved.restore('--check', name)).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('checksum'),
    });
    expect(await saved.restore('--check')).toMatchObject({ exitCode: 2 });
  });

  it('tells of a backup whether the clone is in it', async () => {
    mkdirSync(join(saved.app, '.git'));
    writeFileSync(join(saved.app, '.git/HEAD'), 'ref: refs/heads/main\n');
    await saved.backup('daily');
    const [name = ''] = saved.archives('daily');
    expect(await saved.restore('--check', name)).toMatchObject({ exitCode: 0, stdout: `brings back ${saved.app}\n` });
  });

  it('leaves the record of deployments alone when a deployment has it restore, and not when a person does', async () => {
    const state = join(saved.app, '.git/tagship');
    mkdirSync(state, { recursive: true });
    writeFileSync(join(state, 'lock'), '');
    writeFileSync(join(state, 'history.jsonl'), 'old');
    await saved.backup('daily');
    writeFileSync(join(state, 'history.jsonl'), 'new');
    const held = ['-n', join(state, 'lock'), join(SCRIPTS, 'restore.sh'), '--latest', '--yes'];
    const asked = await runProgram('flock', held, { cwd: '/', env: saved.environment });
    expect(asked, asked.stderr).toMatchObject({ exitCode: 0 });
    expect(readFileSync(join(state, 'history.jsonl'), 'utf8')).toBe('new');
    // What is saved first is named by the second.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(await saved.restore('--latest', '--yes')).toMatchObject({ exitCode: 0 });
    expect(readFileSync(join(state, 'history.jsonl'), 'utf8')).toBe('old');
  });

  it('asks before it replaces anything, and without a terminal refuses', async () => {
    await saved.backup('daily');
    expect(await saved.restore('--latest')).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('--yes') });
    expect(await saved.restore()).toMatchObject({ exitCode: 2 });
    expect(await saved.backup('hourly')).toMatchObject({ exitCode: 2 });
  });

  it('lets one run at a time', async () => {
    mkdirSync(saved.backups);
    const holder = spawn('flock', [join(saved.backups, '.lock'), 'cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
    holder.stdin.write('held\n');
    await new Promise((done) => holder.stdout.once('data', done));
    expect(await saved.backup('daily')).toMatchObject({ exitCode: 7 });
    const waiting = saved.backup('daily', '--wait');
    holder.stdin.end();
    expect(await waiting).toMatchObject({ exitCode: 0 });
  });

  it('refuses when the disk is short, and leaves no half archive', async () => {
    const small = join(saved.root, 'small');
    mkdirSync(small);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', small]);
    try {
      saved.configure({ backups: small });
      writeFileSync(join(saved.app, 'data/large'), Buffer.alloc(3_000_000, 1));
      expect(await saved.backup('daily')).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('MB free') });
      // The archive itself meets the end of the disk, as it was measured too well.
      saved.configure({ backups: small, reserve: -100 });
      writeFileSync(join(saved.app, 'data/large'), randomBytes(3_000_000));
      expect(await saved.backup('daily')).toMatchObject({ exitCode: 1 });
      expect(readdirSync(join(small, 'daily'))).toEqual([]);
      // As does the second copy of a database.
      rmSync(join(saved.app, 'data/large'));
      sqlite('CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(1200000));');
      expect(await saved.backup('daily')).toMatchObject({ exitCode: 1 });
      expect(readdirSync(small).sort()).toEqual(['.lock', 'daily']);
    } finally {
      execFileSync('umount', [small]);
    }
  });

  it('refuses when there is no room to unpack beside what a restore saved, and leaves nothing behind', async () => {
    const small = join(saved.root, 'small');
    mkdirSync(small);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=10m', 'tmpfs', small]);
    try {
      saved.configure({ backups: small });
      writeFileSync(join(saved.app, 'data/large'), randomBytes(2_500_000));
      expect(await saved.backup('daily')).toMatchObject({ exitCode: 0 });
      writeFileSync(join(saved.app, 'data/large'), randomBytes(6_000_000));
      const before = saved.content();
      expect(await saved.restore('--latest', '--yes')).toMatchObject({
        exitCode: 3,
        stderr: expect.stringContaining('cannot be unpacked'),
      });
      expect(saved.content()).toBe(before);
      expect(existsSync(join(small, '.restore'))).toBe(false);
    } finally {
      execFileSync('umount', [small]);
    }
  });

  it('loses nothing when a restore is killed: it is dropped before anything was touched, and finished after', async () => {
    writeFileSync(join(saved.app, 'data/large'), randomBytes(20_000_000));
    await saved.backup('daily');
    const archived = saved.content();
    for (const state of ['unpacking', 'ready']) {
      writeFileSync(join(saved.app, 'data/large'), randomBytes(20_000_000));
      chmodSync(join(saved.app, 'docker.env'), 0o640);
      const present = saved.content();
      const child = spawn(join(SCRIPTS, 'restore.sh'), ['--latest', '--yes'], {
        env: { ...process.env, ...saved.environment },
        detached: true,
      });
      const closed = new Promise((done) => child.on('close', done));
      await reaches(join(saved.backups, '.restore/state'), state);
      process.kill(-(child.pid ?? 0), 'SIGKILL');
      await closed;
      expect(await saved.restore('--recover')).toMatchObject({ exitCode: 0 });
      expect([archived, ...(state === 'unpacking' ? [present] : [])]).toContain(saved.content());
      expect(existsSync(join(saved.backups, '.restore'))).toBe(false);
    }
  });

  it('does not call a restore finished that cannot be written, and finishes it once it can', async () => {
    writeFileSync(join(saved.app, 'data/large'), randomBytes(3_000_000));
    await saved.backup('daily');
    const archived = saved.content();
    writeFileSync(join(saved.app, 'data/large'), 'newer');
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', saved.app]);
    try {
      for (const words of [['--latest', '--yes'], ['--recover']]) {
        expect(await saved.restore(...words)).toMatchObject({
          exitCode: 1,
          stderr: expect.stringMatching(/No space left.*--recover/s),
        });
      }
    } finally {
      execFileSync('umount', [saved.app]);
    }
    expect(await saved.backup('daily')).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('--recover') });
    expect(await saved.restore('--recover')).toMatchObject({ exitCode: 0 });
    expect(saved.content()).toBe(archived);
  });

  it('brings a sound database back over a broken one, and keeps that as it was', async () => {
    sqlite('CREATE TABLE t (x); INSERT INTO t VALUES (1);');
    await saved.backup('daily');
    const broken = Buffer.concat([Buffer.from('SQLite format 3\0'), randomBytes(4_000)]);
    writeFileSync(join(saved.app, 'data/doc.grist'), broken);
    expect(await saved.backup('weekly')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/no sound SQLite database/),
    });
    const restored = await saved.restore(saved.archives('daily')[0] ?? '', '--yes');
    expect(restored, restored.stderr).toMatchObject({ exitCode: 0 });
    expect(sqlite('SELECT x FROM t')).toBe('1');
    expect(await saved.restore(saved.archives('before_restore')[0] ?? '', '--yes')).toMatchObject({ exitCode: 0 });
    expect(readFileSync(join(saved.app, 'data/doc.grist')).equals(broken)).toBe(true);
  });

  it('tells that the copy elsewhere failed, although what restic does after it went well', async () => {
    // A stand-in: what is asked is whether its status is heard.
    const folder = join(saved.root, 'bin');
    mkdirSync(folder);
    writeFileSync(join(folder, 'restic'), '#!/bin/sh\ncase " $* " in *" backup "*) exit 1 ;; esac\n', { mode: 0o755 });
    writeFileSync(join(saved.root, 'offsite.env'), `PATH='${folder}':$PATH\n`);
    saved.configure({ offsite: join(saved.root, 'offsite.env') });
    expect(await saved.backup('daily')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('could not be copied off-site'),
    });
    expect(saved.archives('daily')).toHaveLength(1);
  });

  it('saves what is in a folder that is a link to another disk, and brings it back there', async () => {
    const disk = join(saved.root, 'disk');
    sqlite('CREATE TABLE t (x); INSERT INTO t VALUES (1);');
    renameSync(saved.app, disk);
    symlinkSync(disk, saved.app);
    const before = saved.content();
    expect(await saved.backup('daily')).toMatchObject({ exitCode: 0 });
    rmSync(disk, { recursive: true });
    mkdirSync(disk);
    expect(await saved.restore('--latest', '--yes')).toMatchObject({ exitCode: 0 });
    expect(saved.content()).toBe(before);
    expect(readlinkSync(saved.app)).toBe(disk);
  });

  it('refuses to keep backups in a folder that a restore replaces', async () => {
    saved.configure({ backups: join(saved.app, 'backups') });
    const before = saved.content();
    for (const refused of [await saved.backup('daily'), await saved.restore('--latest', '--yes')])
      expect(refused).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('backup_base_dir') });
    expect(saved.content()).toBe(before);
  });

  it('takes a name alone for one of its own backups, whatever lies where it is typed', async () => {
    await saved.backup('daily');
    const [name = ''] = saved.archives('daily');
    const elsewhere = join(saved.root, 'elsewhere');
    cpSync(join(saved.backups, 'daily'), elsewhere, { recursive: true });
    rmSync(join(saved.backups, 'daily'), { recursive: true });
    const typed = (...words: string[]) =>
      runProgram(join(SCRIPTS, 'restore.sh'), words, { cwd: elsewhere, env: saved.environment });
    expect(await typed(name, '--yes')).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('no backup') });
    expect(await typed(`./${name}`, '--yes')).toMatchObject({ exitCode: 0 });
  });

  it('reads no program out of an archive', async () => {
    const forged = join(saved.root, 'forged');
    mkdirSync(join(forged, '.backup'), { recursive: true });
    writeFileSync(join(forged, '.backup/kilobytes'), `a[$(touch ${saved.root}/ran)]\n`);
    execFileSync(
      'sh',
      ['-c', 'tar -czf ../forged.tar.gz .backup; cd ..; sha256sum forged.tar.gz >forged.tar.gz.sha256'],
      {
        cwd: forged,
      },
    );
    expect(await saved.restore(join(saved.root, 'forged.tar.gz'), '--yes')).toMatchObject({ exitCode: 3 });
    expect(existsSync(join(saved.root, 'ran'))).toBe(false);
  });

  it('refuses an archive with a path that leads out of it, however much follows', async () => {
    const forge = [
      ...[
        'mkdir .backup',
        'echo 1 >.backup/kilobytes',
        'touch out',
        'mkdir in',
        'seq -f in/file-with-a-name-%06g 6000 | xargs touch',
      ],
      `tar -czf ../out.tar.gz -P --transform='s,^out$,../../out,' out .backup in`,
      'cd ..; sha256sum out.tar.gz >out.tar.gz.sha256',
    ].join(' && ');
    const folder = join(saved.root, 'leads-out');
    mkdirSync(folder);
    await runProgram('bash', ['-c', forge], { cwd: folder, env: process.env });
    expect(await saved.restore('--check', join(saved.root, 'out.tar.gz'))).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('holds paths that lead elsewhere'),
    });
  });

  it('is not put off by files that are deleted while it measures', async () => {
    // A stand-in: du as it ends when one was.
    const folder = join(saved.root, 'bin');
    mkdirSync(folder);
    writeFileSync(join(folder, 'du'), '#!/bin/sh\n/usr/bin/du "$@"\nexit 1\n', { mode: 0o755 });
    const env = { ...saved.environment, PATH: `${folder}:${saved.path}` };
    const made = await runProgram(join(SCRIPTS, 'backup.sh'), ['daily'], { cwd: '/', env });
    expect(made, made.stderr).toMatchObject({ exitCode: 0 });
  });

  it('replaces nothing that could not be saved before, although the application is gone', async () => {
    const further = join(saved.root, 'further');
    const small = join(saved.root, 'small');
    for (const folder of [further, small]) mkdirSync(folder);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', small]);
    try {
      saved.configure({ backups: small, paths: [saved.app, further] });
      expect(await saved.backup('daily')).toMatchObject({ exitCode: 0 });
      rmSync(saved.app, { recursive: true });
      writeFileSync(join(further, 'newer'), randomBytes(9_000_000));
      expect(await saved.restore('--latest', '--yes')).toMatchObject({
        exitCode: 3,
        stderr: expect.stringContaining('could not be saved'),
      });
      expect(existsSync(join(further, 'newer'))).toBe(true);
    } finally {
      execFileSync('umount', [small]);
    }
  });

  it('keeps 7 days of daily, 28 of weekly and 90 of monthly backups', async () => {
    // Every day for real takes minutes; else all but the last are only names.
    const real = process.env.SWEEP === 'all';
    for (let day = 0; day < 120; day += 1) {
      const at = START + day * DAY;
      const date = new Date(at * 1000);
      const tiers = [
        'daily',
        ...(date.getUTCDay() === 0 ? ['weekly'] : []),
        ...(date.getUTCDate() === 1 ? ['monthly'] : []),
      ];
      for (const tier of tiers) {
        // A night's backup begins some seconds early or late.
        const jittered = at + ((day * 37) % 290);
        if (real) expect(await saved.backupAt(jittered, tier)).toMatchObject({ exitCode: 0 });
        else {
          mkdirSync(join(saved.backups, tier), { recursive: true });
          const stamp = new Date(jittered * 1000).toISOString().replace(/[-:]/g, '').replace('T', '_').slice(0, 15);
          writeFileSync(join(saved.backups, tier, `board_backup_${tier}_${stamp}.tar.gz`), '');
        }
      }
    }
    const end = START + 120 * DAY;
    for (const tier of ['daily', 'weekly', 'monthly'])
      expect(await saved.backupAt(end, tier)).toMatchObject({ exitCode: 0 });
    const days = (tier: string) => saved.archives(tier).map((name) => /_(\d{8})_/.exec(name)?.[1]);
    expect(days('daily')).toEqual(['20250503', '20250504', '20250505', '20250506', '20250507', '20250508', '20250509']);
    expect(days('weekly')).toEqual(['20250413', '20250420', '20250427', '20250504', '20250509']);
    expect(days('monthly')).toEqual(['20250301', '20250401', '20250501', '20250509']);
  });
});

async function reaches(file: string, state: string): Promise<void> {
  const said = () => {
    try {
      return readFileSync(file, 'utf8').trim();
    } catch {
      return '';
    }
  };
  for (const deadline = Date.now() + 20_000; said() !== state; await new Promise((done) => setTimeout(done, 1))) {
    if (Date.now() > deadline) throw new Error(`${file} never said ${state}`);
  }
}

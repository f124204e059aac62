import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AppFolder } from '../support/app-folder.ts';
import { hostShells } from '../support/host-shells.ts';
import { hostilePaths, hostileText } from '../support/hostile.ts';

type Four<T> = readonly [T, T, T, T];

/** A clone at a commit with the file `app` alone, and the id of one that has the files named as well, each with its name in it. */
function clone(names: readonly string[]): { app: AppFolder; release: string } {
  const app = new AppFolder({ app: 'old' });
  app.commit();
  for (const name of names) app.write(name, `of the release: ${name}`);
  const release = app.commit();
  app.git('checkout', '-q', 'HEAD~');
  return { app, release };
}

it('files that only the host has are linked a folder at a time, however many there are', () => {
  const app = new AppFolder({ 'uploads/.gitkeep': '' });
  const head = app.commit();
  for (let number = 0; number < 200; number += 1) app.write(`uploads/${number}`, '');
  app.write(
    '.git/bin/ln',
    '#!/bin/sh\ncase $* in */uploads/*) echo >>"$(dirname "$0")/calls" ;; esac\nPATH=${PATH#*:} exec ln "$@"\n',
  );
  chmodSync(join(app.folder, '.git/bin/ln'), 0o755);
  app.run({ name: 'counted', path: `${app.folder}/.git/bin:${process.env.PATH}` }, 'export_tree "$1"', head);
  const tree = join(app.folder, '.git/tagship/runs/r/scratch/around', app.folder);
  expect(readdirSync(join(tree, 'uploads'))).toHaveLength(201);
  expect(app.read('.git/bin/calls')).toBe('\n');
});

describe.each(hostShells().map((shell) => [shell.name, shell] as const))(
  'files of a release, with %s,',
  (_name, shell) => {
    it('are laid out, found in the way, kept and cleared away, whatever they are called', () => {
      const paths = hostilePaths(hostileText, 4) as unknown as fc.Arbitrary<Four<string>>;
      fc.assert(
        fc.property(paths, fc.boolean(), (names, isIgnored) => {
          const { app, release } = clone(names);
          const [here, whole, half, other] = names;
          const tree = `.git/tagship/runs/r/scratch/around${app.folder}`;
          app.run(shell, 'export_tree "$1"', release);
          expect(names.map((name) => app.read(`${tree}/${name}`))).toEqual(
            names.map((name) => `of the release: ${name}`),
          );

          if (isIgnored) app.write('.git/info/exclude', '*\n');
          app.write(here, 'ours');
          expect(app.tryRun(shell, 'check_room "$1"', release)).toMatchObject({ status: 1 });
          app.run(shell, 'export_tree "$1"', app.git('rev-parse', 'HEAD'));
          expect(app.read(`${tree}/${here}`)).toBe('ours');

          app.run(shell, 'set_aside_untracked "$1"', release);
          expect(app.read(`.git/tagship/set-aside/r/${here}`)).toBe('ours');
          expect(existsSync(join(app.folder, here))).toBe(false);
          expect(app.tryRun(shell, 'check_room "$1"', release)).toMatchObject({ status: 0 });

          app.write(whole, `of the release: ${whole}`);
          app.write(half, 'of the rel');
          app.write(other, 'theirs');
          app.run(shell, 'remove_half_checkout "$1"', release);
          expect([whole, half, other].map((name) => existsSync(join(app.folder, name)))).toEqual([false, false, true]);
          expect(readdirSync(app.folder)).not.toContain('owned');
          app.dispose();
        }),
        {
          numRuns: 12,
          examples: [
            [['-f', '-rf', '--', '-'], true],
            [['\n', 'a\n/b', 'a\t', '\n\n'], true],
          ],
        },
      );
    });

    it('that git does not have are linked where the release brings their folder, and where it gave that up', () => {
      const app = new AppFolder({ app: 'old', 'given-up/tracked': '' });
      const old = app.commit();
      rmSync(join(app.folder, 'given-up'), { recursive: true });
      app.write('-brought/.deep/tracked', 'of the release');
      const release = app.commit();
      app.git('checkout', '-q', old);
      const ours = ['given-up/a.env', '-brought/b.env', '-brought/.hidden', '-brought/.deep/c.env', '-brought/-all/d'];
      for (const name of ours) app.write(name, `ours: ${name}`);
      app.run(shell, 'export_tree "$1"', release);
      const tree = `.git/tagship/runs/r/scratch/around${app.folder}`;
      expect(ours.map((name) => app.read(`${tree}/${name}`))).toEqual(ours.map((name) => `ours: ${name}`));
      expect(app.read(`${tree}/-brought/.deep/tracked`)).toBe('of the release');
    });

    it('find what they name by ".." beside the app directory, and further up, whatever it is called', () => {
      const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tagship-around-')));
      onTestFinished(() => rmSync(folder, { recursive: true }));
      const names = ['shared.env', '.hidden', '-dash', "it's $(here)", 'new\nline'];
      for (const name of names) writeFileSync(join(folder, name), name);
      const app = new AppFolder(
        { 'docker-compose.yml': 'services: { web: { env_file: ../x } }\n' },
        join(folder, 'apps/app'),
      );
      writeFileSync(join(folder, 'apps/near.env'), 'near');
      const tree = `${app.folder}/.git/tagship/runs/r/scratch/around${app.folder}`;
      app.run(shell, 'export_tree "$1"', app.commit());
      const found = [...names.map((name) => `../../${name}`), '../near.env'].map((path) => join(tree, path));
      expect(found.map((path) => readFileSync(path, 'utf8'))).toEqual([...names, 'near']);
      expect(readdirSync(join(tree, '..')).toSorted()).toEqual(['app', 'near.env']);
      expect(lstatSync(tree).isSymbolicLink()).toBe(false);
      app.write('docker-compose.yml', 'services: { web: { image: x } }\n');
      app.run(shell, 'export_tree "$1"', app.commit());
      expect(readdirSync(join(tree, '..'))).toEqual(['app']);
    });

    it('are not linked to behind a link that leads out of it', () => {
      const { app } = clone([]);
      const elsewhere = mkdtempSync(join(tmpdir(), 'tagship-elsewhere-'));
      onTestFinished(() => rmSync(elsewhere, { recursive: true }));
      app.write('data/tracked', '');
      const old = app.commit();
      rmSync(join(app.folder, 'data'), { recursive: true });
      symlinkSync(elsewhere, join(app.folder, 'data'));
      const release = app.commit();
      app.git('checkout', '-q', old);
      app.write('data/rows', 'ours');
      app.write('-beside/rows', 'ours');
      app.run(shell, 'export_tree "$1"', release);
      expect(readdirSync(elsewhere)).toEqual([]);
      const tree = join(app.folder, '.git/tagship/runs/r/scratch/around', app.folder);
      expect(readlinkSync(join(tree, '-beside'))).toBe(join(app.folder, '-beside'));
    });

    it('are seen to have changed under a container, whatever they are called', () => {
      const paths = hostilePaths(
        hostileText.map((text) => text.replaceAll('\n', '')),
        4,
      );
      fc.assert(
        fc.property(paths, (names) => {
          const { app, release } = clone(names);
          const script = 'list_changed_files "$1"';
          expect(app.run(shell, script, release).split('\n')).toEqual(
            expect.arrayContaining(names.map((name) => `${app.folder}/${name}`)),
          );
          app.dispose();
        }),
        { numRuns: 6 },
      );
    });
  },
);

import { describe, expect, it } from 'vitest';
import {
  callsTagship,
  type HookName,
  withTagship as inBytes,
  isListLost,
} from '../../../src/hooks/install/hook-file.ts';

const withTagship = (present: string | undefined, name: HookName, folder: string) =>
  inBytes(present === undefined ? undefined : Buffer.from(present, 'latin1'), name, folder)?.toString('latin1');

/** What stands before the line that runs a script. */
const test = (script: string, place = 'node_modules/tagship', where = '') =>
  Buffer.from(
    `[ -f ${script} ] || { printf '%s\\n' '✘ tagship is not in ${place}, so nothing can be judged' '  next: npm install${where}, then the same command again' >&2; exit 3; }\n`,
  ).toString('latin1');
const installed = (name: string) => `./node_modules/tagship/dist/${name}.sh`;

/** As it was written before it was looked whether the script is there. */
const BARE = '. ./node_modules/tagship/dist/pre-push.sh\n';
const OWN = `${test(installed('pre-push'))}. ./node_modules/tagship/dist/pre-push.sh\n`;
/** As it was written, where others follow, before the one script did for both. */
const SHARED = `${test(installed('pre-push-shared'))}. ./node_modules/tagship/dist/pre-push-shared.sh\n`;
/** As it was written before others were told what is pushed, too. */
const OLD = 'sh ./node_modules/tagship/dist/pre-push.sh "$@"\n';

describe("tagship's line in a hook", () => {
  it('is all there is in a hook that was not there', () => {
    expect(withTagship(undefined, 'pre-push', '')).toBe(OWN);
    expect(withTagship('\n', 'pre-push', '')).toBe(OWN);
  });

  it('says where tagship is when package.json is below the root', () => {
    const main = 'tagship_main=app/node_modules/tagship/dist/main.js';
    const before = test('./app/node_modules/tagship/dist/pre-commit.sh', 'app/node_modules/tagship', ' (in app)');
    expect(withTagship(undefined, 'pre-commit', 'app')).toBe(
      `${before}${main}; . ./app/node_modules/tagship/dist/pre-commit.sh\n`,
    );
  });

  it('is quoted when the folder is called so', () => {
    expect(withTagship(undefined, 'pre-commit', "it's")).toContain(
      "'./it'\\''s/node_modules/tagship/dist/pre-commit.sh'",
    );
  });

  it('is put before what is there, which stays and runs after it', () => {
    expect(withTagship('npm test\n', 'pre-commit', '')).toBe(`${OWN.replaceAll('pre-push', 'pre-commit')}npm test\n`);
    expect(withTagship('#!/bin/sh\nnpm test', 'pre-push', '')).toBe(`#!/bin/sh\n${OWN}npm test`);
  });

  it('leaves what is there byte for byte, in whatever encoding', () =>
    expect(withTagship('#!/bin/sh\r\n# gr\xfc\xdfe\nnpm test\n', 'pre-push', '')).toContain(
      '# gr\xfc\xdfe\nnpm test\n',
    ));

  it('is added once', () => {
    for (const present of [
      OWN,
      SHARED,
      withTagship('npm test\n', 'pre-push', '') ?? '',
      'npx tagship hook pre-push "$@"\n',
    ]) {
      expect(withTagship(present, 'pre-push', '')).toBeUndefined();
    }
  });

  it.each([
    ['behind another command', `git lfs pre-push "$@"\n${OLD}`],
    ['behind settings and another command', `set -e\ngit lfs pre-push "$@"\nnpx tagship hook pre-push "$@"\n`],
    ['before another command that would be told nothing', `${OLD}git lfs pre-push "$@"\n`],
  ])('is moved where it stands %s', (_where, present) => {
    expect(isListLost(present)).toBe(true);
    const moved = withTagship(present, 'pre-push', '') ?? '';
    expect(moved.startsWith(OWN)).toBe(true);
    expect(moved).not.toContain(OLD.trim());
    expect(moved).toContain('git lfs pre-push "$@"\n');
    expect(isListLost(moved)).toBe(false);
    expect(withTagship(moved, 'pre-push', '')).toBeUndefined();
  });

  it.each([
    ['another was added below it', `${OWN}git lfs pre-push "$@"\n`],
    ['another was added below what an older tagship wrote', `${BARE}git lfs pre-push "$@"\n`],
    ['it was written for several', `${SHARED}git lfs pre-push "$@"\n`],
    ['nothing else is called', `#!/bin/sh\nset -e\nexport PATH="$HOME/bin:$PATH"\n${OWN}`],
    [
      'it is called where a test says so',
      '[ -n "$CI" ] && exit 0\nif [ -t 2 ]; then\n  npx tagship hook pre-push "$@"\nfi\n',
    ],
    ['a folder is gone to', 'cd app\necho checking\nnpx tagship hook pre-push "$@"\n'],
    [
      'husky 8 wrote its line',
      `#!/usr/bin/env sh\n. "$(dirname -- "$0")/_/husky.sh"\n\nnpx tagship hook pre-push "$@"\n`,
    ],
    [
      'the hook hands it the list itself',
      'list=$(cat)\nprintf "%s\\n" "$list" | npx tagship hook pre-push "$@"\nmine\n',
    ],
  ])('stays where %s', (_why, present) => {
    expect(isListLost(present)).toBe(false);
    expect(withTagship(present, 'pre-push', '')).toBeUndefined();
  });

  it('stays, and is told of, where it is a part of something that would be torn', () => {
    for (const present of [
      'if [ -t 2 ]; then\n  git lfs pre-push "$@"\n  npx tagship hook pre-push "$@"\nfi\n',
      'git lfs pre-push "$@"\nif [ -t 2 ]; then\nnpx tagship hook pre-push "$@"\nfi\n',
      '[ -n "$CI" ] && exit 0\ngit lfs pre-push "$@"\nnpx tagship hook pre-push "$@"\n',
    ]) {
      expect(isListLost(present)).toBe(true);
      expect(withTagship(present, 'pre-push', '')).toBeUndefined();
    }
  });

  it('is there by whatever path tagship is called', () => {
    const node = "exec '/usr/bin/node' '/home/me/tagship/dist/main.js' hook pre-push \"$@\"";
    expect(callsTagship(node, 'pre-push')).toBe(true);
    expect(callsTagship(node, 'commit-msg')).toBe(false);
  });

  it('is not there when it is only spoken of', () => {
    expect(callsTagship(`# ${BARE}`, 'pre-push')).toBe(false);
    expect(callsTagship('echo "tagship is not used here"', 'pre-push')).toBe(false);
    expect(callsTagship(OWN, 'pre-commit')).toBe(false);
    expect(callsTagship(test(installed('pre-push')), 'pre-push')).toBe(false);
  });
});

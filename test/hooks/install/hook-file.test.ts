import { describe, expect, it } from 'vitest';
import { callsTagship, type HookName, withTagship as inBytes } from '../../../src/hooks/install/hook-file.ts';

const withTagship = (present: string | undefined, name: HookName, folder: string) =>
  inBytes(present === undefined ? undefined : Buffer.from(present, 'latin1'), name, folder)?.toString('latin1');

const OWN = '. ./node_modules/tagship/dist/pre-push.sh\n';

describe("tagship's line in a hook", () => {
  it('is all there is in a hook that was not there', () => {
    expect(withTagship(undefined, 'pre-push', '')).toBe(OWN);
    expect(withTagship('\n', 'pre-push', '')).toBe(OWN);
  });

  it('says where tagship is when package.json is below the root', () => {
    const main = 'tagship_main=app/node_modules/tagship/dist/main.js';
    expect(withTagship(undefined, 'pre-commit', 'app')).toBe(
      `${main}; . ./app/node_modules/tagship/dist/pre-commit.sh\n`,
    );
  });

  it('is quoted when the folder is called so', () => {
    expect(withTagship(undefined, 'pre-commit', "it's")).toContain(
      "'./it'\\''s/node_modules/tagship/dist/pre-commit.sh'",
    );
  });

  it('is put before what is there, which stays and runs after it', () => {
    const line = 'sh ./node_modules/tagship/dist/pre-push.sh "$@"\n';
    expect(withTagship('npm test\n', 'pre-push', '')).toBe(`${line}npm test\n`);
    expect(withTagship('#!/bin/sh\nnpm test', 'pre-push', '')).toBe(`#!/bin/sh\n${line}npm test`);
  });

  it('leaves what is there byte for byte, in whatever encoding', () =>
    expect(withTagship('#!/bin/sh\r\n# gr\xfc\xdfe\nnpm test\n', 'pre-push', '')).toContain(
      '# gr\xfc\xdfe\nnpm test\n',
    ));

  it('is added once', () => {
    for (const present of [OWN, withTagship('npm test\n', 'pre-push', '') ?? '', 'npx tagship hook pre-push "$@"\n']) {
      expect(withTagship(present, 'pre-push', '')).toBeUndefined();
    }
  });

  it('is there by whatever path tagship is called', () => {
    const node = "exec '/usr/bin/node' '/home/me/tagship/dist/main.js' hook pre-push \"$@\"";
    expect(callsTagship(node, 'pre-push')).toBe(true);
    expect(callsTagship(node, 'commit-msg')).toBe(false);
  });

  it('is not there when it is only spoken of', () => {
    expect(callsTagship(`# ${OWN}`, 'pre-push')).toBe(false);
    expect(callsTagship('echo "tagship is not used here"', 'pre-push')).toBe(false);
    expect(callsTagship(OWN, 'pre-commit')).toBe(false);
  });
});

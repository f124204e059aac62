import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../../../src/hooks/install/commit-msg.sh', import.meta.url));
const ASKED = 42;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tagship-message-'));
  writeFileSync(join(folder, 'ask'), `#!/bin/sh\nexit ${ASKED}\n`);
  chmodSync(join(folder, 'ask'), 0o755);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each([['dash'], ['busybox', 'sh'], ['bash']].filter(([name]) => existsSync(`/bin/${name}`)))(
  'the commit-msg hook, in %s,',
  (shell, ...applet) => {
    function statusOf(message: string): number | null {
      writeFileSync(join(folder, 'message'), `${message}\n`);
      const args = [...applet.filter((one) => typeof one === 'string'), '-e', SCRIPT, 'message'];
      const env = { PATH: '/usr/bin:/bin', tagship_node: join(folder, 'ask'), tagship_main: 'main.js' };
      return spawnSync(`/bin/${shell}`, args, { cwd: folder, env }).status;
    }

    it.each(['feat: x', 'fix(ui): x', 'fix!: x', 'feat(the app)!: x', 'feat(api/v2): x'])(
      'lets %j through without starting anything',
      (message) => expect(statusOf(message)).toBe(0),
    );

    it.each([
      'Add it',
      'feature: x',
      'feat(): x',
      'feat( ): x',
      'feat(\t)!: x',
      'feat(\u00a0): x',
      'feat()(ui): x',
      'feat(ui)(): x',
      'feat(ui: x',
      'feat:x',
    ])('asks tagship about %j', (message) => expect(statusOf(message)).toBe(ASKED));
  },
);

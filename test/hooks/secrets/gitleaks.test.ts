import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AppRepository } from '../../support/app-repository.ts';
import { gitleaksFolder } from '../../support/secrets/gitleaks.ts';
import { scanBranch, scanIndex, told } from '../../support/secrets/scanning.ts';
import { Seeded } from '../../support/secrets/seeded.ts';

const seeded = new Seeded(17);
const gitleaks = gitleaksFolder();
const ours = () => `token: glpat-${seeded.text('base62', 20)}\n`;
/** gitleaks knows Beamer's keys; the built-in scanner does not. */
const theirs = () => `const beamer = 'b_${seeded.text('lower', 44)}';\n`;
const make = () => AppRepository.make({ origin: false });

/** A `gitleaks` that is this shell script. */
async function scripted(app: AppRepository, script: string): Promise<string> {
  const folder = join(app.folder, 'gitleaks-bin');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'gitleaks'), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, 'gitleaks'), 0o755);
  return folder;
}

describe.skipIf(gitleaks === undefined)('where gitleaks is on PATH', () => {
  it('what it alone knows is found too, and what both know once', async () => {
    const app = await make();
    await app.commit('a.yaml', ours(), 'feat: a');
    await app.commit('b.dart', theirs(), 'feat: b');
    expect(told(await scanBranch(app))).toEqual(['gitlab-pat a.yaml:1']);
    const report = await scanBranch(app, { gitleaks });
    expect(told(report)).toEqual(['beamer-api-token b.dart:1', 'gitlab-pat a.yaml:1']);
    expect(report).toMatchObject({ scanner: 'gitleaks', commits: 3, notes: [] });
    expect(JSON.stringify(report)).not.toMatch(/b_[a-z0-9]{44}/);
  });

  it('it looks at what is staged', async () => {
    const app = await make();
    await app.write('b.dart', theirs());
    await app.git('add', '-A');
    const report = await scanIndex(app, { gitleaks });
    expect(told(report)).toEqual(['beamer-api-token b.dart:1']);
    expect(report.findings[0]?.commit).toBeUndefined();
  });

  it('a merge, which it does not look at, is looked at all the same', async () => {
    const app = await make();
    await app.git('switch', '-q', 'main');
    await app.commit('m.txt', 'm\n', 'feat: m');
    await app.git('switch', '-q', 'develop');
    await app.git('merge', '-q', '--no-commit', 'main');
    await app.write('evil.yaml', ours());
    await app.git('add', '-A');
    await app.git('commit', '-q', '-m', 'merge');
    expect(told(await scanBranch(app, { gitleaks }))).toEqual(['gitlab-pat evil.yaml:1']);
  });

  it('no setting or attribute of the user blinds it', async () => {
    const app = await make();
    await app.git('config', 'diff.noprefix', 'true');
    await app.write('.gitattributes', '* -diff\n');
    await app.git('add', '-A');
    await app.commit('b.dart', theirs(), 'feat: b');
    expect(told(await scanBranch(app, { gitleaks }))).toEqual(['beamer-api-token b.dart:1']);
  });

  it('the committed .gitleaks.toml counts, and without gitleaks it is said that it does not', async () => {
    const app = await make();
    const rule = "[[rules]]\nid = 'house'\ndescription = 'House key'\nregex = '''house-[0-9]{6}'''\n";
    await app.commit('.gitleaks.toml', `title = 'own'\n${rule}`, 'chore: rule');
    await app.commit('b.dart', "final key = 'house-123456';\n", 'feat: b');
    expect(told(await scanBranch(app, { gitleaks }))).toEqual(['house b.dart:1']);
    expect((await scanBranch(app)).notes).toEqual(['.gitleaks.toml was not applied: gitleaks is not on PATH']);
  });

  it('of several committed .gitleaks.toml none counts, and it is said', async () => {
    const app = await make();
    const base = await app.git('rev-parse', 'HEAD');
    await app.commit('.gitleaks.toml', "title = 'knows nothing'\n", 'chore: blind');
    const blind = await app.git('rev-parse', 'HEAD');
    await app.git('checkout', '-q', base);
    await app.commit('.gitleaks.toml', "title = 'knows nothing either'\n", 'chore: blind as well');
    await app.commit('b.dart', theirs(), 'feat: b');
    const report = await scanBranch(app, {
      include: [blind, await app.git('rev-parse', 'HEAD')],
      exclude: [base],
      gitleaks,
    });
    expect(told(report)).toEqual(['beamer-api-token b.dart:1']);
    expect(report.notes).toEqual(['.gitleaks.toml was not applied: the commits have several, push them one by one']);
  });

  it('no configuration that a variable names counts', async () => {
    const app = await make();
    await app.commit('b.dart', theirs(), 'feat: b');
    const config = join(app.folder, 'blind.toml');
    await writeFile(config, "title = 'knows nothing'\n");
    const env = { GITLEAKS_CONFIG: config, GITLEAKS_CONFIG_TOML: "title = 'knows nothing'" };
    expect(told(await scanBranch(app, { gitleaks, env }))).toEqual(['beamer-api-token b.dart:1']);
  });

  it('one that takes a .gitleaksignore from where it is started finds none that nobody committed', async () => {
    const app = await make();
    await app.commit('b.dart', theirs(), 'feat: b');
    await app.write('.gitleaksignore', 'b.dart:beamer-api-token:1\n');
    // A stand-in for such a version: the same gitleaks, which lets everything pass where files of anybody's may stand.
    const script = `for arg; do case $arg in --report-path=*) report=\${arg#*=} ;; --source=*) ours=\${arg#*=} ;; esac; done
${gitleaks}/gitleaks "$@" || exit
[ "$(pwd -P)" = "$(cd "$ours" && pwd -P)" ] && [ ! -e .gitleaksignore ] || echo '[]' >"$report"`;
    const folder = await scripted(app, script);
    expect(told(await scanBranch(app, { gitleaks: folder }))).toEqual(['beamer-api-token b.dart:1']);
  });

  it('fingerprints and both allow comments let its findings pass', async () => {
    const app = await make();
    await app.commit('b.dart', theirs(), 'feat: b');
    await app.commit('c.dart', theirs().replace(';', '; // tagship:allow'), 'feat: c');
    await app.commit('d.dart', theirs().replace(';', '; // gitleaks:allow'), 'feat: d');
    expect(told(await scanBranch(app, { gitleaks }))).toEqual(['beamer-api-token b.dart:1']);
    await app.commit('.gitleaksignore', 'b.dart:beamer-api-token:1\n', 'chore: allow');
    expect(told(await scanBranch(app, { gitleaks }))).toEqual([]);
  });

  it('one that only knows `gitleaks git`, as later versions may, is asked that way', async () => {
    const app = await make();
    await app.commit('b.dart', theirs(), 'feat: b');
    // A stand-in for a later version: the same gitleaks behind the later command line.
    const script = `[ "$1" = git ] || { echo 'Error: unknown command "'"$1"'" for "gitleaks"' >&2; exit 1; }
shift; for last; do :; done
set -- "$@" --source="$last"
exec ${gitleaks}/gitleaks detect "$@"`;
    const folder = await scripted(app, script);
    expect(await scanBranch(app, { gitleaks: folder })).toMatchObject({
      scanner: 'gitleaks',
      findings: [{ file: 'b.dart' }],
    });
  });
});

describe('a gitleaks that cannot be relied on is told, and the built-in scanner has looked', () => {
  it.each([
    ['fails', 'echo boom >&2; exit 3', 'status 3: boom'],
    ['writes no report', 'exit 0', 'its report cannot be read'],
    ['knows neither command', 'echo "unknown command" >&2; exit 1', 'it knows neither'],
    ['looked at nothing', 'echo "INF 0 commits scanned." >&2; exit 0', 'it scanned no commit'],
    [
      'looked at nothing, and says so in bold',
      `printf 'INF \\033[1m0 commits scanned.\\033[0m\\n' >&2`,
      'it scanned no commit',
    ],
    ['is killed', 'kill -9 $$', 'it was ended by SIGKILL'],
    [
      'writes something else',
      'for a; do case $a in --report-path=*) echo "{}" >"${a#*=}" ;; esac; done',
      'its report cannot be read',
    ],
  ])('when it %s', async (_how, script, why) => {
    const app = await make();
    await app.commit('a.yaml', ours(), 'feat: a');
    const report = await scanBranch(app, { gitleaks: await scripted(app, script) });
    expect(report.scanner).toBe('built-in');
    expect(told(report)).toEqual(['gitlab-pat a.yaml:1']);
    expect(report.notes).toHaveLength(1);
    expect(report.notes[0]).toContain(why);
  });
});

import { expect, it } from 'vitest';
import { HookedApp } from '../support/hooked-app.ts';

const NO_GATES = 'checks: { analyze: false, test: false }\n';

const nextOf = (stderr: string) => /next: (.*)/.exec(stderr)?.[1] ?? 'nothing';

it.each([
  ['a release', [], 'v0.2.0'],
  ['a pre-release', ['--pre', 'beta'], 'v0.2.0-beta.1'],
])(
  'the tag of %s that was made without a push is published by the command that is named',
  async (_what, flags, tag) => {
    const hooked = await HookedApp.make({ 'tagship.yaml': NO_GATES });
    const { app } = hooked;
    expect(await hooked.tagship('release', 'minor', ...flags, '--yes', '--no-push')).toMatchObject({ exitCode: 0 });
    const refused = await hooked.push('origin', tag);
    expect(refused.stderr).toContain(`${tag} is not on main`);
    const [, command = ''] = /^tagship (.*) \(/.exec(nextOf(refused.stderr)) ?? [];
    expect(command).toBe('release publish');
    expect(await hooked.tagship(...command.split(' '), '--yes')).toMatchObject({ exitCode: 0 });
    expect(await hooked.published(`refs/tags/${tag}`)).toBe(await app.git('rev-parse', tag));
  },
);

it('main of a fork that has drifted is kept by the command that is named, which names the fork', async () => {
  const hooked = await HookedApp.make({ 'tagship.yaml': NO_GATES });
  const { app } = hooked;
  await app.git('clone', '-q', '--bare', '../origin.git', '../fork.git');
  await app.git('remote', 'add', 'fork', '../fork.git');
  await app.git('switch', '-q', '-c', 'drift', 'main');
  await app.commit('lib/drift.dart', '// drift\n', 'feat: drift');
  await app.git('push', '-q', '--no-verify', 'fork', 'drift:main');
  const drift = await app.git('rev-parse', 'drift');
  await app.git('switch', '-q', 'feature');
  expect(await hooked.tagship('release', 'minor', '--yes')).toMatchObject({ exitCode: 0 });
  const refused = await hooked.push('--force', 'fork', 'main');
  expect(refused.stderr).toContain('main must not be rewritten');
  const next = nextOf(refused.stderr);
  expect(next).not.toContain('pull');
  const [command = ''] = next.split(' keeps what is there; then set main back at fork itself');
  expect(await hooked.run('sh', ['-c', command.replace('BRANCH', 'kept')])).toMatchObject({ exitCode: 0 });
  expect(await app.git('ls-remote', 'fork', 'kept')).toContain(drift);
});

it.each(['fork', '../fork.git'])(
  'where main is open, what %s has is merged by the command that is named',
  async (to) => {
    const open = 'checks: { analyze: false, test: false, policy: { main: open } }\n';
    const hooked = await HookedApp.make({ 'tagship.yaml': open });
    const { app } = hooked;
    await app.git('clone', '-q', '--bare', '../origin.git', '../fork.git');
    await app.git('remote', 'add', 'fork', '../fork.git');
    await app.git('switch', '-q', '-c', 'drift', 'main');
    await app.commit('lib/drift.dart', '// drift\n', 'feat: drift');
    await app.git('push', '-q', '--no-verify', 'fork', 'drift:main');
    await app.git('switch', '-q', 'main');
    await app.commit('lib/a.dart', '// a\n', 'feat: a');
    const refused = await hooked.push('--force', to, 'main');
    const [command = ''] = nextOf(refused.stderr).split(', then push again');
    expect(command).toContain(`pull --no-rebase ${to} main`);
    expect(await hooked.run('sh', ['-c', command], { GIT_EDITOR: 'true' })).toMatchObject({ exitCode: 0 });
    expect(await hooked.push(to, 'main')).toMatchObject({ exitCode: 0 });
  },
);

it('a tag whose tagship.yaml is of another time holds up nothing, and is judged by the default rules', async () => {
  const hooked = await HookedApp.make({ 'tagship.yaml': `${NO_GATES}of-another-time: true\n` });
  const { app } = hooked;
  await app.git('tag', '-a', '-m', 'x', 'v0.1.0', 'main');
  await app.git('switch', '-q', 'main');
  await app.commit('tagship.yaml', NO_GATES, 'ci: as it is now');
  await app.git('push', '-q', '--no-verify', 'origin', 'main', 'v0.1.0');
  await app.git('init', '-q', '--bare', '../mirror.git');
  await app.git('remote', 'add', 'mirror', '../mirror.git');
  const push = await hooked.push('mirror', 'main', 'v0.1.0');
  expect(push).toMatchObject({ exitCode: 0 });
  expect(push.stderr).toMatch(/! tagship\.yaml of [0-9a-f]{10} has a mistake: v0\.1\.0 is judged by the default rules/);
  const moved = await hooked.push('--force', 'mirror', 'main:refs/tags/v0.1.0');
  expect(moved.stderr).toContain('v0.1.0 is a release and must not be moved');
  // A branch can be mended.
  expect((await hooked.push('mirror', 'v0.1.0^{}:refs/heads/old')).stderr).toContain('has a mistake');
});

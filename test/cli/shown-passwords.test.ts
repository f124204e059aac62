import { describe, expect, it } from 'vitest';
import { failureDocument, renderFailure } from '../../src/cli/render.ts';
import { parseFacts } from '../../src/deploy/facts.ts';
import { planRun } from '../../src/deploy/plan.ts';
import { deployFacts, environmentOf, requestFor } from '../support/deploy-facts.ts';

const terminal = { out: () => {}, err: () => {}, interactive: false, colour: false, live: false };

/** Everything a user, or whoever reads along, is told when the release cannot be had from this origin. */
function told(origin: string, remoteError?: string): string {
  const failure = remoteError === undefined ? '' : `remote-tags-error\n ${remoteError}\n`;
  const found = parseFacts('pi@192.0.2.1', `git-dir\n /opt/app/.git\norigin\n ${origin}\n${failure}complete\n yes\n`);
  const { clone, remoteTags, ...rest } = deployFacts();
  const facts = {
    ...rest,
    clone: clone && { ...clone, origin: found?.clone?.origin },
    remoteError: found?.remoteError,
    remoteTags: remoteError === undefined ? remoteTags : undefined,
  };
  try {
    planRun(facts, { ...requestFor('deploy'), tag: 'v9.9.9' }, environmentOf(), 'v{version}');
  } catch (error) {
    return renderFailure(error, terminal) + JSON.stringify(failureDocument(error));
  }
  throw new Error('it was not refused');
}

describe('the password of an origin is never shown', () => {
  const origins = [
    'https://bot:hunter2@git.example/app.git',
    'https://hunter2@git.example/app.git',
    'https://b:hun@ter2@git.example/app.git',
    'ssh://git:hunter2@git.example/app.git',
  ];

  it.each(origins)('where the tag is missing: %s', (origin) => {
    const text = told(origin);
    expect(text).toContain('git.example/app.git has 2 tags');
    expect(text).not.toMatch(/hunter2|ter2/);
  });

  it.each(origins)('where origin cannot be reached: %s', (origin) => {
    const text = told(origin, `fatal: unable to access '${origin}/': no route`);
    expect(text).toContain('cannot reach its origin');
    expect(text).toContain('no route');
    expect(text).not.toMatch(/hunter2|ter2/);
  });

  it('and an address without one is shown as it is', () => {
    for (const origin of ['git@git.example:app.git', 'ssh://git@git.example:22/app.git', '/srv/git/a@b:c.git']) {
      expect(told(origin)).toContain(`${origin} has 2 tags`);
    }
  });
});

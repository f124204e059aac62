import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/parse.ts';
import { pushedTags, shipments } from '../../src/deploy/trigger.ts';

const [ZERO, OLD, NEW] = ['0'.repeat(40), 'a'.repeat(40), 'b'.repeat(40)];

describe('pushed tags', () => {
  it('are read from the lines git gives: new and moved ones, but no deleted ones and no branches', () => {
    const input = [
      `${ZERO} ${NEW} refs/tags/v1.0.0`,
      `${OLD} ${NEW} refs/tags/v1.1.0`,
      `${OLD} ${ZERO} refs/tags/v0.9.0`,
      `${OLD} ${NEW} refs/heads/main`,
      '',
    ].join('\n');
    expect(pushedTags(input)).toEqual([
      { tag: 'v1.0.0', id: NEW },
      { tag: 'v1.1.0', id: NEW },
    ]);
  });

  it('with hostile names are none of ours', () => {
    for (const name of ['-x', 'a b', '$(reboot)', "v1'", 'v1;ls', '\u001b[31m', '']) {
      expect(pushedTags(`${ZERO} ${NEW} refs/tags/${name}\n`)).toEqual([]);
    }
  });

  it('never make any input throw or yield a name a shell could mistake', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (noise) => {
        const tags = pushedTags(`${noise}\n${ZERO} ${NEW} refs/tags/${noise}`);
        return tags.every(({ tag }) => /^[A-Za-z0-9][A-Za-z0-9._+/-]*$/.test(tag));
      }),
    );
  });
});

describe('what a push ships', () => {
  const config = parseConfig(`environments:
  production: { hosts: [local], path: /a }
  staging: { hosts: [local], path: /b, trigger: prerelease }
  demo: { hosts: [local], path: /c, trigger: manual }
`);
  const ship = (...tags: string[]) =>
    shipments(tags.map((tag) => ({ tag, id: NEW, config }))).map(
      ({ environment, release }) => `${environment} ${release.tag}`,
    );

  it('is a release to every environment but the manual ones', () => {
    expect(ship('v1.0.0')).toEqual(['production v1.0.0', 'staging v1.0.0']);
  });

  it('is a pre-release only where the environment says so', () => {
    expect(ship('v1.1.0-beta.1')).toEqual(['staging v1.1.0-beta.1']);
  });

  it('is, of independent packages, what each environment names', () => {
    const named = parseConfig(`release: { packages: independent }
environments:
  site: { hosts: [local], path: /a, package: app }
  api: { hosts: [local], path: /b, package: server, trigger: prerelease }
`);
    const shipped = (...tags: string[]) =>
      shipments(tags.map((tag) => ({ tag, id: NEW, config: named }))).map(
        (one) => `${one.environment} ${one.release.tag}`,
      );
    expect(shipped('app-v2.0.0', 'core-v9.0.0', 'app-v2.1.0', 'server-v0.2.0-rc.1', 'v3.0.0')).toEqual([
      'site app-v2.1.0',
      'api server-v0.2.0-rc.1',
    ]);
    expect(shipped('myapp-v3.0.0', 'app-v2.2.0-rc.1', 'core-v1.0.0')).toEqual([]);
  });

  it('is the highest of several, once', () => {
    expect(ship('v1.9.0', 'v1.10.0', 'v1.2.0', 'v2.0.0-rc.1').sort()).toEqual([
      'production v1.10.0',
      'staging v2.0.0-rc.1',
    ]);
  });

  it('is nothing for tags of another kind', () => {
    expect(ship('nightly', '1.0.0', 'vv1.0.0')).toEqual([]);
  });
});

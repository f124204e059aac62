import { expect, it } from 'vitest';
import { samePlace } from '../../../src/hooks/push/same-place.ts';

it.each([
  ['../app.git', '../app'],
  ['/srv/git/app.git/', '/srv/git/app.git'],
  ['https://token@example.com/o/app.git', 'https://example.com/o/app'],
  ['https://github.com/o/app', 'git@github.com:o/app.git'],
  ['https://git.example.com:8443/o/app.git', 'ssh://git@Git.example.com:2222/o/app.git'],
])('%s and %s are one place', (one, other) => {
  expect(samePlace(one, other)).toBe(true);
  expect(samePlace(other, one)).toBe(true);
});

it.each([
  ['../app.git', '../other.git'],
  ['https://github.com/o/app.git', 'https://github.com/mine/app.git'],
  ['https://github.com/o/app.git', 'git@gitlab.com:o/app.git'],
  ['ann@host:app.git', 'bob@host:app.git'],
  ['ssh://git@host:22/app.git', 'ssh://git@host:23/app.git'],
  ['/srv/app.git', 'https://host/srv/app.git'],
])('%s and %s may be two', (one, other) => expect(samePlace(one, other)).toBe(false));

import { expect, it } from 'vitest';
import { withoutPassword } from '../../src/core/without-password.ts';

it.each([
  ['https://me:secret@example.com/app.git', 'https://example.com/app.git'],
  ['https://token@example.com/app.git', 'https://example.com/app.git'],
  ['ssh://git:secret@example.com:22/app.git', 'ssh://git@example.com:22/app.git'],
  ['ssh://git@example.com/app.git', 'ssh://git@example.com/app.git'],
  ['git@example.com:app.git', 'git@example.com:app.git'],
  ["fatal: unable to access 'http://me:secret@h/': refused", "fatal: unable to access 'http://h/': refused"],
])('%s is shown as %s', (address, shown) => expect(withoutPassword(address)).toBe(shown));

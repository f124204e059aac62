import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/parse.ts';
import { Problem } from '../../src/core/problem.ts';

/** What is wrong with this health check, as the user reads it; nothing when it is accepted. */
function wrong(health: string): string | undefined {
  try {
    parseConfig(`environments: { production: { hosts: [local], path: /a, health: { ${health} } } }`);
    return undefined;
  } catch (error) {
    if (error instanceof Problem) return error.why;
    throw error;
  }
}

const url = 'url: "http://127.0.0.1:8080/health"';

describe('a health check', () => {
  it('that could never pass in its time is refused', () => {
    expect(wrong(`${url}, successes: 10, every: 10s, timeout: 60s`)).toContain('health.timeout: is too short');
    expect(wrong(`${url}, successes: 4, every: 20s, timeout: 60s`)).toContain('health.timeout: is too short');
    expect(wrong(`${url}, successes: 4, every: 20s, timeout: 61s`)).toBeUndefined();
    expect(wrong(url)).toBeUndefined();
  });

  it('with a password in its address is refused, and the password is not told', () => {
    for (const user of ['bot:hunter2@', 'hunter2@', ':hunter2@']) {
      const why = wrong(`url: "https://${user}app.example/health"`);
      expect(why).toContain('health.url: must hold no user or password');
      expect(why).not.toContain('hunter2');
    }
  });

  it('whose address is none is refused and no more', () => {
    expect(wrong('url: nonsense')).toContain('health.url');
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const SCENARIOS = fileURLToPath(new URL('scenarios', import.meta.url));

/** What everybody on a Pi feels: its network, its docker, its sshd, the right to use sudo, its power. */
const STRIKES = /lab\('(?:link|cut)'|systemctl (?:stop|restart|reload|kill) (?:docker|ssh)|'etc\/sudoers|logind\.conf/;

const files = readdirSync(SCENARIOS).map((name) => {
  const text = readFileSync(join(SCENARIOS, name), 'utf8');
  const booted = text.split('\n').filter((line) => /boot(?:LabHost|AtAnyTime)\(/.test(line));
  return { name, strikes: STRIKES.test(text), pis: booted.flatMap((line) => line.match(/(?<=')[\w-]+(?=')/g) ?? []) };
});

// Two files run at a time, and which ones is chance.
it.each(files.filter(({ strikes }) => strikes))('$name strikes no Pi that others use', ({ name, pis }) => {
  expect(pis).not.toEqual([]);
  const others = files.filter((file) => file.name !== name && file.pis.some((pi) => pis.includes(pi)));
  expect(others.map((file) => file.name)).toEqual([]);
});

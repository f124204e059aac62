import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const SRC = fileURLToPath(new URL('../src', import.meta.url));
const DOMAINS = ['release', 'hooks', 'deploy', 'observe', 'infra'] as const;

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

/** The project's own imports, as paths below src. */
function projectImports(): readonly Import[] {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
  return files.flatMap((path) => {
    const text = readFileSync(join(SRC, path), 'utf8');
    const statements = text.matchAll(/^(?:import|export)\s+(type\s)?[^;]*?from '(\.[^']+)'|import\('(\.[^']+)'\)/gm);
    return [...statements].map(([, type, from, dynamic]) => ({
      from: path,
      to: relative(SRC, resolve(SRC, dirname(path), from ?? dynamic ?? '')),
      typeOnly: type !== undefined,
    }));
  });
}

const folderOf = (path: string) => (path.includes('/') ? (path.split('/')[0] ?? '') : '');

/** Whether a file may use another: the rule of the house, in one place. */
function isAllowed({ from, to, typeOnly }: Import): boolean {
  const [user, used] = [folderOf(from), folderOf(to)];
  if (user === used || user === 'cli' || user === 'web' || user === '') return true;
  if (user === 'core') return false;
  if (used === 'core') return true;
  if (user === 'config') return to === 'io/ports.ts' && typeOnly;
  if (user === 'io') return used === 'config' && typeOnly;
  if ((DOMAINS as readonly string[]).includes(user)) return used === 'config' || (to === 'io/ports.ts' && typeOnly);
  return false;
}

describe('the house', () => {
  const imports = projectImports();

  it('is read whole by this test', () => {
    expect(imports.length).toBeGreaterThan(50);
    expect(imports.some(({ from, to }) => from === 'cli/commands.ts' && to === 'cli/release.ts')).toBe(true);
  });

  it('keeps core free, domains apart, and effects behind ports', () => {
    expect(imports.filter((one) => !isAllowed(one))).toEqual([]);
  });

  it('reveals a secret in io alone', () => {
    const revealing = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(
      (path) => path.endsWith('.ts') && /\.reveal\(\)/.test(readFileSync(join(SRC, path), 'utf8')),
    );
    expect([...new Set(revealing.map(folderOf))]).toEqual(['io']);
  });

  it('ends the process in main.ts and route.ts alone', () => {
    const enders = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(
      (path) => path.endsWith('.ts') && /process\.exit\(/.test(readFileSync(join(SRC, path), 'utf8')),
    );
    expect(enders.sort()).toEqual(['cli/route.ts', 'main.ts']);
  });
});

it('scenarios that run beside each other on a test Pi have apps of their own', () => {
  const folder = fileURLToPath(new URL('scenarios', import.meta.url));
  const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  const made = texts.flatMap((text) => [...text.matchAll(/Deployed(?:App|Fleet)\.make\(\w+, '([\w-]+)', (\w+)\)/g)]);
  const [names, ports] = [made.map(([, name]) => name), made.map(([, , port]) => port)];
  expect(names.length).toBeGreaterThan(15);
  expect([names, ports]).toEqual([[...new Set(names)], [...new Set(ports)]]);
});

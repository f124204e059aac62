import { posix } from 'node:path';

/** What is found in a repository that differs from what tagship takes for granted. */
export interface FoundBranches {
  readonly main: string | undefined;
  readonly develop: string | undefined;
}

/** Names that stand for `main` and `develop` in other repositories. */
const MAIN = ['main', 'master', 'trunk', 'production'];
const DEVELOP = ['develop', 'dev', 'development'];

/** The branches a repository releases from, among all that it has here or on its remote. */
export function findBranches(names: readonly string[]): FoundBranches {
  const first = (wanted: readonly string[]) => wanted.find((name) => names.includes(name));
  return { main: first(MAIN), develop: first(DEVELOP) };
}

/**
 * A `tagship.yaml` that says what differs from the defaults, and shows in comments what else could be said.
 * @param folder of package.json, inside the repository
 */
export function configText({ main = 'main', develop = 'develop' }: FoundBranches, folder: string): string {
  const named = [
    ...(main === 'main' ? [] : [`main: ${main}`]),
    ...(develop === 'develop' ? [] : [`develop: ${develop}`]),
  ];
  const release = named.length === 0 ? [] : ['release:', `  branches: { ${named.join(', ')} }`, ''];
  const schema = posix.join(folder, 'node_modules/tagship/schema/tagship.schema.json');
  return `${[`# yaml-language-server: $schema=${schema}`, ...HEAD, ...release, ...EXAMPLES].join('\n')}\n`;
}

const HEAD = ['# Every key has a default but hosts and path of an environment.', ''];

const EXAMPLES = [
  '# checks:',
  '#   test: flutter test',
  '#   coverage: 60',
  '#   message: { scopes: [app, api] }',
  '',
  '# environments:',
  '#   production:',
  '#     hosts: [pi@raspberrypi.local]',
  '#     path: /opt/app',
];

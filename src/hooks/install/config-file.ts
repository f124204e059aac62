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

/** A `tagship.yaml` that says what differs from the defaults, and shows in comments what else could be said. */
export function configText({ main = 'main', develop = 'develop' }: FoundBranches): string {
  const named = [
    ...(main === 'main' ? [] : [`main: ${main}`]),
    ...(develop === 'develop' ? [] : [`develop: ${develop}`]),
  ];
  const release = named.length === 0 ? [] : ['release:', `  branches: { ${named.join(', ')} }`, ''];
  return `${[...HEAD, ...release, ...EXAMPLES].join('\n')}\n`;
}

const HEAD = [
  '# yaml-language-server: $schema=node_modules/tagship/schema/tagship.schema.json',
  '# Every key has a default but hosts and path of an environment.',
  '',
];

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

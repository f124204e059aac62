import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/parse.ts';
import { gateCommands, isPlainTool, withoutFetching } from '../../../src/hooks/gates/gate-commands.ts';
import { packagesOf, pubspecPaths } from '../../../src/hooks/gates/packages.ts';
import { wantedPackages } from '../../../src/hooks/gates/wanted-packages.ts';
import { inputsOf, verdictKey } from '../../../src/hooks/verified/key.ts';

const FLUTTER = 'dependencies: { flutter: { sdk: flutter } }\n';

function tree(files: Readonly<Record<string, string>>) {
  const folders = new Set(
    Object.keys(files).flatMap((path) =>
      path
        .split('/')
        .slice(0, -1)
        .map((_part, index, parts) => parts.slice(0, index + 1).join('/')),
    ),
  );
  const entries = [
    ...Object.entries(files).map(([path, text]) => ({ path, type: 'blob', id: `blob ${text}` })),
    ...[...folders].map((path) => {
      const inside = Object.entries(files).filter(([file]) => file.startsWith(`${path}/`));
      return { path, type: 'tree', id: `tree ${JSON.stringify(inside)}` };
    }),
  ];
  const contents = new Map(pubspecPaths(entries).map((path) => [path, files[path] ?? '']));
  return { entries, packages: packagesOf(entries, contents) };
}

describe('packages', () => {
  it('are found wherever they are, but not in folders of tools', () => {
    const { packages } = tree({
      'app/pubspec.yaml': `name: app\n${FLUTTER}`,
      'app/test/a_test.dart': '',
      'tool/pubspec.yaml': 'name: tool\n',
      'app/ios/.symlinks/plugin/pubspec.yaml': 'name: plugin\n',
      'build/pubspec.yaml': 'name: builder\n',
    });
    expect(packages).toEqual([
      { folder: 'app', kind: 'flutter', hasTests: true, dependencies: [], reachesOutside: false },
      { folder: 'build', kind: 'dart', hasTests: false, dependencies: [], reachesOutside: false },
      { folder: 'tool', kind: 'dart', hasTests: false, dependencies: [], reachesOutside: false },
    ]);
  });

  it('are built from what they name by path, from members of their workspace, and from what those are built from', () => {
    const { packages } = tree({
      'app/pubspec.yaml': 'name: app\ndependencies: { core: { path: ../core } }\n',
      'core/pubspec.yaml': 'name: core\ndev_dependencies: { shared: ^1.0.0 }\n',
      'shared/pubspec.yaml': 'name: shared\ndependencies: { app: { path: "../app/" } }\n',
      'other/pubspec.yaml': 'name: other\n',
    });
    expect(packages[0]).toMatchObject({ folder: 'app', dependencies: ['core', 'shared'] });
  });

  it('that reach outside the repository say so', () => {
    const { packages } = tree({ 'app/pubspec.yaml': 'dependencies: { far: { path: ../../far } }\n' });
    expect(packages[0]).toMatchObject({ reachesOutside: true });
    const overridden = tree({
      'pubspec.yaml': '',
      'pubspec_overrides.yaml': 'dependency_overrides: { x: { path: /x } }\n',
    });
    expect(overridden.packages[0]).toMatchObject({ reachesOutside: true });
  });

  it('with a pubspec that is no YAML are packages all the same', () => {
    expect(tree({ 'pubspec.yaml': ': : [' }).packages).toHaveLength(1);
  });
});

describe('checks.packages', () => {
  const { packages } = tree({ 'app/pubspec.yaml': 'name: app\n', 'core/pubspec.yaml': 'name: core\n' });

  it('takes the packages that it names, and all where it is not set', () => {
    expect(wantedPackages(packages, undefined)).toEqual({ packages });
    expect(wantedPackages(packages, ['core', '']).packages.map(({ folder }) => folder)).toEqual(['core']);
    expect(wantedPackages([], [''])).toEqual({ packages: [] });
  });

  it.each([
    ['a folder that is none', packages, ['core', 'ap'], 'names ap, where there is no package', 'there are: app, core'],
    ['several', packages, ['a', 'ap'], 'names a, ap, where there is no package', 'there are: app, core'],
    ['one where there are none', [], ['app'], 'names app, where there is no package', 'there are: none'],
  ])('takes all when it names %s, and says so', (_what, all, named, what, there) => {
    const wanted = wantedPackages(all, named);
    expect(wanted).toEqual({ packages: all, note: expect.stringContaining(what) });
    expect(wanted.note).toContain(there);
  });
});

describe('gate commands', () => {
  const [flutter, dart] = [
    { folder: '', kind: 'flutter', hasTests: true, dependencies: [], reachesOutside: false } as const,
    { folder: '', kind: 'dart', hasTests: false, dependencies: [], reachesOutside: false } as const,
  ];

  it('are those of the package’s kind, and tests only where there are some', () => {
    const { checks } = parseConfig(undefined);
    expect(gateCommands(checks, flutter)).toEqual({
      get: 'flutter pub get',
      analyze: 'flutter analyze',
      test: 'flutter test',
    });
    expect(gateCommands(checks, dart)).toEqual({ get: 'dart pub get', analyze: 'dart analyze', test: false });
  });

  it('that use no SDK fetch no packages', () => {
    const { checks } = parseConfig('checks: { analyze: make lint, test: false }');
    expect(gateCommands(checks, flutter)).toEqual({ get: false, analyze: 'make lint', test: false });
  });

  it.each([
    ['flutter test', true],
    ['dart test --concurrency=1', true],
    ['flutter test && rm -rf x', false],
    ['flutter test $(cat list)', false],
    ['flutterx test', false],
    ['./tool/test.sh', false],
  ])('%s is a plain call of the tool: %s', (command, plain) => expect(isPlainTool(command)).toBe(plain));

  it('do not fetch twice', () => {
    expect(withoutFetching('flutter analyze')).toBe('flutter analyze --no-pub');
    expect(withoutFetching('flutter test --no-pub')).toBe('flutter test --no-pub');
    expect(withoutFetching('flutter build web')).toBe('flutter build web');
    expect(withoutFetching('dart test')).toBe('dart test');
  });
});

describe('the key of a verdict', () => {
  const files = {
    'pubspec.lock': 'lock 1',
    'README.md': 'read me',
    'app/pubspec.yaml': `name: app\ndependencies: { flutter: { sdk: flutter }, core: { path: ../packages/core } }\n`,
    'app/lib/main.dart': 'main',
    'packages/analysis_options.yaml': 'options',
    'packages/core/pubspec.yaml': 'name: core\n',
    'packages/core/lib/core.dart': 'core',
    'other/pubspec.yaml': 'name: other\n',
  };
  const keyOf = (changes: Readonly<Record<string, string>> = {}, config = '', toolchain = 'sdk 1') => {
    const { entries, packages } = tree({ ...files, ...changes });
    const app = packages.find(({ folder }) => folder === 'app');
    if (app === undefined) throw new Error('there is no app');
    const { checks } = parseConfig(config);
    const commands = gateCommands(checks, app);
    const inputs = inputsOf(entries, JSON.stringify(entries), app, commands);
    return verdictKey({ folder: 'app', inputs, toolchain, commands, coverage: checks.coverage });
  };

  it.each([
    ['the package', { 'app/lib/main.dart': 'main 2' }],
    ['a new file of the package', { 'app/test/a_test.dart': '' }],
    ['what it is built from', { 'packages/core/lib/core.dart': 'core 2' }],
    ['the lockfile', { 'pubspec.lock': 'lock 2' }],
    ['options above what it is built from', { 'packages/analysis_options.yaml': 'options 2' }],
  ])('changes with %s', (_what, changes) => expect(keyOf(changes)).not.toBe(keyOf()));

  it.each([
    ['another package', { 'other/lib/a.dart': 'a' }],
    ['a page to read', { 'README.md': 'read this' }],
  ])('stays the same with %s', (_what, changes) => expect(keyOf(changes)).toBe(keyOf()));

  it('changes with the toolchain, the commands and the coverage that is asked for', () => {
    const keys = [
      keyOf(),
      keyOf({}, '', 'sdk 2'),
      keyOf({}, 'checks: { coverage: 60 }'),
      keyOf({}, 'checks: { test: flutter test -j 1 }'),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('changes with any file when a command may read any file', () => {
    const config = 'checks: { test: ./tool/test.sh }';
    expect(keyOf({ 'other/lib/a.dart': 'a' }, config)).not.toBe(keyOf({}, config));
  });
});

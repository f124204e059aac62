import { posix } from 'node:path';

/** Where GitHub looks for it, from the root of the repository. */
export const WORKFLOW = '.github/workflows/tagship.yml';

/**
 * A workflow for GitHub Actions that runs the quality gates on every pull request.
 * @param folder of package.json, inside the repository
 * @param pinned whether `.fvmrc` beside it names the SDK; tagship looks for that one where fvm keeps its own
 */
export function workflowText(folder: string, pinned: boolean): string {
  const file = posix.join(folder, '.fvmrc');
  const sdk = pinned
    ? [`          flutter-version-file: ${JSON.stringify(file)}`, ...KEPT_AS_FVM_DOES]
    : ['          channel: stable'];
  const at = folder === '' ? [] : ['    defaults:', `      run: { working-directory: ${JSON.stringify(folder)} }`];
  return `${[...HEAD, ...at, ...STEPS, ...sdk, ...CHECK].join('\n')}\n`;
}

const HEAD = [
  'name: tagship',
  'on: [pull_request]',
  'permissions: { contents: read }',
  'env: { HUSKY: 0 }',
  'jobs:',
  '  check:',
  '    runs-on: ubuntu-latest',
  '    timeout-minutes: 30',
];

const STEPS = [
  '    steps:',
  '      - uses: actions/checkout@v4',
  '      - uses: actions/setup-node@v4',
  '        with: { node-version: 22 }',
  '      - uses: subosito/flutter-action@v2',
  '        with:',
];

const KEPT_AS_FVM_DOES = [
  '      - run: |',
  '          mkdir -p ~/fvm/versions',
  '          ln -s "$FLUTTER_ROOT" ~/fvm/versions/"$(jq -r .flutter .fvmrc)"',
];

const CHECK = ['      - run: npm install --no-save --no-audit --no-fund', '      - run: npx --no -- tagship check'];

// Scanning 200 commits for secrets: the built-in scanner, gitleaks, and both together as tagship runs them when it is there.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundleOptions, functionOptions } from '../build.d/bundle-options.js';
import { interleave, median, must, printTable, ratio } from './compare.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const COMMITS = 200;
const LINES = 60;
const ROUNDS = Number(process.env.ROUNDS ?? 7);

export async function run() {
  const folder = mkdtempSync(join(tmpdir(), 'tagship-bench-'));
  try {
    const gitleaks = findGitleaks();
    const app = makeApp(join(folder, 'app'));
    const program = await bundleScan(join(folder, 'tagship/dist'));
    const contenders = [
      { name: 'built-in', run: () => scan(program, app, undefined) },
      ...(gitleaks === undefined
        ? []
        : [
            {
              name: 'gitleaks',
              run: () => must(gitleaks, ['detect', '--no-banner', '--log-level=error', `--source=${app.folder}`], {}),
            },
            { name: 'both', run: () => scan(program, app, gitleaks) },
          ]),
    ];
    report(interleave(contenders, ROUNDS));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function findGitleaks() {
  const { status, stdout, stderr } = spawnSync(join(ROOT, 'scripts/gitleaks'), { encoding: 'utf8' });
  if (status === 0) return stdout.trim();
  console.error(`no gitleaks to compare with: ${stderr.trim()}`);
  return undefined;
}

/** Commits of Dart-like lines, the same on every machine. Hands over the folder, and the newest commit as git tells it to a hook. */
function makeApp(folder) {
  must('git', ['init', '-q', folder], {});
  const lines = [];
  for (let commit = 0; commit < COMMITS; commit += 1) {
    const text = Array.from({ length: LINES }, (_, line) => sourceLine(commit, line)).join('');
    lines.push('commit refs/heads/main', `committer B <b@example.com> ${1_700_000_000 + commit} +0000`, 'data 1', 'm');
    lines.push(`M 644 inline lib/part${commit % 40}.dart`, `data ${Buffer.byteLength(text)}`, text);
  }
  must('git', ['fast-import', '--quiet'], { cwd: folder, input: `${lines.join('\n')}\n` });
  must('git', ['symbolic-ref', 'HEAD', 'refs/heads/main'], { cwd: folder });
  return { folder, tip: must('git', ['rev-parse', 'HEAD'], { cwd: folder }).trim() };
}

function sourceLine(commit, line) {
  const kinds = [
    `  final value${commit}_${line} = repository.read(key: 'entry_${line}');\n`,
    `  // Shows what was entered on page ${line} of ${commit}.\n`,
    `  return Text(widget.title${line}, style: Theme.of(context).textTheme.bodyMedium);\n`,
    `  const tokenKey${line} = 'page_${commit}';\n`,
    `  if (password${line}.isEmpty) throw ArgumentError('https://example.com/help/${commit}');\n`,
  ];
  return kinds[(commit + line) % kinds.length];
}

/** The scan as the commands run it: bundled as the build does it, loaded with what an earlier run has compiled, and left as main.ts leaves. */
async function bundleScan(folder) {
  const scan = `
    import { openGit } from './src/io/git.ts';
    import { diskFiles } from './src/io/files.ts';
    import { localPrograms } from './src/io/programs.ts';
    import { scanCommits } from './src/hooks/secrets/scan-commits.ts';
    export const scan = (folder, tip) => {
      const git = openGit(folder, process.env);
      const ports = { git, files: diskFiles, programs: localPrograms(folder, process.env) };
      return scanCommits(ports, { include: [tip], exclude: [] });
    };`;
  await build({
    ...functionOptions,
    stdin: { contents: scan, resolveDir: ROOT, loader: 'ts' },
    outfile: join(folder, 'scan.js'),
  });
  const start = `
    import { compiledModule } from './src/io/compiled-module.ts';
    const { exports, keep } = compiledModule(__dirname + '/scan.js', 'bench', 'scan');
    exports.scan(...process.argv.slice(2)).then((report) => {
      require('node:fs').writeSync(1, JSON.stringify(report));
      keep();
      process.exit();
    });`;
  const outfile = join(folder, 'start.cjs');
  await build({ ...bundleOptions, stdin: { contents: start, resolveDir: ROOT, loader: 'ts' }, outfile });
  return outfile;
}

function scan(program, app, gitleaks) {
  const others = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('gitleaks'));
  const PATH = [...(gitleaks === undefined ? [] : [dirname(gitleaks)]), ...others].join(delimiter);
  const { NODE_EXTRA_CA_CERTS: _, ...environment } = process.env;
  const said = JSON.parse(must(process.execPath, [program, app.folder, app.tip], { env: { ...environment, PATH } }));
  const expected = gitleaks === undefined ? 'built-in' : 'gitleaks';
  if (said.commits !== COMMITS || said.scanner !== expected)
    throw new Error(`not what was to be measured: ${JSON.stringify(said)}`);
}

function report(times) {
  const rows = [...times].map(([name, values]) => [
    name,
    `${median(values).toFixed(0)} ms`,
    times.has('gitleaks') ? `${ratio(times, name, 'gitleaks').toFixed(2)} x gitleaks` : '',
    name === 'both' ? 'at most 1.50' : '',
  ]);
  console.log(`secrets in ${COMMITS} commits of ${LINES} lines: medians of ${ROUNDS} interleaved rounds`);
  printTable([['', 'time', '', ''], ...rows]);
}

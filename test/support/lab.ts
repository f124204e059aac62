import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sayLeftOut } from './left-out.ts';
import { type Finished, runProgram, TAGSHIP } from './tagship.ts';
import { isLate } from './time-left.ts';

const LAB = fileURLToPath(new URL('../../scripts/lab', import.meta.url));

/** A booted test Pi, as `scripts/lab up` describes it. */
export interface LabHost {
  readonly name: string;
  readonly address: string;
  readonly user: string;
  readonly port: number;
  readonly identity: string;
  readonly knownHosts: string;
  /** Address of an image registry that the host reaches. */
  readonly registry: string;
  /** The host's file system as this machine sees it. */
  readonly root: string;
}

/** `scripts/lab` ends with this where no lab can be had. */
const UNAVAILABLE = 69;
const { CI } = process.env;

/**
 * Boots a test Pi, or takes the one that runs; `options` are those of `scripts/lab up`. Undefined where this machine cannot carry a lab, and then it says so:
 * scenarios skip there, but never in CI; and where the time is up.
 */
export async function bootLabHost(name: string, ...options: readonly string[]): Promise<LabHost | undefined> {
  if (!isLate()) return bootAtAnyTime(name, ...options);
  sayLeftOut(`scenarios on the test Pi ${name}, which is not booted any more`);
  return undefined;
}

/** As {@link bootLabHost}, for what comes last and has time kept for it. */
export async function bootAtAnyTime(name: string, ...options: readonly string[]): Promise<LabHost | undefined> {
  const { exitCode, stdout, stderr } = await runProgram(LAB, ['up', name, ...options], { cwd: '/' });
  if (exitCode === 0) return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  const message = `the lab cannot be had, scenarios on real hosts do not run: ${stderr.trim()}`;
  if (exitCode !== UNAVAILABLE || CI === 'true') throw new Error(message);
  console.warn(`\n!!! ${message}\n`);
  return undefined;
}

export function lab(...args: string[]): Promise<Finished> {
  return runProgram(LAB, args, { cwd: '/' });
}

/** Runs a script on the host over plain ssh, as its user; for what a person would do there by hand. */
export function onHost(host: LabHost, script: string): Promise<Finished> {
  const options = [
    ['-F', '/dev/null', '-i', host.identity, '-o', 'BatchMode=yes', '-o', `UserKnownHostsFile=${host.knownHosts}`],
    ['-p', String(host.port), `${host.user}@${host.address}`, 'sh -s'],
  ].flat();
  return runProgram('ssh', options, { cwd: '/', input: script });
}

/** As {@link onHost}, for scripts that must succeed; hands over what they printed. */
export async function mustOnHost(host: LabHost, script: string): Promise<string> {
  const { exitCode, stdout, stderr } = await onHost(host, `set -eu\n${script}`);
  if (exitCode !== 0) throw new Error(`on ${host.name}, status ${exitCode}: ${stderr}\n${script}`);
  return stdout.trim();
}

/** Installs the built tagship, and the Node that runs these tests, on the host; hands over the command to type there. */
export function putTagshipOn(host: LabHost): string {
  const folder = '/opt/tagship';
  const dist = dirname(TAGSHIP);
  cpSync(dist, join(host.root, folder, 'dist'), { recursive: true });
  cpSync(join(dist, '..', 'package.json'), join(host.root, folder, 'package.json'));
  // What is not bundled, with all it needs.
  for (const name of ['ssh2', 'asn1', 'safer-buffer', 'bcrypt-pbkdf', 'tweetnacl']) {
    cpSync(join(dist, '..', 'node_modules', name), join(host.root, folder, 'node_modules', name), { recursive: true });
  }
  return `${putNodeOn(host, folder)} ${folder}/dist/main.js`;
}

/** With everything it is linked to: Debian's Node is spread over libraries and files that an older Debian does not have. */
function putNodeOn(host: LabHost, folder: string): string {
  const put = (from: string, to: string) => cpSync(from, join(host.root, to), { dereference: true });
  const libraries = [...execFileSync('ldd', [process.execPath], { encoding: 'utf8' }).matchAll(/\/\S+/g)].map(
    ([path]) => path,
  );
  for (const path of libraries) put(path, `${folder}/lib/${basename(path)}`);
  const own = libraries.find((path) => basename(path).startsWith('libnode.so'));
  const parts = own === undefined ? [] : readFileSync(own, 'latin1').match(/\/usr\/share\/nodejs\/[\w./-]+\.js/g);
  for (const path of new Set(parts)) put(path, path);
  put(process.execPath, `${folder}/node`);
  const loader = libraries.find((path) => basename(path).startsWith('ld-'));
  if (loader === undefined) throw new Error('ldd names no loader for Node');
  return `${folder}/lib/${basename(loader)} --library-path ${folder}/lib ${folder}/node`;
}

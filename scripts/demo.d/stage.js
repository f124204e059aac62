// Sets the stage: the developer's machine, the bare origin, the Pi, and the app as it was before the story begins.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ssh2 from 'ssh2';
import { identify } from './processes.js';
import { Failure, must } from './run.js';
import { note } from './workspace.js';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const TAGSHIP = here('../../dist/main.js');
const STAND_INS = here('../stand-ins');

/** Returns where everything is, and the environment of the developer's terminal. */
export async function setStage(workspace) {
  const { path, id } = workspace;
  const flutter = findFlutter();
  const terminal = developersTerminal(path, flutter);
  const pi = await bootPi(workspace, terminal);
  const stage = {
    laptop: join(path, 'board'),
    origin: join(path, 'origin.git'),
    pi: join(path, 'pi'),
    flutter,
    terminal,
    port: await freePort(),
  };
  const git = (cwd, ...args) => must('git', args, { cwd, env: terminal });
  await git(path, 'init', '-q', '--bare', '-b', 'main', stage.origin);
  await git(path, 'clone', '-q', stage.origin, stage.laptop);
  copy(here('app'), stage.laptop, { id, port: stage.port, sshPort: pi.port, pi: stage.pi });
  await git(stage.laptop, 'add', '-A');
  await git(stage.laptop, 'commit', '-q', '-m', 'feat: an empty board');
  await git(stage.laptop, 'push', '-q', '-u', 'origin', 'main');
  await git(stage.laptop, 'switch', '-q', '-c', 'develop');
  await git(stage.laptop, 'push', '-q', '-u', 'origin', 'develop');
  await git(path, 'clone', '-q', stage.origin, join(stage.pi, 'board'));
  return stage;
}

/** Puts the files of a feature over the developer's clone. */
export function develop(stage, feature) {
  copy(here(`features/${feature}`), stage.laptop, {});
}

/** Copies a folder and fills in what is written @name@ in its files; unknown names stay. */
function copy(from, to, values) {
  cpSync(from, to, { recursive: true });
  for (const name of readdirSync(from, { recursive: true })) {
    if (statSync(join(from, name)).isDirectory()) continue;
    const text = readFileSync(join(from, name), 'utf8').replace(/@(\w+)@/g, (whole, key) => values[key] ?? whole);
    writeFileSync(join(to, name), text);
  }
}

/** The real tool where there is one. */
function findFlutter() {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== STAND_INS);
  const real = folders.map((folder) => join(folder, 'flutter')).find((file) => existsSync(file));
  return real ?? join(STAND_INS, 'flutter');
}

/** A home of its own: nobody's keys, agent or git settings are used, and none are changed. */
function developersTerminal(path, flutter) {
  const home = join(path, 'home');
  writeFileSync(
    join(home, '.gitconfig'),
    '[user]\n\tname = Demo\n\temail = demo@example.com\n[advice]\n\tdetachedHead = false\n',
  );
  const tagship = join(path, 'bin/tagship');
  writeFileSync(tagship, `#!/bin/sh\nexec "${process.execPath}" "${TAGSHIP}" "$@"\n`, { mode: 0o755 });
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|GIT_|SSH_AUTH_SOCK$|FLUTTER_STAND_IN)/i.test(name),
  );
  const { HOME = '/', PATH, PUB_CACHE, DOCKER_CONFIG } = process.env;
  return {
    ...Object.fromEntries(inherited),
    HOME: home,
    PATH: [join(path, 'bin'), join(flutter, '..'), PATH].join(delimiter),
    PUB_CACHE: PUB_CACHE ?? join(HOME, '.pub-cache'),
    DOCKER_CONFIG: DOCKER_CONFIG ?? join(HOME, '.docker'),
    npm_config_update_notifier: 'false',
  };
}

/** Keys that exist for this demo alone; the developer knows the Pi by its host key, as one should. */
async function bootPi(workspace, terminal) {
  const ssh = join(workspace.path, 'home/.ssh');
  const pi = join(workspace.path, 'pi');
  const [host, developer] = [1, 2].map(makeKeyPair);
  mkdirSync(ssh, { mode: 0o700 });
  writeFileSync(join(ssh, 'id_ed25519'), developer.private, { mode: 0o600 });
  writeFileSync(join(pi, 'authorized_key'), developer.public);
  writeFileSync(join(pi, 'host_key'), host.private, { mode: 0o600 });
  // A setting of this host: what BuildKit does is told only when it fails.
  const env = { ...terminal, HOME: pi, BUILDKIT_PROGRESS: 'quiet' };
  const child = spawn(process.execPath, [here('pi.js'), pi], {
    env,
    detached: true,
    stdio: ['ignore', 'pipe', openSync(join(pi, 'sshd.log'), 'a')],
  });
  note(workspace, { pi: identify(child.pid) });
  const [text] = await Promise.race([once(child.stdout, 'data'), once(child, 'exit').then(() => [''])]);
  if (text.length === 0)
    throw new Failure(`the SSH server of the demo did not start:\n${readFileSync(join(pi, 'sshd.log'), 'utf8')}`);
  child.stdout.destroy();
  child.unref();
  const port = Number(String(text).trim());
  writeFileSync(join(ssh, 'known_hosts'), `[127.0.0.1]:${port} ${host.public}\n`);
  return { port };
}

/** About one key in some hundreds comes out of ssh2 in a form that it cannot read itself. */
function makeKeyPair() {
  const pair = ssh2.utils.generateKeyPairSync('ed25519');
  const isReadable = [pair.public, pair.private].every((key) => !(ssh2.utils.parseKey(key) instanceof Error));
  return isReadable ? pair : makeKeyPair();
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

// A test Pi with the app that is deployed to it: a web app in front of a stand-in for Grist, as in the guide. Two releases of
// it are tagged in a bare repository there; whoever deploys it has a clone, containers and a port of its own.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { environment, must } from './compare.js';

const LAB = fileURLToPath(new URL('../lab', import.meta.url));
const PACKAGES = fileURLToPath(new URL('../lib/debian-packages.sh', import.meta.url));
export const TAGS = ['v1.0.0', 'v1.1.0'];
const HOME = '/home/pi';
export const ORIGIN = `${HOME}/bench.git`;

export const folderOf = (name) => `${HOME}/bench-${name}`;

/** @returns the host as scripts/lab describes it; exits where this machine cannot carry one */
export function bootHost() {
  const { status, stdout } = spawnSync(LAB, ['up', 'bench'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) process.exit(status ?? 1);
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

/** With what it logs in by. */
export function installCapistrano() {
  const packages = 'capistrano ruby-ed25519 ruby-bcrypt-pbkdf';
  must('bash', ['-euc', `. ${PACKAGES}\nensure_debian_packages ${packages}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

export const takeDownHost = () => must(LAB, ['down', 'bench'], {});

/** What `ssh` is called with, before the command. */
export function sshOptions({ identity, knownHosts, user }, { address, port }) {
  const files = ['-F', '/dev/null', '-i', identity, '-o', `UserKnownHostsFile=${knownHosts}`];
  return [...files, '-o', 'BatchMode=yes', '-p', String(port), `${user}@${address}`];
}

export function onHost(host, script) {
  return must('ssh', [...sshOptions(host, host), 'sh -eus'], { input: script }).trim();
}

/** Makes the repository on the host, with both releases, and the one image of both that is not built. */
export function publishApp(host, folder) {
  onHost(
    host,
    `rm -rf ${ORIGIN}
    git init -q --bare -b main ${ORIGIN}
    work=$(mktemp -d)
    cp /bin/busybox "$work"
    printf 'FROM scratch\\nCOPY busybox /bin/busybox\\n' >"$work/Dockerfile"
    docker build -q -t bench/base "$work"
    docker tag bench/base bench/grist:1`,
  );
  const cwd = join(folder, 'app');
  const env = { ...environment };
  mkdirSync(join(cwd, 'web'), { recursive: true });
  const git = (...args) => must('git', args, { cwd, env });
  git('init', '-q', '-b', 'main');
  git('config', 'user.name', 'Tester');
  git('config', 'user.email', 'tester@example.com');
  writeFileSync(join(cwd, 'docker-compose.yml'), COMPOSE);
  writeFileSync(join(cwd, '.gitignore'), '.env\n');
  writeFileSync(join(cwd, 'web/Dockerfile'), DOCKERFILE);
  for (const [index, tag] of TAGS.entries()) {
    // Docker builds a file anew when its size or its time differs, and what Capistrano lays out has the time of the commit.
    env.GIT_COMMITTER_DATE = `2026-01-0${index + 1}T00:00:00Z`;
    writeFileSync(join(cwd, 'web/version'), `${tag}\n`);
    git('add', '-A');
    git('commit', '-q', '-m', `release: ${tag}`);
    git('tag', '-a', tag, '-m', tag);
  }
  const ssh = sshOptions(host, host).slice(0, -1).join(' ');
  const url = `${host.user}@${host.address}:${ORIGIN}`;
  must('git', ['-c', `core.sshCommand=ssh ${ssh}`, 'push', '-q', url, 'main', ...TAGS], { cwd });
}

/** A clone with its own port, of the first release. */
export function cloneApp(host, name, port) {
  const folder = folderOf(name);
  onHost(
    host,
    `rm -rf ${folder}
    git clone -q ${ORIGIN} ${folder}
    git -C ${folder} checkout -q ${TAGS[0]}
    echo PORT=${port} >${folder}/.env`,
  );
}

const COMPOSE = `services:
  flutter-app:
    build: web
    init: true
    restart: unless-stopped
    depends_on: [grist]
    ports: ["\${PORT}:8080"]
  grist:
    image: bench/grist:1
    pull_policy: never
    init: true
    restart: unless-stopped
    command: ["/bin/busybox", "nc", "-ll", "-p", "8484", "-e", "/bin/busybox", "cat"]
    volumes: ["grist:/persist"]
volumes:
  grist: {}
`;

const DOCKERFILE = `FROM bench/base
COPY version /www/index.html
COPY version /www/health
CMD ["/bin/busybox", "httpd", "-f", "-p", "8080", "-h", "/www"]
`;

// Who deploys a release, each as its users do it, to a clone of its own.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { finish } from './compare.js';
import { cloneApp, folderOf, ORIGIN, onHost, sshOptions } from './deployed-host.js';

const TAGSHIP = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
export const PORTS = { guide: 8081, recreate: 8082, capistrano: 8083, tagship: 8084 };

/** The guide's own commands to bring a release up, one after the other. */
export const guideCommands = (tag) => [
  'git fetch --quiet --tags',
  `git checkout --quiet ${tag}`,
  'docker compose down',
  'docker compose build',
  'docker compose up -d',
  'docker ps',
];

const recreateCommands = (tag) => [
  'git fetch --quiet --tags',
  `git checkout --quiet ${tag}`,
  'docker compose build',
  'docker compose up -d --force-recreate',
];

/** @returns {readonly { name: string, url: string, deploy: (tag: string) => Promise<unknown> }[]} the peers first, tagship last */
export function contenders(host, folder) {
  const url = (name) => `http://${host.address}:${PORTS[name]}/`;
  return [
    { name: "the guide's commands over ssh", url: url('guide'), deploy: typed(host, 'guide', guideCommands) },
    {
      name: 'docker compose up -d --force-recreate',
      url: url('recreate'),
      deploy: typed(host, 'recreate', recreateCommands),
    },
    { name: 'Capistrano', url: url('capistrano'), deploy: capistrano(host, join(folder, 'capistrano')) },
    { name: 'tagship', url: url('tagship'), deploy: tagship(host, join(folder, 'tagship')) },
  ];
}

/** Logged in once. */
function typed(host, name, commands) {
  cloneApp(host, name, PORTS[name]);
  const call = (tag) => [`cd ${folderOf(name)}`, ...commands(tag)].join(' && ');
  return (tag) => finish('ssh', [...sshOptions(host, host), call(tag)], {});
}

function capistrano(host, folder) {
  const home = folderOf('capistrano');
  onHost(
    host,
    `rm -rf ${home}
    mkdir -p ${home}/shared
    printf 'PORT=%s\\nCOMPOSE_PROJECT_NAME=%s\\n' ${PORTS.capistrano} bench-capistrano >${home}/shared/.env`,
  );
  mkdirSync(join(folder, 'config/deploy'), { recursive: true });
  writeFileSync(join(folder, 'Capfile'), CAPFILE);
  writeFileSync(
    join(folder, 'config/deploy.rb'),
    `set :application, 'bench'
set :repo_url, '${ORIGIN}'
set :branch, ENV.fetch('TAG')
set :deploy_to, '${home}'
set :linked_files, ['.env']

namespace :deploy do
  task :build do
    on(roles(:app)) { within(release_path) { execute :docker, :compose, :build } }
  end
  task :containers do
    on(roles(:app)) { within(release_path) { execute :docker, :compose, :up, '-d' } }
  end
end
after 'deploy:updated', 'deploy:build'
after 'deploy:published', 'deploy:containers'
`,
  );
  const ssh = `config: false, keys: ['${host.identity}'], user_known_hosts_file: ['${host.knownHosts}'], verify_host_key: :always`;
  writeFileSync(
    join(folder, 'config/deploy/production.rb'),
    `server '${host.address}', user: '${host.user}', roles: %w[app], ssh_options: { ${ssh} }\n`,
  );
  return (tag) => finish('cap', ['production', 'deploy'], { cwd: folder, env: { TAG: tag, LANG: 'C.UTF-8' } });
}

const CAPFILE = `require 'capistrano/setup'
require 'capistrano/deploy'
require 'capistrano/scm/git'
install_plugin Capistrano::SCM::Git
`;

function tagship(host, folder) {
  cloneApp(host, 'tagship', PORTS.tagship);
  mkdirSync(folder);
  return tagshipFrom(folder, host);
}

/**
 * Deploys to the clone that is there already.
 * @param {{ user: string, address: string, port: number, identity: string, knownHosts: string }} at how its host is reached
 */
export function tagshipFrom(folder, { user, address, port, identity, knownHosts }) {
  writeFileSync(
    join(folder, 'tagship.yaml'),
    `environments:
  production:
    hosts: [${user}@${address}:${port}]
    path: ${folderOf('tagship')}
    health: { url: "http://127.0.0.1:${PORTS.tagship}/health" }
    ssh: { identity: ${identity}, knownHosts: ${knownHosts} }
`,
  );
  return (tag) => finish(process.execPath, [TAGSHIP, 'deploy', 'production', tag, '--yes', '--json'], { cwd: folder });
}

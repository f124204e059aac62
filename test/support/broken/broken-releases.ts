import type { DeployedApp } from '../deployed-app.ts';
import type { LabHost } from '../lab.ts';

/** A way in which a release does not come up, made for real on a test Pi. */
export interface BrokenRelease {
  readonly name: string;
  /** How it is made to be so, in a few words. */
  readonly made: string;
  readonly exit: 3 | 5;
  /** What is told, in part. */
  readonly says: string;
  /** Whether no other scenario holds it, so that it is tried each time. */
  readonly always: boolean;
  readonly release: (app: DeployedApp, tag: string, host: LabHost) => Promise<unknown>;
  /** Puts right what was done to the host. */
  readonly mend?: (app: DeployedApp) => Promise<unknown>;
}

/** Commits, tags and pushes a release with a service `web` of these settings in place of the usual ones. */
async function releaseWith(app: DeployedApp, tag: string, web: string): Promise<void> {
  await app.write('docker-compose.yml', `services:\n  web: ${web}\n`);
  await app.git('add', '-A');
  await app.git('commit', '-qm', `release: ${tag}`);
  await app.git('tag', '-a', tag, '-m', tag);
  await app.git('push', '-q', 'origin', 'main', tag);
}

/** As a release that is well, but for what is told. */
const settings = (app: DeployedApp, extra: string) =>
  `{ build: web, command: /serve.sh, init: true, stop_grace_period: 1s, ports: ["${app.port}:8080"]${extra} }`;

export const BROKEN_RELEASES: readonly BrokenRelease[] = [
  {
    name: 'crash loop',
    made: 'the container ends with status 3 whenever it is started',
    exit: 5,
    says: 'keeps restarting, last with exit code 3',
    always: false,
    release: (app, tag) => app.release(tag, 'crash'),
  },
  {
    name: 'health 500',
    made: 'the health check is answered with 500',
    exit: 5,
    says: 'last: 500',
    always: false,
    release: (app, tag) => app.release(tag, 'health-500'),
  },
  {
    name: 'hang',
    made: 'the health check is never answered',
    exit: 5,
    says: 'last: no answer',
    always: false,
    release: (app, tag) => app.release(tag, 'health-hang'),
  },
  {
    name: 'slow start',
    made: 'it needs longer than the `health.timeout` of 8 s',
    exit: 5,
    says: 'within 8 s, last: no answer',
    always: true,
    release: (app, tag) => app.release(tag, 'too-slow'),
  },
  {
    name: 'out of memory',
    made: 'it needs more than its `mem_limit`, and the kernel kills it',
    exit: 5,
    says: 'out of memory',
    always: true,
    release: (app, tag) => app.release(tag, 'eats-memory'),
  },
  {
    name: 'missing image',
    made: 'the image is in no registry and not on the host',
    exit: 3,
    says: 'tagship-test/never-built:1.0 could not be pulled',
    always: false,
    release: (app, tag) => app.release(tag, 'image-missing'),
  },
  {
    name: 'registry down',
    made: 'nothing answers at the address of the registry',
    exit: 3,
    says: '127.0.0.1:5999/app:latest could not be pulled',
    always: true,
    release: (app, tag) => releaseWith(app, tag, '{ image: "127.0.0.1:5999/app:latest" }'),
  },
  {
    name: 'wrong architecture, in a registry',
    made: 'the registry has the image for arm64 alone',
    exit: 3,
    says: 'is for linux/arm64, and this host is linux/amd64',
    always: false,
    release: async (app, tag, host) => {
      const image = `${host.registry}/tagship-test/foreign:1`;
      await app.onHost(`${FOREIGN} ${image} "$work" && docker push -q ${image} && docker rmi ${image}`);
      await releaseWith(app, tag, `{ image: "${image}" }`);
    },
  },
  {
    name: 'wrong architecture, on the host',
    made: 'the image that is there was made for arm64',
    exit: 3,
    says: 'tagship-test/foreign:2 is for linux/arm64, and this host is linux/amd64',
    always: true,
    release: async (app, tag) => {
      await app.onHost(`${FOREIGN} tagship-test/foreign:2 "$work"`);
      await releaseWith(app, tag, '{ image: "tagship-test/foreign:2", pull_policy: never }');
    },
  },
  {
    name: 'bad Compose file',
    made: 'a key that Compose does not know',
    exit: 3,
    says: 'the Compose file of the release is not valid',
    always: false,
    release: (app, tag) => app.release(tag, 'compose-broken'),
  },
  {
    name: 'port in use',
    made: 'a process on the host has a port that it publishes',
    exit: 3,
    says: 'is taken by a process of pi',
    always: true,
    release: async (app, tag) => {
      await app.onHost(`
        setsid python3 -m http.server ${app.port + 1} >/dev/null 2>&1 </dev/null & echo $! >../in-the-way.pid
        for _ in $(seq 50); do curl -s -o /dev/null http://127.0.0.1:${app.port + 1}/ && exit; sleep 0.1; done`);
      await releaseWith(app, tag, settings(app, '').replace('ports: [', `ports: ["${app.port + 1}:81", `));
    },
    mend: (app) => app.onHost('kill "$(cat ../in-the-way.pid)"; rm ../in-the-way.pid'),
  },
  {
    name: 'disk full while pulling',
    made: 'the disk on which Docker unpacks is full after 1 MB',
    exit: 3,
    says: 'no space left on device',
    always: true,
    release: async (app, tag, host) => {
      const image = `${host.registry}/tagship-test/large:latest`;
      await app.onHost(`
        work=$(mktemp -d) && head -c 8000000 /dev/urandom >"$work/large"
        printf 'FROM tagship-test/base\\nCOPY large /large\\n' >"$work/Dockerfile"
        docker build -q -t ${image} "$work" && docker push -q ${image} && docker rmi ${image}
        sudo mount -t tmpfs -o size=1m tmpfs /var/lib/docker/tmp`);
      await releaseWith(app, tag, `{ image: "${image}" }`);
    },
    mend: (app) => app.onHost('sudo umount /var/lib/docker/tmp'),
  },
  {
    name: 'migration fails',
    made: 'a command with `before: switch` ends with status 7',
    exit: 3,
    says: 'a command of it failed, and v0.1.0 serves on',
    always: true,
    release: async (app, tag) => {
      const commands = `    commands: [{ run: ["-c", "echo no such table; exit 7"], service: web }]\n`;
      await app.write('tagship.yaml', app.configuration('production', commands));
      await app.release(tag);
    },
    mend: (app) => app.write('tagship.yaml', app.configuration()),
  },
  {
    name: 'variable missing',
    made: 'the Compose file uses a variable that nobody set',
    exit: 3,
    says: 'set neither in .env nor by tagship: DATABASE_URL',
    always: true,
    release: async (app, tag) => releaseWith(app, tag, settings(app, ', environment: { URL: "${DATABASE_URL}" }')),
  },
];

/** Builds an image for another processor: what follows is its name and the folder. */
const FOREIGN = `work=$(mktemp -d) && cp /bin/busybox "$work"
printf 'FROM scratch\\nCOPY busybox /bin/busybox\\n' >"$work/Dockerfile"
DOCKER_BUILDKIT=1 docker build -q --platform linux/arm64 -t`;

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { stringify } from 'yaml';

const functions = [
  'steps/common',
  'steps/preflight',
  'steps/ports',
  'steps/external',
  'steps/registry',
  'checks/answer',
  'steps/images',
]
  .map((name) => readFileSync(new URL(`../../src/deploy/host/${name}.sh`, import.meta.url), 'utf8'))
  .join('\n')
  // What every step reads of its run.
  .replace(/^read -r mask .*$/m, '');

function sh(script: string, input = ''): { status: number | null; said: string } {
  const env = { ...process.env, TAGSHIP_RUN: '/nowhere' };
  const { status, stdout } = spawnSync('sh', ['-c', `${functions}\n${script}`], { input, env, encoding: 'utf8' });
  return { status, said: stdout };
}

describe('the ports of a Compose configuration', () => {
  const hostile = fc.oneof(
    fc.string(),
    fc.constantFrom(
      'services:',
      '    ports:\n      - "1:1"',
      "ports: ['9:9']",
      'a\n    published: "7"\n',
      '- 5:5/tcp',
      '\tx',
    ),
  );
  const port = fc.record(
    {
      host_ip: fc.constantFrom('127.0.0.1', '0.0.0.0', '::1', '192.0.2.7'),
      target: fc.integer({ min: 1, max: 65_535 }),
      published: fc.integer({ min: 1, max: 65_535 }).map(String),
      protocol: fc.constantFrom('tcp', 'udp'),
    },
    { requiredKeys: ['target', 'published', 'protocol'] },
  );
  const service = fc.record({
    labels: fc.dictionary(fc.stringMatching(/^[a-z.]{1,8}$/), hostile),
    command: fc.array(hostile),
    image: fc.constant('x'),
    environment: fc.dictionary(fc.stringMatching(/^[A-Z_]{1,8}$/), hostile),
    ports: fc.array(port, { maxLength: 4 }),
    volumes: fc.array(fc.record({ type: fc.constant('bind'), source: hostile, target: fc.constant('/x') })),
  });
  const services = fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9_.-]{0,6}$/), service, { maxKeys: 4 });

  it('are found in what Compose prints, whatever else stands there', () => {
    fc.assert(
      fc.property(services, fc.boolean(), (written, indentSeq) => {
        const text = stringify(
          { name: 'app', services: written, networks: { default: null } },
          { indentSeq, lineWidth: 0 },
        );
        const wanted = Object.entries(written).flatMap(([name, { ports }]) =>
          ports.map((one) => [name, one.host_ip ?? '-', one.published, one.protocol, one.target].join('\t')),
        );
        expect(sh('list_ports', text).said.split('\n').slice(0, -1)).toEqual(wanted);
      }),
      { numRuns: 60 },
    );
  });

  it('come with what is known of the images, which services are asked for as such and not as options', () => {
    const image = fc.stringMatching(/^[a-z][a-z0-9.]{0,5}(:[a-z0-9.]{1,4})?$/);
    const written = fc.record(
      {
        image,
        build: fc.record({ context: hostile, dockerfile: hostile }),
        pull_policy: fc.constantFrom('always', 'missing'),
        labels: fc.dictionary(fc.stringMatching(/^[a-z.]{1,8}$/), hostile),
        command: fc.array(hostile),
      },
      { requiredKeys: ['labels', 'command'] },
    );
    const named = fc.dictionary(fc.stringMatching(/^[a-zA-Z0-9._-]{1,6}$/), written, { maxKeys: 4 });
    fc.assert(
      fc.property(named, fc.boolean(), (all, indentSeq) => {
        const text = stringify({ name: 'app', services: all, volumes: { data: null } }, { indentSeq, lineWidth: 0 });
        const whole = (name: string) => (name.includes(':') ? name : `${name}:latest`);
        const builtNames = Object.values(all).flatMap(({ image, build }) =>
          image !== undefined && build !== undefined ? [whole(image)] : [],
        );
        const isShared = (name: string, policy: string) => policy !== 'always' && builtNames.includes(whole(name));
        const lines = Object.entries(all).map(([name, { image = '-', build, pull_policy = '-' }]) =>
          [
            name,
            image,
            build === undefined ? (isShared(image, pull_policy) ? 'shared' : '-') : 'build',
            pull_policy,
          ].join('\t'),
        );
        expect(sh('list_services', text).said.split('\n').slice(0, -1)).toEqual(lines);
        const built = Object.keys(all).filter((name) => all[name]?.build !== undefined);
        const stubs =
          'validate_compose() { :; }; told_whole() { "$@"; }; compose() { printf "%s\\n" "$*" >&2; }; has_image() { :; }';
        const script = `scratch=$(mktemp -d); TAGSHIP_RUN=$scratch; cat >"$scratch/config.yml"; ${stubs}; (get_images) 2>&1 | grep ^build; rm -r "$scratch"`;
        expect(sh(script, text).said.trim()).toBe(built.length === 0 ? '' : ['build', '--', ...built].join(' '));
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    ['8080:80/tcp', 'web\t-\t8080\ttcp\t80\n'],
    ['8080:80', 'web\t-\t8080\ttcp\t80\n'],
    ['127.0.0.1:8080:80/udp', 'web\t127.0.0.1\t8080\tudp\t80\n'],
    ['[::1]:8080:80', 'web\t::1\t8080\ttcp\t80\n'],
    ['::1:99:99/udp', 'web\t::1\t99\tudp\t99\n'],
    ['80/tcp', ''],
    ['7000-7010:80/tcp', ''],
  ])('are read as docker-compose 1.29 writes them: %s', (written, wanted) => {
    expect(
      sh('list_ports', `services:\n  web:\n    image: x\n    ports:\n    - ${written}\nversion: '3.9'\n`).said,
    ).toBe(wanted);
  });
});

describe('networks and volumes that others have made', () => {
  const text = `name: app
networks:
  default:
    name: app_default
  proxy:
    name: the-proxy
    driver_opts:
      name: no-name
    external: true
  swarm:
    name: swarm
    driver: overlay
    external: true
  unused:
    name: unused
    external: true
services:
  "web:":
    image: x
    environment:
      unused: a
    networks:
      default: null
      proxy:
        aliases:
        - unused
      swarm: null
    volumes:
    - type: volume
      source: kept
volumes:
  own:
    name: app_own
  kept:
    name: kept.1
    external: true
  odd:
    name: $(touch odd)
    external: true
`;
  // Compose v1.
  const older = `networks:
  proxy:
    external:
      name: the-proxy
  other:
    external: true
    name: other-name
  profiled:
    external: true
  made:
    labels:
      name: the-label
services:
  web:
    image: x
    networks:
    - proxy
  tool:
    image: x
    networks:
      profiled: {}
    profiles:
    - tools
  job:
    networks:
      other: {}
version: '3.9'
volumes:
  kept:
    external: true
`;

  it.each([
    ['v2', text, 'network\tthe-proxy\nvolume\tkept.1\n'],
    ['v1', older, 'network\tthe-proxy\nnetwork\tother-name\nvolume\tkept\n'],
  ])('are read from what Compose %s prints', (_, written, wanted) => {
    expect(sh('list_external', written).said).toBe(wanted);
  });

  it('of a swarm are not missed, which a node may not know yet', () => {
    const docker = 'docker() { [ "$1" != info ] || { echo active; return; }; echo "$3 not found" >&2; return 1; }';
    const script = `scratch=$(mktemp -d); cat >"$scratch/config.yml"; ${docker}; problem() { echo "$1"; }; check_external; rm -r "$scratch"`;
    expect(sh(script, text).said).toBe('the external volume kept.1 is not here\n');
  });

  it.each([
    ['Error response from daemon: network the-proxy not found', ['network the-proxy', 'volume kept.1']],
    ['Error: No such volume: kept.1', ['network the-proxy', 'volume kept.1']],
    ['Cannot connect to the Docker daemon at unix:///var/run/docker.sock', []],
  ])('are missing only where the engine says so: %s', (said, missing) => {
    const docker = `docker() { echo '${said}' >&2; return 1; }; problem() { echo "$1"; }`;
    const script = `scratch=$(mktemp -d); cat >"$scratch/config.yml"; ${docker}; check_external; rm -r "$scratch"`;
    const told = sh(script, text).said.split('\n').slice(0, -1);
    expect(told).toEqual(missing.map((one) => `the external ${one} is not here`));
  });
});

describe('a port that somebody listens at', () => {
  const listenAt = async (host: string, ipv6Only = false) => {
    const server = createServer().listen({ host, port: 0, ipv6Only });
    await new Promise((resolve) => server.once('listening', resolve));
    onTestFinished(() => new Promise((resolve) => server.close(() => resolve())));
    return (server.address() as AddressInfo).port;
  };

  it.each([
    ['127.0.0.1', false, { '-': 0, '127.0.0.1': 0, '192.0.2.7': 1, '::1': 1 }],
    ['0.0.0.0', false, { '-': 0, '127.0.0.1': 0, '::1': 1 }],
    ['::', false, { '-': 0, '127.0.0.1': 0, '::1': 0 }],
    ['::', true, { '-': 0, '127.0.0.1': 1, '::1': 0 }],
    ['::1', false, { '-': 0, '127.0.0.1': 1, '::1': 0 }],
  ] as const)('%s (IPv6 only: %s) is taken for whom it is in the way', async (host, ipv6Only, wanted) => {
    const port = await listenAt(host, ipv6Only);
    const ends = Object.keys(wanted).map((address) => [address, sh(`is_taken ${address} ${port} tcp`).status]);
    expect(Object.fromEntries(ends)).toEqual(wanted);
    expect(sh(`is_taken - ${port} tcp; echo "$taken_by"`).said).toBe(`${process.getuid?.()}\n`);
    expect(sh(`is_taken - ${port} udp`).status).toBe(1);
  });
});

describe('what a registry tells', () => {
  const LIST = `{
   "manifests": [
      {
         "digest": "sha256:aa",
         "platform": {
            "architecture": "amd64",
            "os": "linux"
         }
      },
      {
         "platform": {
            "os": "linux",
            "architecture": "arm",
            "variant": "v7"
         },
         "digest": "sha256:bb"
      },
      {
         "digest": "sha256:cc",
         "platform": {
            "architecture": "unknown",
            "os": "unknown"
         }
      }
   ]
}`;

  it('of platforms is read, in whatever order', () => {
    expect(sh('list_platforms', LIST).said).toBe(
      'linux/amd64 sha256:aa\nlinux/arm sha256:bb\nunknown/unknown sha256:cc\n',
    );
  });

  it('of sizes is that of the layers', () => {
    const text =
      '{\n\t"size": 1,\n\t"layers": [\n\t\t{\n\t\t\t"size": 3000000000,\n\t\t},\n\t\t{\n\t\t\t"size": 20\n\t\t}\n\t]\n}';
    expect(sh('sum_layers', text).said).toBe('bytes 3000000020\n');
  });

  it.each([
    ['app', 'app', ''],
    ['app:1', 'app', ''],
    ['team/app:1@sha256:aa', 'team/app', ''],
    ['localhost/app', 'localhost/app', 'localhost'],
    ['registry.example.com:5000/team/app', 'registry.example.com:5000/team/app', 'registry.example.com:5000'],
  ])('is asked of the registry of %s', (image, repository, registry) => {
    expect(sh(`repository_of ${image}; registry_of ${image}`).said.trimEnd().split('\n')).toEqual(
      [repository, registry].filter((one) => one !== ''),
    );
  });

  it.each([
    ['amd64', 'linux/amd64', true],
    ['amd64', 'linux/386', true],
    ['arm64', 'linux/arm', true],
    ['amd64', 'windows/amd64', false],
    ['amd64', 'linux/mips64le', false],
    ['amd64', 'unknown/unknown', false],
  ])('to a host of %s, for %s, is told to fit: %s', (architecture, platform, isFit) => {
    expect(sh(`architecture=${architecture}; fits ${platform}`).status === 0).toBe(isFit);
  });
});

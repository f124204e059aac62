import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DeployedApp } from '../deployed-app.ts';
import { eventually } from '../eventually.ts';
import { type LabHost, mustOnHost } from '../lab.ts';
import { spread } from '../spread.ts';
import type { Position } from './positions.ts';
import { PATIENCE, SweptApp } from './swept-app.ts';

const source = (name: string) => readFileSync(fileURLToPath(new URL(name, import.meta.url)), 'utf8');

/** What the examination of one app found on the host. */
export interface Examined {
  readonly containers: readonly string[];
  readonly integrity: string;
  readonly rows: number;
  readonly rowsLost: number;
  readonly brokenLines: readonly string[];
  /** The releases whose containers write to the data now. */
  readonly writing: readonly string[];
}

const FIRST_PORT = 8300;

/** A Pi with an app for every position, all of them clones of one repository, whose data is written to throughout. */
export class SweptHost {
  private constructor(
    readonly host: LabHost,
    public apps: readonly SweptApp[],
    private readonly origin: DeployedApp,
  ) {}

  /** @param rounds how many times every app is deployed to */
  static async make(host: LabHost, positions: readonly Position[], rounds: number): Promise<SweptHost> {
    // The Pi is kept from one run of the tests to the next.
    await mustOnHost(
      host,
      'sudo systemctl stop swept-writer 2>&1 || :; docker ps -aq | xargs -r docker rm -f; docker network prune -f; sudo rm -rf p[0-9]*',
    );
    installInstruments(host);
    await mustOnHost(host, 'sudo systemctl restart docker');
    const origin = await DeployedApp.make(host, 'swept', FIRST_PORT - 1);
    await publishReleases(origin, rounds);
    const apps = positions.map((position, index) => new SweptApp(host, position, `p${index + 10}`, FIRST_PORT + index));
    await mustOnHost(
      host,
      `rm -rf swept
      sudo systemctl daemon-reload
      ${apps.map((app) => app.installScript(origin.originPath)).join('\n')}
      sudo systemctl enable --quiet --now swept-writer`,
    );
    return new SweptHost(host, apps, origin);
  }

  /** Goes on with so many of its apps, from all over. The first is one of them: it may have been deployed to by then. */
  async limitTo(count: number): Promise<void> {
    const kept = [...this.apps.slice(0, 1), ...spread(this.apps.slice(1), count - 1)];
    const dropped = this.apps.filter((app) => !kept.includes(app));
    await mustOnHost(this.host, `sudo rm -rf ${dropped.map(({ name }) => name).join(' ')}`);
    for (const app of dropped) app.dispose();
    this.apps = kept;
  }

  /** Every run that was begun is over, as the journals on the disk have it. */
  async allClosed(): Promise<void> {
    for (const app of this.apps)
      await eventually(() => app.lastOutcome() !== undefined, `${app.name} is over`, PATIENCE);
  }

  async examine(): Promise<Readonly<Record<string, Examined>>> {
    return JSON.parse(await mustOnHost(this.host, 'sudo python3 /opt/sweep/examine.py'));
  }

  dispose(): void {
    this.origin.dispose();
    for (const app of this.apps) app.dispose();
  }
}

/** By way of the disk, which is this machine's. */
function installInstruments({ root }: LabHost): void {
  const put = (path: string, content: string) => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), content);
    chmodSync(join(root, path), 0o755);
  };
  mkdirSync(join(root, 'var/hold'), { recursive: true });
  chmodSync(join(root, 'var/hold'), 0o777);
  put('usr/local/bin/timeout', source('timeout.sh'));
  for (const name of ['smudge.sh', 'writer.py', 'examine.py']) put(`opt/sweep/${name}`, source(name));
  // Each app has a network of its own, and Docker by itself finds room for thirty.
  const settings = JSON.parse(readFileSync(join(root, 'etc/docker/daemon.json'), 'utf8'));
  const pools = [{ base: '172.20.0.0/16', size: 24 }];
  put('etc/docker/daemon.json', JSON.stringify({ ...settings, 'default-address-pools': pools }));
  put(
    'etc/systemd/system/swept-writer.service',
    '[Service]\nExecStart=/usr/bin/python3 /opt/sweep/writer.py\nRestart=always\n[Install]\nWantedBy=multi-user.target\n',
  );
}

/** v0.1.0, and for every round r one that is well, one that is sick, and one that cannot be built: v1.r.0, v1.r.1, v1.r.2. */
async function publishReleases(origin: DeployedApp, rounds: number): Promise<void> {
  await release(origin, 'v0.1.0');
  for (let round = 1; round <= rounds; round += 1) {
    await release(origin, `v1.${round}.0`);
    await release(origin, `v1.${round}.1`, 'sick');
    await release(origin, `v1.${round}.2`, 'unbuildable');
  }
  await origin.git('push', '-q', 'origin', 'main', '--tags');
}

async function release(origin: DeployedApp, tag: string, kind?: 'sick' | 'unbuildable'): Promise<void> {
  const check =
    kind === 'sick' ? '{ test: ["CMD", "/bin/busybox", "false"], interval: 300ms, retries: 1 }' : '{ disable: true }';
  const copied = kind === 'unbuildable' ? 'not-there.sh' : 'serve.sh';
  await origin.write('.gitignore', '/data\n/.env\n');
  await origin.write('docker-compose.yml', COMPOSE.replace('CHECK', check));
  await origin.write('web/Dockerfile', `FROM tagship-test/base\nCOPY ${copied} /serve.sh\n`);
  await origin.write('web/slow.Dockerfile', `FROM tagship-test/base\nCOPY ${copied} /serve.sh\n${SLOW}`);
  await origin.write('web/serve.sh', SERVE.replaceAll('BAKED', tag));
  // New in every release, and the last file of a checkout.
  await origin.write(`new-in/${tag}`, `${tag}\n`);
  await origin.write('zz-last', `${tag}\n`);
  await origin.git('add', '-A');
  await origin.git('commit', '-q', '-m', tag);
  await origin.git('tag', tag);
}

const SLOW = 'RUN ["/bin/busybox", "sleep", "8"]\n';

const COMPOSE = `services:
  web:
    build: { context: web, dockerfile: "\${DOCKERFILE:-Dockerfile}" }
    command: /serve.sh
    init: true
    restart: always
    stop_grace_period: 200s
    environment: { RELEASE: "\${TAGSHIP_TAG}", APP: "\${APP}" }
    volumes: ["./data:/data", "/var/hold:/hold"]
    ports: ["\${PORT}:8080"]
    healthcheck: CHECK
`;

/** Writes to the data as long as it lives; answers with its release, if Compose and the image agree on that. */
const SERVE = `PATH=/bin
busybox() { /bin/busybox "$@"; }
stop() {
  read -r moment where 2>/dev/null <"/hold/$APP"
  case "$moment $where" in
    "elsewhere "*/up) busybox mv "/hold/$APP" "/hold/$APP.at" && read -r _ <"/hold/$APP.go" ;;
  esac
  exit 0
}
trap stop TERM
busybox cat >/answer.sh <<'END'
read -r _
said=$RELEASE
[ "$RELEASE" = BAKED ] || said="BAKED as $RELEASE"
printf 'HTTP/1.0 200 OK\\r\\n\\r\\n%s\\n' "$said"
END
(n=0; while :; do n=$((n + 1)); echo "$RELEASE $n" >>/data/lines; busybox sleep 1; done) &
busybox nc -ll -p 8080 -e /bin/busybox sh /answer.sh &
wait
`;

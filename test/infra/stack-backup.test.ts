import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { putBackupScripts } from '../support/backup-scripts.ts';
import { bootLabHost, type LabHost, lab, mustOnHost, onHost } from '../support/lab.ts';

const APP = '/home/pi/stack';

/** Its project is named otherwise than its folder, and so are its volumes. */
const COMPOSE = `name: board
services:
  web:
    image: stack-test/busybox
    command: ["/bin/busybox", "sleep", "100000"]
    init: true
    stop_grace_period: 1s
    volumes: ["own:/own", "made:/made", "bound:/bound"]
volumes:
  own: {}
  made: { external: true }
  bound: { driver: local, driver_opts: { type: none, o: bind, device: /srv/bound } }
`;

describe('backup.sh and restore.sh of an app that runs', () => {
  let host: LabHost | undefined;
  let scripts = '';

  beforeAll(async () => {
    host = await bootLabHost('stack');
    if (host === undefined) return;
    ({ scripts } = await putBackupScripts(host, APP));
    await mustOnHost(
      host,
      `mkdir -p ${APP}/deploy ${APP}/.git/tagship /tmp/image; cd /tmp/image; cp /bin/busybox .
      printf 'FROM scratch\\nCOPY busybox /bin/busybox\\n' >Dockerfile; docker build -q -t stack-test/busybox . >/dev/null
      docker volume create made >/dev/null; sudo mkdir -p /srv/bound; cat >${APP}/deploy/stack.yml <<'END'
${COMPOSE}END
      echo '{"compose":["deploy/stack.yml"],"previous":{"compose":["docker-compose.yml"]},"outcome":"succeeded"}' >${APP}/.git/tagship/history.jsonl
      cd ${APP}; docker compose --file deploy/stack.yml up --detach --quiet-pull 2>/dev/null`,
    );
  }, 600_000);

  afterAll(async () => {
    if (host !== undefined) await lab('down', 'stack');
  });

  const onStack = (script: string) => mustOnHost(host as LabHost, script);
  const write = (words: string) =>
    onStack(
      `for volume in own made bound; do docker exec board-web-1 /bin/busybox sh -c "echo ${words} >/$volume/words"; done`,
    );
  const read = () =>
    onStack('for volume in own made bound; do docker exec board-web-1 /bin/busybox cat /$volume/words; done');
  const needsLab = (context: { skip: () => void }) => {
    if (host === undefined) context.skip();
  };

  it('bring back what every volume of its containers holds, and stop and start them for it', async (context) => {
    needsLab(context);
    await write('old');
    await onStack(`sudo ${scripts}/backup.sh daily`);
    await write('new');
    const started = await onStack("docker inspect --format '{{.State.StartedAt}}' board-web-1");
    await onStack(`sudo ${scripts}/restore.sh --latest --yes`);
    expect(await read()).toBe('old\nold\nold');
    expect(await onStack("docker inspect --format '{{.State.StartedAt}}' board-web-1")).not.toBe(started);
  });

  it('leave the volumes of an app alone whose name only begins the same', async (context) => {
    needsLab(context);
    await onStack(
      "docker volume create --label com.docker.compose.project=stack-staging theirs >/dev/null; sudo sh -c 'echo theirs >/var/lib/docker/volumes/theirs/_data/words'",
    );
    await onStack(`sudo ${scripts}/backup.sh weekly`);
    expect(await onStack(`sudo sh -c 'tar -tzf ${scripts}.backups/weekly/*.tar.gz' | grep -c theirs || :`)).toBe('0');
  });

  it('bring volumes back to where Docker keeps them now', async (context) => {
    needsLab(context);
    await write('old');
    await onStack(`sudo ${scripts}/backup.sh monthly`);
    await write('new');
    await onStack(
      `docker save -o /tmp/image.tar stack-test/busybox; sudo systemctl stop docker.socket docker
      sudo python3 -c 'import json; f = "/etc/docker/daemon.json"; d = json.load(open(f)); d["data-root"] = "/srv/docker"; json.dump(d, open(f, "w"))'
      sudo systemctl start docker; docker load -q -i /tmp/image.tar >/dev/null; docker volume create made >/dev/null
      cd ${APP}; docker compose --file deploy/stack.yml create 2>/dev/null`,
    );
    await onStack(`sudo ${scripts}/restore.sh --latest --yes`);
    expect(await read()).toBe('old\nold\nold');
  });

  it('refuse while the engine does not answer, as volumes would be left out', async (context) => {
    needsLab(context);
    await onStack('sudo systemctl stop docker.socket docker');
    for (const words of ['backup.sh daily', 'restore.sh --latest --yes']) {
      expect(await onHost(host as LabHost, `sudo ${scripts}/${words}`)).toMatchObject({
        exitCode: 3,
        stderr: expect.stringContaining('does not answer'),
      });
    }
    await onStack('sudo systemctl start docker.socket docker');
  });

  it('a release that does not start does not keep an older one from coming back', async (context) => {
    needsLab(context);
    await onStack(`cp ${APP}/deploy/stack.yml /tmp/stack.yml; echo 'services: [' >${APP}/deploy/stack.yml`);
    const name = await onStack(`sudo ${scripts}/backup.sh weekly 2>&1 | sed -n 's/^saved \\([^ ]*\\).*/\\1/p'`);
    await onStack(`cp /tmp/stack.yml ${APP}/deploy/stack.yml`);
    expect(await onHost(host as LabHost, `sudo ${scripts}/restore.sh ${name} --yes`)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('do not start'),
    });
    const older = await onStack(`sudo ls ${scripts}.backups/daily/ | grep 'gz$' | head -n 1`);
    await onStack(`sudo ${scripts}/restore.sh ${older} --yes`);
    expect(await read()).toBe('old\nold\nold');
  });
});

import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type LabHost, mustOnHost } from './lab.ts';

/** Name and password of the only user, the latter as the registry keeps it: bcrypt of "secret". */
const USER = 'ship:$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a\n';

/** A registry on the host itself, where Docker trusts plain http, that lets nobody in without a login. */
export async function startOwnRegistry(host: LabHost, port: number): Promise<string> {
  const folder = '/opt/registry';
  const address = `127.0.0.1:${port}`;
  const put = (name: string, content: string) => writeFileSync(join(host.root, folder, name), content);
  mkdirSync(join(host.root, folder), { recursive: true });
  // The lab's own program: Debian's docker-registry.
  const program = join(dirname(host.root), '../../cache/docker-registry/usr/bin/docker-registry');
  cpSync(program, join(host.root, folder, 'docker-registry'));
  put('users', USER);
  put(
    'config.yml',
    `version: 0.1
log: { level: error, accesslog: { disabled: true } }
storage: { filesystem: { rootdirectory: /tmp/own-registry } }
http: { addr: "${address}" }
auth: { htpasswd: { realm: lab, path: ${folder}/users } }
`,
  );
  await mustOnHost(
    host,
    `setsid ${folder}/docker-registry serve ${folder}/config.yml >/dev/null 2>&1 </dev/null &
    for _ in $(seq 100); do curl -s -o /dev/null http://${address}/v2/ && exit; sleep 0.1; done; exit 1`,
  );
  return address;
}

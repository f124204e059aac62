import { createHash } from 'node:crypto';
import { basename } from 'node:path/posix';

/** The systemd unit that settles, at a boot, what was open in one app directory. */
export interface BootUnit {
  readonly name: string;
  readonly text: string;
}

/**
 * Pure.
 * @param user who deploys there, and so may use docker and write to the clone
 * @param path the app directory
 * @param state tagship's own folder in its clone
 */
export function bootUnit(user: string, path: string, state: string): BootUnit {
  const text = `# Written by: tagship host prepare. Taken away by: tagship host prepare --remove
[Unit]
Description=${escaped(`tagship: end a deployment of ${path} that was interrupted`)}
After=docker.service
Wants=docker.service

[Service]
Type=oneshot
User=${user}
ExecStart=/bin/sh ${word(`${state}/settle-open.sh`)} boot
Restart=on-failure
RestartSec=30s

[Install]
WantedBy=multi-user.target
`;
  return { name: unitName(path), text };
}

/** Of several app directories with the same last part each has its own. */
export function unitName(path: string): string {
  const hash = createHash('sha256').update(path).digest('hex').slice(0, 8);
  return `tagship-settle-${basename(path).replace(/[^A-Za-z0-9_]+/g, '-')}-${hash}.service`;
}

/** A percent sign would begin a specifier. */
const escaped = (text: string) => text.replaceAll('%', '%%');

/** One word of a command line in a unit file. */
function word(text: string): string {
  return `"${escaped(text.replace(/[\\"]/g, '\\$&')).replaceAll('$', '$$$$')}"`;
}

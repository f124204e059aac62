import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type LabHost, mustOnHost } from './lab.ts';

const FILES = fileURLToPath(new URL('../../deployment-module/roles/backup/files', import.meta.url));

/** Puts the scripts of the backup role on a host, for one app, as the role would; in a folder of their own. */
export async function putBackupScripts(host: LabHost, appPath: string): Promise<{ readonly scripts: string }> {
  const scripts = `/opt/scripts-${appPath.split('/').at(-1)}`;
  await mustOnHost(
    host,
    `command -v rsync >/dev/null && command -v sqlite3 >/dev/null || {
      sudo apt-get -qq update && sudo apt-get -qq install -y rsync sqlite3
    } >/dev/null 2>&1
    sudo rm -rf ${scripts} ${scripts}.backups; sudo mkdir -p ${scripts}`,
  );
  for (const name of readdirSync(FILES)) cpSync(join(FILES, name), join(host.root, scripts, name));
  await mustOnHost(
    host,
    `sudo sh -c 'chown -R root: ${scripts} && chmod 755 ${scripts}/*.sh && cat >${scripts}/backup.conf' <<'END'
APP_HOME=${appPath} APP_USER=${host.user} PROJECT=${appPath.split('/').at(-1)} BACKUPS=${scripts}.backups
PREFIX=app_backup KEEP_DAILY=7 KEEP_WEEKLY=28 KEEP_MONTHLY=90 RESERVE_MB=1 OFFSITE_ENVIRONMENT=/nowhere
BACKUP_PATHS=(${appPath})
END
    sudo sed -i 's,/opt/scripts/backup.conf,${scripts}/backup.conf,' ${scripts}/backup_common.sh`,
  );
  return { scripts };
}

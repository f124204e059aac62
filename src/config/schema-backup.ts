import { duration, oneLine } from './schema-parts.ts';
import * as z from './zod.ts';

/** Commands of the host; what deployment-module installs there is what they are called by default. */
export const backupSchema = z
  .strictObject({
    before: oneLine
      .optional()
      .describe(
        'Run by sh on the host before a deployment changes anything, such as: sudo -n /opt/scripts/backup.sh daily --wait.',
      ),
    restore: oneLine
      .default('sudo -n /opt/scripts/restore.sh')
      .describe(
        'What tagship rollback --method backup calls, with --list, with --check FILE, and with FILE --yes to restore it.',
      ),
    timeout: duration('30m').describe('How long each of them may take.'),
  })
  .prefault({});

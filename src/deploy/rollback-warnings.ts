import { timeOf } from './backup/choose-backup.ts';
import type { Backup, Backups } from './backup/look-backups.ts';
import type { HostFacts } from './facts.ts';
import type { DeployRequest, Target } from './plan.ts';

/** What of a rollback is not what its name says. */
export function unitWarnings(
  { units, host }: HostFacts,
  { kind, method }: DeployRequest,
  { tag }: Target,
): readonly string[] {
  // A backup has its own.
  if (kind !== 'rollback' || method === 'backup') return [];
  const unit = units.find((one) => one.tag === tag);
  const files = unit?.changedFiles.join(', ') ?? '';
  return [
    ...(unit === undefined && method !== 'image'
      ? [`${tag} was deployed before environment files were kept, or was pruned: those on ${host} stay as they are`]
      : []),
    ...(files === ''
      ? []
      : [`${files} on ${host} has changed since: it comes back as ${tag} ran with it, a copy is kept`]),
    ...(unit === undefined && method === 'image'
      ? [
          `${tag} was deployed before more than images were kept, or was pruned: the Compose files of the checkout start them`,
        ]
      : []),
    ...(method === 'image' ? [`the files of the checkout stay as they are: only containers go back to ${tag}`] : []),
  ];
}

/** The window of data that is lost. */
export function lossWarnings(backup: Backup | undefined, backups: Backups | undefined): readonly string[] {
  if (backup === undefined || backups === undefined) return [];
  const minutes = Math.max(0, Math.round((backups.now - backup.made) / 60));
  const long = minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return [
    `everything written since ${timeOf(backup.made)} is LOST to the app: ${long} of data`,
    'what is there now is saved first, and can be brought back by hand',
  ];
}

import type { EnvironmentConfig } from '../../config/schema.ts';
import { timeOf } from '../backup/choose-backup.ts';
import type { Backup } from '../backup/look-backups.ts';
import type { HostStep } from '../plan-shape.ts';
import { nameOf } from '../run.ts';
import {
  change,
  confirmSteps,
  ENGINE,
  IMAGES,
  isKept,
  keepSteps,
  NETWORK,
  prepare,
  proofSeconds,
  proofSteps,
  QUICK,
  type RollingInput,
  recordStep,
  restoreImages,
  type StepLists,
  undoSteps,
} from './parts.ts';

/** The data of an earlier release come back with it. What has been written since is discarded: only on demand. */
export function backupRollbackSteps(
  input: RollingInput,
  { path, made }: Backup,
  { restore, timeout }: EnvironmentConfig['backup'],
): StepLists {
  const { tag, commit, source, health, lastRun = '', confirm, startedFrom } = input;
  const seconds = Math.ceil(timeout / 1000);
  const images = source.from === 'history' ? source.images : [];
  const recovered = images.flatMap(({ service, name, id, digest }) => [service, name, id, digest ?? '-']);
  const restoreStep: HostStep = {
    ...change('restore', `save what is there now, stop the containers and restore ${path}`, seconds, 'new', [
      'restore_backup',
      restore,
      path,
    ]),
    details: [`made at ${timeOf(made)}, while ${tag} served`],
  };
  return {
    forward: [
      prepare('guard', 'check that no other run has begun', QUICK, ['guard_last_run', lastRun]),
      ...keepSteps(input),
      prepare('check', 'prove that the backup is whole', seconds, ['check_backup', restore, path]),
      prepare('room', `see that ${tag} can be checked out`, QUICK, ['check_release', commit]),
      prepare('images', `bring back the images ${tag} ran with`, IMAGES, ['require_images', ...recovered]),
      restoreStep,
      change('release', `see that ${tag} is checked out`, QUICK, 'new', [
        'come_to_release',
        commit,
        ...(isKept(source) ? [tag] : []),
      ]),
      change('up', 'start the containers', proofSeconds(health) + NETWORK, 'new', ['start_containers', ...startedFrom]),
      ...proofSteps(health, 'new'),
      ...confirmSteps(confirm),
      recordStep(input),
    ],
    undo: undoSteps(input),
    revert: revertSteps(input),
  };
}

/** Only what is there before data were replaced can be put back without losing more. */
function revertSteps({ previous, previousHealth }: RollingInput): HostStep[] {
  const data = change('data', 'see that no data were replaced', QUICK, 'previous', ['require_unrestored']);
  const images = restoreImages(previous, 'change', 'restore_present_images');
  const title = `start ${nameOf(previous)} again`;
  if (!previous.serving) return [ENGINE, data, images];
  const seconds = proofSeconds(previousHealth) + NETWORK;
  return [
    ENGINE,
    data,
    images,
    change('up', title, seconds, 'previous', ['start_containers']),
    ...proofSteps(previousHealth, 'previous'),
  ];
}

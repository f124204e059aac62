import type { HostStep } from '../plan-shape.ts';
import { nameOf } from '../run.ts';
import {
  change,
  confirmSteps,
  ENGINE,
  environmentStep,
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

/** Starts an earlier release from what the host kept of it. The clone is not touched, and need not be sound. */
export function imageRollbackSteps(input: RollingInput): StepLists {
  const { tag, health, lastRun = '', confirm } = input;
  return {
    forward: [
      prepare('guard', 'check that no other run has begun', QUICK, ['guard_last_run', lastRun]),
      ...keepSteps(input),
      ...prepareSteps(input),
      ...(isKept(input.source) ? [environmentStep(tag)] : []),
      change('up', 'replace the containers', proofSeconds(health) + NETWORK, 'new', ['start_containers']),
      ...proofSteps(health, 'new'),
      ...confirmSteps(confirm),
      recordStep(input),
    ],
    undo: undoSteps(input),
    revert: revertSteps(input),
  };
}

/** Of a release that was deployed before more was kept of it there are the images, for the Compose files that are there. */
function prepareSteps({ tag, source }: RollingInput): HostStep[] {
  const title = `bring back the images ${tag} ran with`;
  if (isKept(source)) {
    return [
      prepare('unit', `find what was kept of ${tag}`, QUICK, ['take_unit', tag]),
      prepare('images', title, IMAGES, ['recover_unit_images']),
    ];
  }
  const images = source.from === 'history' ? source.images : [];
  const ran = images.flatMap(({ service, name, id, digest }) => [service, name, id, digest ?? '-']);
  return [prepare('images', title, IMAGES, ['recover_or_previous', ...ran])];
}

function revertSteps({ previous, previousHealth, tag }: RollingInput): HostStep[] {
  if (!previous.serving && !previous.stopped) {
    return [ENGINE, change('down', `take the containers of ${tag} down`, NETWORK, 'new', ['take_down_here'])];
  }
  const files = change('environment', `bring the environment files of ${nameOf(previous)} back`, QUICK, 'previous', [
    'restore_present_environment',
  ]);
  const back = [ENGINE, restoreImages(previous, 'change', 'restore_present_images'), files];
  const title = 'put the previous containers back';
  if (previous.stopped) return [...back, change('up', title, NETWORK, 'previous', ['restore_stopped'])];
  const seconds = proofSeconds(previousHealth) + NETWORK;
  return [
    ...back,
    change('up', title, seconds, 'previous', ['start_containers']),
    ...proofSteps(previousHealth, 'previous'),
  ];
}

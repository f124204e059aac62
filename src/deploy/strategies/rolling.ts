import type { EnvironmentConfig } from '../../config/schema.ts';
import { commandSteps, endCommands } from '../commands.ts';
import { awaitImages } from '../fleet/gates.ts';
import type { HostStep } from '../plan-shape.ts';
import { fitsStep, preflightStep } from '../preflight-steps.ts';
import { nameOf, type Previous } from '../run.ts';
import {
  change,
  commandsOf,
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

/** Everything is fetched, pulled and built while the previous release serves; then it is replaced, and proved. */
export function rollingSteps(input: RollingInput): StepLists {
  return {
    forward: [
      ...prepareSteps(input),
      ...changeSteps(input),
      ...proofSteps(input.health, 'new'),
      ...confirmSteps(input.confirm),
      recordStep(input),
    ],
    undo: undoSteps(input),
    revert: revertSteps(input),
  };
}

function prepareSteps(input: RollingInput): HostStep[] {
  const { tag, commit, source, previous } = input;
  const meanwhile = previous.serving ? `, while ${nameOf(previous)} serves` : '';
  const images =
    source.from !== 'history'
      ? imagesSteps(input.imagesFrom, meanwhile)
      : [
          prepare('images', `bring back the images ${tag} ran with`, IMAGES, [
            'recover_images',
            ...source.images.flatMap(({ service, name, id, digest }) => [service, name, id, digest ?? '-']),
          ]),
        ];
  return [
    guardStep(input),
    ...keepSteps(input),
    fetchStep(input),
    prepare('export', `lay out the files of ${tag} beside the running ones`, QUICK, ['export_tree', commit]),
    preflightStep(input),
    ...images,
    ...fitsStep(input),
    ...backupSteps(input),
    ...(previous.serving ? commandSteps(commandsOf(input), tag, true) : []),
  ];
}

/** As late as it can be: what is written until then is in it. Whoever goes back has no time for it. */
function backupSteps({ backup: { before, timeout }, source }: RollingInput): HostStep[] {
  if (before === undefined || source.from === 'history') return [];
  return [prepare('backup', 'back the data up', Math.ceil(timeout / 1000), ['back_up', before])];
}

function imagesSteps(from: EnvironmentConfig['images'], meanwhile: string): HostStep[] {
  switch (from) {
    case 'build':
      return [prepare('images', `pull and build images${meanwhile}`, IMAGES, ['get_images'])];
    case 'pull':
      return [prepare('images', `pull images${meanwhile}`, IMAGES, ['pull_images'])];
    case 'stream': {
      const title = `take its images, which are made here and sent${meanwhile}`;
      return [
        prepare('wanted', 'see which images it needs', QUICK, ['list_wanted']),
        prepare('images', title, IMAGES, awaitImages),
      ];
    }
  }
}

function fetchStep({ tag, commit, source }: RollingInput): HostStep {
  switch (source.from) {
    case 'origin':
      return prepare('fetch', `fetch ${tag} from origin`, NETWORK, ['fetch_tag', tag, commit]);
    case 'push':
      return prepare('fetch', `take ${tag}, which is sent from here`, QUICK, ['take_tag', tag, source.object, commit]);
    case 'history':
      return prepare('fetch', `find ${tag} in the clone`, QUICK, ['require_commit', commit]);
  }
}

function guardStep({ head, lastRun = '', interrupted, isEdited }: RollingInput): HostStep {
  if (interrupted === undefined) {
    const title = 'check that the host is as it was when this was planned';
    return prepare('guard', title, QUICK, ['guard_checkout', head, lastRun, ...(isEdited ? ['edited'] : [])]);
  }
  const { run, commit, previous } = interrupted;
  const call = ['guard_interrupted', head, lastRun, run, commit, previous.commit] as const;
  return prepare('guard', 'set aside what the interrupted run left half-done', QUICK, call);
}

function changeSteps(input: RollingInput): HostStep[] {
  const { tag, commit, source, health, startedFrom, previous } = input;
  return [
    change('checkout', `check out ${tag}`, QUICK, 'new', ['check_out', commit]),
    ...(isKept(source) ? [environmentStep(tag)] : []),
    ...(previous.serving ? [] : commandSteps(commandsOf(input), tag, false)),
    change('up', 'replace the containers', proofSeconds(health) + NETWORK, 'new', ['start_containers', ...startedFrom]),
  ];
}

function revertSteps(input: RollingInput): HostStep[] {
  const { previous, previousHealth, tag, commit, startedFrom } = input;
  const left = endCommands(commandsOf(input), 'change');
  if (!previous.serving && !previous.stopped) {
    // A first deployment has nothing to go back to: what it started is taken down again.
    const down = change('down', `take the containers of ${tag} down`, NETWORK, 'new', ['take_down']);
    return [ENGINE, ...left, down, checkOutAgain(previous, commit)];
  }
  const back = [
    ENGINE,
    ...left,
    restoreImages(previous, 'change', 'restore_present_images'),
    checkOutAgain(previous, commit, 'return_to'),
  ];
  if (previous.stopped) {
    const title = 'put the previous containers back, stopped as they were';
    return [...back, change('up', title, NETWORK, 'previous', ['restore_stopped'])];
  }
  const title = 'put the previous containers back';
  const seconds = proofSeconds(previousHealth) + NETWORK;
  const up = change('up', title, seconds, 'previous', ['start_containers', commit, ...startedFrom]);
  return [...back, up, ...proofSteps(previousHealth, 'previous')];
}

function checkOutAgain(previous: Previous, release: string, how = 'check_out_again'): HostStep {
  const where = [previous.commit, release, ...(previous.branch === undefined ? [] : [previous.branch])];
  return change('checkout', `go back to ${nameOf(previous)}`, QUICK, 'previous', [how, ...where]);
}

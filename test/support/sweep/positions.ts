/** Where a run is struck: at a step of one of its lists. */
export interface Position {
  readonly list: 'forward' | 'undo' | 'revert';
  readonly step: string;
  /** `begun`: journalled, and nothing of it done. `inside`: in the middle of it. `done`: done, and that is not journalled. */
  readonly moment: 'begun' | 'inside' | 'done';
}

/** Whether something may have changed by then, so that there is a way back to go. */
export function hasChanged({ list, step }: Position): boolean {
  return list === 'revert' || (list === 'forward' && CHANGES.includes(step));
}

const PREPARES = ['guard', 'present', 'fetch', 'export', 'preflight', 'images', 'fits'];
const CHANGES = ['checkout', 'up', 'containers', 'http', 'record'];
const WAY_BACK = ['engine', 'images', 'checkout', 'up', 'containers', 'http'];

const at = (list: Position['list'], moment: Position['moment'], steps: readonly string[]): readonly Position[] =>
  steps.map((step) => ({ list, step, moment }));

/** The steps in the middle of which something can be half-done that is ours: an image, a checkout, an exchange of containers. */
const INSIDE = [
  ...at('forward', 'inside', ['images', 'checkout', 'up']),
  ...at('revert', 'inside', ['checkout', 'up']),
];

/** Every step of a deployment, of its undoing and of its way back. */
export const EVERY_POSITION: readonly Position[] = [
  ...at('forward', 'begun', [...PREPARES, ...CHANGES]),
  ...at('undo', 'begun', ['engine', 'images', 'serving']),
  ...at('revert', 'begun', WAY_BACK),
  ...INSIDE,
  ...at('forward', 'done', ['fetch', 'images', ...CHANGES]),
  ...at('revert', 'done', ['images', 'checkout', 'up', 'http']),
];

/** One of each class of state. */
export const POSITIONS: readonly Position[] = [
  ...at('forward', 'begun', ['fetch', 'checkout', 'up', 'containers', 'http', 'record']),
  ...at('undo', 'begun', ['images']),
  ...at('revert', 'begun', ['images', 'http']),
  ...INSIDE,
  ...at('forward', 'done', ['record']),
];

export const nameOf = ({ list, step, moment }: Position) => `${list}/${step} ${moment}`;

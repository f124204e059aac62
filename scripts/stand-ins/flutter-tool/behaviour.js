// How the stand-in was told to behave, and the two ways of misbehaving that every command shares.

const UNITS = { ms: 1, s: 1_000, m: 60_000 };
/** A hang ends by itself some day, so that a test that forgot it leaves nothing behind. */
const HANG = 10 * 60_000;

export function readBehaviour(text = '') {
  const words = text.split(',').filter((word) => word !== '');
  const told = Object.fromEntries(words.map((word) => word.trim().split('=')));
  const [, count = '0', unit = 'ms'] = /^(\d+)(ms|s|m)$/.exec(told.delay ?? '') ?? [];
  return { told, delay: Number(count) * UNITS[unit] };
}

export const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Waits as told, then hangs or dies when that is what `how` says. */
export async function misbehave(how, delay) {
  await sleep(delay);
  if (how === 'hang') await sleep(HANG);
  // As when the kernel kills it for want of memory: no last word, no exit handler.
  if (how === 'crash') process.kill(process.pid, 'SIGKILL');
}

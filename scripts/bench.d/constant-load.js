// A load that does not give way: a request over a new connection every few milliseconds, whatever became of those before it.
import { get } from 'node:http';

/** Milliseconds between two requests, and until one that is not answered has failed. */
const [EVERY, PATIENCE] = [10, 1_000];
/** It ends by itself after so many milliseconds, whatever becomes of those who started it. */
const AT_MOST = 120_000;

/**
 * @returns {() => Promise<{ failed: number, gap: number }>} ends the load: requests that were not answered with 200, and the
 * longest time between two that were, in milliseconds
 */
export function loadConstantly(url) {
  const answered = [];
  const pending = new Set();
  let failed = 0;
  const ask = () => {
    const question = isAnswered(url).then((good) => {
      if (good) answered.push(performance.now());
      else failed += 1;
      pending.delete(question);
    });
    pending.add(question);
  };
  const asking = setInterval(ask, EVERY);
  const limit = setTimeout(() => clearInterval(asking), AT_MOST);
  return async () => {
    clearInterval(asking);
    clearTimeout(limit);
    await Promise.all(pending);
    return { failed, gap: Math.max(...answered.slice(1).map((at, index) => at - answered[index])) };
  };
}

function isAnswered(url) {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, signal: AbortSignal.timeout(PATIENCE) }, (response) => {
      response.on('end', () => resolve(response.statusCode === 200)).on('error', () => resolve(false));
      response.resume();
    });
    request.on('error', () => resolve(false));
  });
}

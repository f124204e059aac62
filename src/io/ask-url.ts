import type { AskUrl } from './ports.ts';

/** As the host's own health check: one request may take so long, in milliseconds, and redirects are answers. */
const TIMEOUT = 5_000;

export const askUrl: AskUrl = async (url, signal) => {
  try {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { 'user-agent': 'tagship' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)]),
    });
    await response.body?.cancel();
    return response.status;
  } catch (error) {
    if (!(error instanceof Error)) return 'no answer';
    if (error.name === 'TimeoutError') return `no answer within ${TIMEOUT / 1000} s`;
    const { cause = error } = error;
    return cause instanceof Error ? ('code' in cause ? String(cause.code) : cause.message) : 'no answer';
  }
};

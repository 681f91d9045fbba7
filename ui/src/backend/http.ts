// The host behind `esik-cli serve`: loopback HTTP with a one-time token, for browser tests.
import type { Changed } from './commands.gen';
import type { Host } from './index';

const KEY = 'esik-token';

/** Takes the token out of the address (`#token=…`) so that it is neither seen nor bookmarked. */
function takeToken(): string {
  const match = /(?:^#|[&#])token=([^&]+)/.exec(window.location.hash);
  if (match?.[1]) {
    const token = decodeURIComponent(match[1]);
    sessionStorage.setItem(KEY, token);
    window.history.replaceState(null, '', window.location.pathname + window.location.search);
    return token;
  }
  return sessionStorage.getItem(KEY) ?? '';
}

export function httpHost(): Host {
  const headers = { authorization: `Bearer ${takeToken()}` };
  return {
    async call(cmd, args) {
      let response: Response;
      try {
        response = await fetch('/rpc', {
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/json' },
          body: JSON.stringify({ cmd, args }),
        });
      } catch (error) {
        throw { code: 'host_gone', params: { detail: String(error) } };
      }
      let answer: { ok?: unknown; error?: unknown };
      try {
        answer = (await response.json()) as typeof answer;
      } catch {
        throw { code: 'host_gone', params: { detail: `HTTP ${response.status}` } };
      }
      if (answer.error !== undefined) throw answer.error;
      if (!response.ok) throw { code: 'host_gone', params: { detail: `HTTP ${response.status}` } };
      return answer.ok;
    },
    onChanged(tell) {
      const stop = new AbortController();
      void follow(headers, tell, stop.signal);
      return () => stop.abort();
    },
  };
}

/** Reads `/events`, one JSON value a line, and comes back when the line breaks. */
async function follow(
  headers: Record<string, string>,
  tell: (changed: Changed) => void,
  signal: AbortSignal,
): Promise<void> {
  let broken = false;
  while (!signal.aborted) {
    try {
      const response = await fetch('/events', { headers, signal });
      if (!response.ok || !response.body) throw new Error(`HTTP ${response.status}`);
      // Something may have changed while nobody listened.
      if (broken) tell({ cases: [], lists: ['reception', 'control', 'drafts', 'sync', 'session'] });
      broken = false;
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = '';
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        const lines = (rest + value).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) if (line.trim() !== '') tell(JSON.parse(line) as Changed);
      }
    } catch {
      // The host went away or is restarting: ask again below.
    }
    broken = true;
    await new Promise((resume) => setTimeout(resume, 1000));
  }
}
